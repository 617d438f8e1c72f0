package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.trial.Trial;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Shares the trials among other strategies, the arms, by what each has brought lately (area-under-curve credit; Ansel et
 * al., 2014, "OpenTuner"). Every arm is told everything, so a point that one finds is where the others go on.
 *
 * <p>The arms have one opening in common instead of one each. The origin of a trial names its arm.
 */
public final class BanditSearch implements SearchStrategy {

    /** The arms, in no order of preference. */
    public static final List<String> DEFAULT_ARMS =
            List.of("pattern", "genetic", "differential-evolution", "annealing");

    private final Journal journal;
    private final Credit credit;
    private final Map<String, SearchStrategy> arms = new LinkedHashMap<>();

    public BanditSearch(SearchSpace space, long seed, StrategyInputs inputs) {
        this(space, seed, inputs, DEFAULT_ARMS);
    }

    /** @param names the arms, strategies of {@link Strategies} */
    public BanditSearch(SearchSpace space, long seed, StrategyInputs inputs, List<String> names) {
        this.journal = new Journal(space, seed, inputs);
        this.credit = new Credit(names);
        names.forEach(name -> arms.put(name, Strategies.create(name, space, seed, inputs)));
    }

    @Override
    public String name() {
        return "bandit";
    }

    @Override
    public List<Suggestion> ask(int count, Collection<Configuration> pending) {
        Batch batch = journal.batch(count, pending);
        journal.open(batch, name(), pending);
        List<Configuration> busy = new ArrayList<>(pending);
        batch.suggestions().forEach(suggestion -> busy.add(suggestion.configuration()));
        SplittableRandom random = journal.random(pending.size());
        Map<String, Integer> shares = credit.shares(batch.missing(), random);
        shares.forEach((arm, share) -> ask(arm, share, batch, busy));
        // What an arm had no idea for goes to the others.
        for (String arm : shares.keySet()) {
            ask(arm, batch.missing(), batch, busy);
        }
        journal.fill(batch, name() + ":random");
        return batch.suggestions();
    }

    @Override
    public void tell(Trial trial) {
        Optional<Journal.Ranked> before = journal.best();
        if (!journal.learn(trial)) {
            return;
        }
        boolean best = !journal.best().equals(before);
        armOf(trial.origin()).ifPresent(arm -> credit.add(arm, best));
        arms.values().forEach(arm -> arm.tell(trial));
    }

    private void ask(String arm, int share, Batch batch, List<Configuration> busy) {
        if (share < 1) {
            return;
        }
        for (Suggestion suggestion : arms.get(arm).ask(share, busy)) {
            if (batch.offer(suggestion.configuration(), name() + ":" + suggestion.origin())) {
                busy.add(suggestion.configuration());
            }
        }
    }

    private Optional<String> armOf(String origin) {
        String[] parts = origin.split(":", 3);
        return parts.length > 1 && parts[0].equals(name()) && arms.containsKey(parts[1])
                ? Optional.of(parts[1])
                : Optional.empty();
    }
}
