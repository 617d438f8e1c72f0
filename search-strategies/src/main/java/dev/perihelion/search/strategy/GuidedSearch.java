package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.trial.Trial;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What {@link LfboSearch} and {@link BayesSearch} share: seeds and an opening, then what a model promises most of.
 *
 * <p>The model is asked once half of the opening was measured: where many trials are under way, the rest of the opening is
 * not told by then, and a model of two or three trials is worse than chance.
 *
 * <p>There is no barrier. The model learns again when enough was told; in between, proposals are taken from its plan, less
 * promising the more they are like what is under way. Not all proposals are the best of all that the model was asked about:
 *
 * <ul>
 *   <li>Each third is the best single step from the fastest trial. Models are blind to small differences, and in a smooth
 *       valley a step is right more often than what a model makes of few trials: without these, a bowl of nine parameters
 *       takes half as many trials again.
 *   <li>Each sixth is the best of points drawn from the whole space. The best of all lie around the fastest trials, and a
 *       model that has only seen one valley cannot know of another.
 * </ul>
 */
final class GuidedSearch {

    /** So many proposals of the model are under way for each trial that it knows. */
    private static final double TRUST = 2;

    private final String name;
    private final GuidedSettings settings;
    private final Promise.Learner learner;
    private final Journal journal;
    private final TrialLog log = new TrialLog();
    private final Features features;
    private final Moves moves;
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
        this.journal = new Journal(space, seed, inputs, settings.openingPoints());
        this.features = settings.products() ? Features.withProducts(space) : Features.plain(space);
        this.moves = new Moves(space);
    }

    void tell(Trial trial) {
        if (journal.learn(trial) && journal.space().contains(trial.configuration())) {
            log.add(trial);
            if (log.size() >= learntAt + settings.patience(log.size())) {
                learntAt = log.size();
            }
        }
    }

    List<Suggestion> ask(int count, Collection<Configuration> pending) {
        Batch batch = journal.batch(count, pending);
        journal.open(batch, name, pending);
        if (!batch.isFull() && journal.measured() >= settings.openingPoints() / 2 && log.hasLatencyWithin(learntAt)) {
            follow(plan(), batch, pending);
        }
        journal.fill(batch, name + ":random");
        return batch.suggestions();
    }

    private void follow(Plan current, Batch batch, Collection<Configuration> pending) {
        Set<Configuration> underWay = new HashSet<>(pending);
        batch.suggestions().forEach(suggestion -> underWay.add(suggestion.configuration()));
        underWay.removeIf(point -> !journal.space().contains(point));
        Plan.Picker picker = current.picker(point -> !batch.isFree(point), underWay, settings.likenessPenalty());
        double trusted = trusted(underWay.size());
        SplittableRandom random = journal.random(underWay.size());
        for (int position = log.size() + underWay.size(); !batch.isFull(); position++) {
            if (trusted < 1 && random.nextDouble() >= trusted && journal.explore(batch, name + ":explore")) {
                continue;
            }
            Origin origin = settings.origin(position);
            Optional<Configuration> next = picker.next(origin);
            if (next.isEmpty()) {
                origin = Origin.MODEL;
                next = picker.next(origin);
            }
            if (next.isEmpty()) {
                return;
            }
            batch.offer(next.get(), name + ":" + origin.id());
        }
    }

    /**
     * The share of proposals that are the model's. Where many more are under way than were told, as with many GPUs, a model of
     * few trials would fill them all with what it happens to think; points all over the space teach it more.
     */
    private double trusted(int underWay) {
        return TRUST * journal.measured() / Math.max(1, underWay);
    }

    /** What the model proposes, as of the last time that enough was told. */
    private Plan plan() {
        if (plan == null || plan.trials() != learntAt) {
            Knowledge knowledge = new Knowledge(log.first(learntAt), features);
            plan = new Plan(learntAt, knowledge, learner, journal, features, moves, settings.poolSize());
        }
        return plan;
    }
}
