package dev.perihelion.search.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.ParameterName;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.space.Spaces;
import dev.perihelion.search.trial.Outcome;
import dev.perihelion.search.trial.Trial;
import dev.perihelion.search.trial.TrialResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TwinsTest {

    private static final SearchSpace SPACE = Spaces.everyKind();
    private static final Features FEATURES = Features.plain(SPACE);
    private static final ParameterName WARPS = ParameterName.scalar("num_warps");
    private static final ParameterName STAGES = ParameterName.scalar("num_stages");

    @Test
    void nothingIsIgnoredWithoutDuplicates() {
        Configuration standard = SPACE.defaultConfiguration();
        Twins twins = Twins.of(List.of(measured(standard, 100)), FEATURES, new SplittableRandom(1));

        assertThat(twins.add(standard)).isFalse();
        assertThat(twins.add(standard.with(STAGES, 2L))).isTrue();
        assertThat(twins.add(standard.with(STAGES, 2L))).isFalse();
    }

    @Test
    void whatOnlyDuplicatesDifferInIsIgnoredMostOfTheTime() {
        List<TrialLog.Known> trials = new ArrayList<>();
        Configuration standard = SPACE.defaultConfiguration();
        trials.add(measured(standard, 100));
        for (long stages = 2; stages <= 7; stages++) {
            trials.add(duplicate(standard.with(STAGES, stages), 100));
        }
        trials.add(measured(standard.with(WARPS, 8L), 90));

        int ignored = 0;
        for (int seed = 0; seed < 200; seed++) {
            Twins twins = Twins.of(trials, FEATURES, new SplittableRandom(seed));
            ignored += twins.add(standard.with(STAGES, 8L)) ? 0 : 1;
            assertThat(twins.add(standard.with(WARPS, 16L))).isTrue();
        }
        assertThat(ignored).isBetween(180, 199);
    }

    @Test
    void aParameterThatMadeADifferenceIsSeldomIgnored() {
        List<TrialLog.Known> trials = new ArrayList<>();
        Configuration standard = SPACE.defaultConfiguration();
        trials.add(measured(standard, 100));
        trials.add(duplicate(standard.with(STAGES, 2L), 100));
        trials.add(duplicate(standard.with(STAGES, 3L), 100));
        Configuration other = standard.with(WARPS, 8L);
        trials.add(measured(other, 90));
        trials.add(measured(other.with(STAGES, 2L), 80));
        trials.add(measured(other.with(STAGES, 3L), 70));

        int ignored = 0;
        for (int seed = 0; seed < 200; seed++) {
            ignored += Twins.of(trials, FEATURES, new SplittableRandom(seed)).add(standard.with(STAGES, 8L)) ? 0 : 1;
        }
        assertThat(ignored).isZero();
    }

    /** Only block sizes and warps have an effect here: a search that does not notice spends most trials on duplicates. */
    @ParameterizedTest
    @ValueSource(strings = {"lfbo", "bayes"})
    void guidedSearchesProposeFewDuplicates(String name) {
        Session session = new Session(Strategies.create(name, SPACE, 3));
        Map<List<Object>, TrialResult> programs = new HashMap<>();
        session.run(150, configuration -> {
            List<Object> program = new ArrayList<>();
            SPACE.parameters().stream()
                    .filter(parameter -> parameter.name().key().equals("block_sizes")
                            || parameter.name().equals(WARPS))
                    .forEach(parameter -> program.add(configuration.get(parameter.name())));
            TrialResult known = programs.get(program);
            if (known != null) {
                return TrialResult.duplicate(known, "another");
            }
            double nanos = 1000 + 137.0 * Math.abs(program.hashCode() % 1009) / 1009;
            for (Object size : program) {
                nanos += 100 * Math.abs(Math.log((long) size / 32.0));
            }
            programs.put(program, TrialResult.measured(nanos));
            return programs.get(program);
        });
        long duplicates = session.told().stream()
                .map(Trial::result)
                .filter(result -> result.outcome() == Outcome.DUPLICATE)
                .count();
        assertThat(duplicates).isLessThan(50);
    }

    private static TrialLog.Known measured(Configuration configuration, double nanos) {
        return new TrialLog.Known(configuration, TrialResult.measured(nanos));
    }

    private static TrialLog.Known duplicate(Configuration configuration, double nanos) {
        return new TrialLog.Known(configuration, TrialResult.duplicate(TrialResult.measured(nanos), "another"));
    }
}
