package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.trial.Trial;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What {@link LfboSearch} and {@link BayesSearch} share: seeds and a spread start, then what a model promises most of,
 * without a barrier.
 */
final class GuidedSearch {

    private final String name;
    private final GuidedSettings settings;
    private final Promise.Learner learner;
    private final SearchSpace space;
    private final long seed;
    private final CostModel costs;
    private final List<Configuration> seeds;
    private final TrialLog log;
    private final Features features;
    private final Moves moves;
    private final DrawSequence sequence;
    private final FreshDraws draws;
    private final int startSize;
    private List<Configuration> start = List.of();
    private int learntAt;
    private Plan plan;

    GuidedSearch(
            String name,
            GuidedSettings settings,
            Promise.Learner learner,
            SearchSpace space,
            long seed,
            StrategyInputs inputs) {
        this.name = name;
        this.settings = settings;
        this.learner = learner;
        this.space = space;
        this.seed = seed;
        this.costs = inputs.costs();
        this.seeds = inputs.seedsFor(space);
        this.log = new TrialLog(space);
        this.features = settings.products() ? Features.withProducts(space) : Features.plain(space);
        this.moves = new Moves(space);
        this.sequence = new DrawSequence(space, seed, costs);
        this.draws = new FreshDraws(sequence, log.history());
        this.startSize = settings.startSize(space.parameters().size());
    }

    void tell(Trial trial) {
        if (!log.learn(trial)) {
            return;
        }
        draws.told(trial.configuration());
        if (log.size() >= learntAt + settings.patience(log.size())) {
            learntAt = log.size();
        }
    }

    List<Suggestion> ask(int count, Collection<Configuration> pending) {
        Strategies.requirePositive(count);
        Set<Configuration> taken = new HashSet<>(pending);
        List<Suggestion> answer = new ArrayList<>();
        seeds.forEach(point -> propose(point, "seed", count, taken, answer));
        int startLeft = startSize - log.size() - taken.size();
        if (startLeft > 0) {
            for (Configuration point : start()) {
                if (startLeft > 0 && propose(point, "start", count, taken, answer)) {
                    startLeft--;
                }
            }
        }
        if (answer.size() < count && log.firstLatencyAt() > 0 && log.firstLatencyAt() <= learntAt) {
            follow(plan(), count, taken, answer);
        }
        List<Configuration> fill = new ArrayList<>();
        draws.addTo(fill, count - answer.size(), taken::contains);
        fill.forEach(point -> propose(point, "random", count, taken, answer));
        return answer;
    }

    private boolean propose(
            Configuration point, String why, int count, Set<Configuration> taken, List<Suggestion> answer) {
        if (answer.size() >= count || log.knows(point) || !taken.add(point)) {
            return false;
        }
        answer.add(new Suggestion(point, name + ":" + why));
        return true;
    }

    private void follow(Plan current, int count, Set<Configuration> taken, List<Suggestion> answer) {
        List<Configuration> underWay = taken.stream().filter(space::contains).toList();
        Plan.Picker picker = current.picker(
                point -> log.knows(point) || taken.contains(point), underWay, settings.likenessPenalty());
        while (answer.size() < count) {
            boolean anywhere = settings.looksAnywhere(log.size() + taken.size(), log.size() - log.bestAt());
            Optional<Configuration> next = picker.next(anywhere);
            if (next.isEmpty() && anywhere) {
                next = picker.next(false);
            }
            if (next.isEmpty()) {
                return;
            }
            propose(next.get(), anywhere ? "anywhere" : "model", count, taken, answer);
        }
    }

    /** What the model proposes, as of the last time that enough was told. */
    private Plan plan() {
        if (plan == null || plan.trials() != learntAt) {
            plan = new Plan(
                    learntAt,
                    new Knowledge(log.first(learntAt), features),
                    learner,
                    space,
                    features,
                    moves,
                    costs,
                    new SplittableRandom(seed * 31 + learntAt));
        }
        return plan;
    }

    private List<Configuration> start() {
        if (start.isEmpty()) {
            List<Configuration> drawn = new ArrayList<>();
            for (int i = 0; i < settings.drawsPerStart() * startSize; i++) {
                sequence.at(i).ifPresent(drawn::add);
            }
            start = Spread.choose(space, seeds, drawn, startSize);
        }
        return start;
    }
}
