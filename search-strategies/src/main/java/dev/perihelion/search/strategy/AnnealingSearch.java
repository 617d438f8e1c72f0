package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.trial.Trial;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Simulated annealing (Kirkpatrick et al., 1983) with restarts from disturbed good points (iterated local search; Lourenco
 * et al., 2003). What was tried is tabu, so a chain never walks in circles.
 *
 * <p>There is an independent chain for every sixteen proposals under way, and none waits for another: fewer chains would
 * propose too much around one point, more would each learn too little. The origin of a trial names its chain.
 */
public final class AnnealingSearch implements SearchStrategy {

    /** More chains than this would each learn too little. */
    private static final int MAX_CHAINS = 64;

    /** Proposals under way per chain; a chain alone walks better than many that know nothing of each other. */
    private static final int PER_CHAIN = 16;

    /** Draws of a step that was tried before until the chain looks farther away. */
    private static final int MAX_DRAWS = 12;

    private static final Pattern CHAIN = Pattern.compile("annealing:(?:step|kick):(\\d{1,4})$");

    private final Journal journal;
    private final List<Chain> chains = new ArrayList<>();

    public AnnealingSearch(SearchSpace space, long seed, StrategyInputs inputs) {
        this.journal = new Journal(space, seed, inputs);
        for (int i = 0; i < MAX_CHAINS; i++) {
            chains.add(new Chain(i, Journal.mix(seed, i)));
        }
    }

    @Override
    public String name() {
        return "annealing";
    }

    @Override
    public List<Suggestion> ask(int count, Collection<Configuration> pending) {
        Batch batch = journal.batch(count, pending);
        journal.open(batch, name(), pending);
        int used = Math.max(1, Math.min(MAX_CHAINS, (pending.size() + count) / PER_CHAIN));
        for (long turn = journal.told() + pending.size() + batch.size(), last = turn + batch.missing();
                turn < last && journal.measured() > 0;
                turn++) {
            propose(chains.get((int) (turn % used)), batch, turn);
        }
        journal.fill(batch, name() + ":random");
        return batch.suggestions();
    }

    @Override
    public void tell(Trial trial) {
        Optional<Journal.Ranked> before = journal.best();
        if (!journal.learn(trial) || !journal.space().contains(trial.configuration())) {
            return;
        }
        OptionalInt chain = chainOf(trial.origin());
        if (chain.isEmpty() && !journal.best().equals(before)) {
            // A new best that nobody here proposed: someone goes there.
            chain = OptionalInt.of(0);
        }
        chain.ifPresent(number ->
                chains.get(number).judge(trial.configuration(), trial.result().latencyNanos()));
    }

    private void propose(Chain chain, Batch batch, long turn) {
        SplittableRandom random = journal.random(turn);
        Configuration base = chain.base(journal);
        Configuration next = base;
        for (int disturbances = chain.disturbances(); disturbances > 0; disturbances--) {
            next = Mutations.mutate(journal.space(), next, random);
        }
        String origin = name() + (chain.disturbances() > 0 ? ":kick:" : ":step:") + chain.number();
        if (batch.offer(next, origin)) {
            return;
        }
        for (int draw = 0; draw < MAX_DRAWS * 2; draw++) {
            Configuration step = Mutations.mutate(journal.space(), next, random);
            if (batch.offer(step, origin)) {
                return;
            }
            if (draw >= MAX_DRAWS) {
                next = step;
            }
        }
    }

    /** The chain that a trial's origin names, whoever wraps this strategy. */
    private OptionalInt chainOf(String origin) {
        Matcher matcher = CHAIN.matcher(origin);
        return matcher.find() ? OptionalInt.of(Integer.parseInt(matcher.group(1)) % MAX_CHAINS) : OptionalInt.empty();
    }
}
