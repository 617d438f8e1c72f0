package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.space.Spaces;
import dev.perihelion.search.trial.Trial;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** A hundred thousand told trials of different configurations, made once for all strategies. */
final class ManyTrials {

    private static final int COUNT = 100_000;

    private ManyTrials() {}

    /** The trials, from nobody in particular. */
    static List<Trial> get() {
        return Holder.TRIALS;
    }

    private static final class Holder {

        private static final List<Trial> TRIALS = make();

        private static List<Trial> make() {
            SearchSpace space = Spaces.everyKind();
            SplittableRandom random = new SplittableRandom(1);
            Set<Configuration> seen = new HashSet<>();
            List<Trial> trials = new ArrayList<>();
            while (trials.size() < COUNT) {
                Configuration next = space.random(random);
                if (seen.add(next)) {
                    trials.add(new Trial(trials.size(), next, "test", Landscapes.bowlWithFailures(next)));
                }
            }
            return trials;
        }
    }
}
