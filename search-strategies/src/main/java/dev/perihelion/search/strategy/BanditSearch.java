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
 * Shares the trials among other strategies, the arms. The first arm leads: it has more than half of the trials whatever it
 * brings. The rest go to all arms by what each has brought lately (area-under-curve credit; Ansel et al., 2014,
 * "OpenTuner"). Every arm is told everything, so a point that one finds is where the others go on.
 *
 * <p>New bests are few, so credit alone would take long to notice that one arm is better, and learns it anew in every
 * search; studies know it beforehand. The others are for landscapes that a forest does not understand.
 *
 * <p>The arms have one opening in common instead of one each. The origin of a trial names its arm.
 */
public final class BanditSearch implements SearchStrategy {

    /** The arms, the leader first. */
    public static final List<String> DEFAULT_ARMS =
            List.of("lfbo", "bayes", "pattern", "genetic", "differential-evolution", "annealing");

    /** The leader's share of the trials. */
    private static final double LEAD = 0.7;

    private final String leader;
    private final Journal journal;
    private final Credit credit;
    private final Map<String, SearchStrategy> arms = new LinkedHashMap<>();

    public BanditSearch(SearchSpace space, long seed, StrategyInputs inputs) {
        this(
                space,
                seed,
                inputs,
                DEFAULT_ARMS.stream()
                        .map(name -> Strategies.create(name, space, seed, inputs))
                        .toList());
    }

    /** @param strategies the arms, fresh and with different names; the first one leads */
    BanditSearch(SearchSpace space, long seed, StrategyInputs inputs, List<SearchStrategy> strategies) {
        this.journal = new Journal(space, seed, inputs, LfboSearch.SETTINGS.openingPoints());
        strategies.forEach(arm -> arms.put(arm.name(), arm));
        this.leader = strategies.get(0).name();
        this.credit = new Credit(List.copyOf(arms.keySet()));
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
        int led = (int) (batch.missing() * LEAD + random.nextDouble());
        Map<String, Integer> shares = credit.shares(batch.missing() - led, random);
        ask(leader, led, batch, busy);
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
