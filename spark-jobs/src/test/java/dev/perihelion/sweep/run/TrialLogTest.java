package dev.perihelion.sweep.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perihelion.search.strategy.Suggestion;
import dev.perihelion.search.trial.Trial;
import dev.perihelion.search.trial.TrialResult;
import dev.perihelion.sweep.TuningTask;
import dev.perihelion.sweep.fake.FakeKernel;
import dev.perihelion.sweep.fake.TestTasks;
import dev.perihelion.sweep.store.TrialRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class TrialLogTest {

    @ParameterizedTest
    @ValueSource(strings = {"pattern", "random"})
    void anyPrefixOfAnyDialogueLeadsToTheSameStateAgain(String strategy) {
        TuningTask task = TestTasks.task("cuda:90", strategy, 100);
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            TrialLog log = SweepRunnerTest.newLog(task);
            List<TrialRow> told = new ArrayList<>();
            int cut = random.nextInt(60);
            while (told.size() < cut) {
                step(log, told, random);
            }
            TrialLog again = SweepRunnerTest.newLog(task);
            again.replay(told, Instant.EPOCH);
            assertThat(again.told()).isEqualTo(log.told());
            // What was asked since the last telling is known to nobody but the killed driver.
            List<Asked> known = log.pending().stream()
                    .filter(asked -> asked.askedAfter() < log.told())
                    .toList();
            assertThat(again.pending()).containsExactlyElementsOf(known);
            // Told the same from here on, both propose the same.
            if (known.size() == log.pending().size()) {
                for (int i = 0; i < 10; i++) {
                    assertThat(again.ask(1 + i % 3, Instant.EPOCH)).isEqualTo(log.ask(1 + i % 3, Instant.EPOCH));
                    if (!log.pending().isEmpty()) {
                        Trial next = result(log.pending().iterator().next());
                        assertThat(again.tell(next)).isEqualTo(log.tell(next));
                    }
                }
            }
        }
    }

    @Test
    void trialZeroIsTheDefaultAndPlacesTellTheCalls() {
        TrialLog log = SweepRunnerTest.newLog(TestTasks.task("cuda:90", "pattern", 100));
        List<Asked> asked = log.ask(3, Instant.EPOCH);
        assertThat(asked).extracting(Asked::number).containsExactly(0L, 1L, 2L);
        assertThat(asked.get(0).origin()).isEqualTo("default");
        TrialRow.Place place = log.tell(result(asked.get(2)));
        assertThat(place).isEqualTo(new TrialRow.Place(0, 0, 3, List.of(3)));
        assertThat(log.ask(1, Instant.EPOCH).get(0).askedAfter()).isEqualTo(1);
        assertThat(log.tell(result(asked.get(0))).asksBefore()).containsExactly(1);
    }

    /** A strategy may think on another thread: what is told meanwhile counts after the question, when the search is resumed too. */
    @ParameterizedTest
    @ValueSource(strings = {"random", "pattern", "bandit"})
    void whatIsToldWhileTheStrategyThinksComesAfterTheQuestion(String strategy) {
        TuningTask task = TestTasks.task("cuda:90", strategy, 100);
        TrialLog log = SweepRunnerTest.newLog(task);
        List<TrialRow> told = new ArrayList<>();
        Random random = new Random(5);
        int meanwhile = 0;
        while (told.size() < 60) {
            TrialLog.Question question = log.begin(1 + random.nextInt(8));
            List<Suggestion> thoughts = log.think(question);
            for (int i = random.nextInt(6); i > 0 && log.pending().size() > 1; i--) {
                tellAny(log, told, random);
                meanwhile++;
            }
            log.end(question, thoughts, Instant.EPOCH);
            for (int i = random.nextInt(4); i > 0 && log.pending().size() > 1; i--) {
                tellAny(log, told, random);
            }
        }
        tellAny(log, told, random);

        TrialLog again = SweepRunnerTest.newLog(task);
        again.replay(told, Instant.EPOCH);

        assertThat(meanwhile).isGreaterThan(10);
        assertThat(again.pending()).containsExactlyElementsOf(log.pending());
        assertThat(again.ask(3, Instant.EPOCH)).isEqualTo(log.ask(3, Instant.EPOCH));
    }

    @Test
    void storesThatDoNotFollowAreRefused() {
        TuningTask task = TestTasks.task("cuda:90", "pattern", 100);
        TrialLog log = SweepRunnerTest.newLog(task);
        List<TrialRow> told = new ArrayList<>();
        Random random = new Random(1);
        while (told.size() < 10) {
            step(log, told, random);
        }
        List<TrialRow> gap = new ArrayList<>(told);
        gap.remove(4);
        assertThatThrownBy(() -> SweepRunnerTest.newLog(task).replay(gap, Instant.EPOCH))
                .isInstanceOf(TaskFailure.class)
                .hasMessageContaining("told as number 4 is missing");

        List<TrialRow> other = new ArrayList<>(told);
        TrialRow row = told.get(6);
        other.set(
                6,
                row(
                        new Asked(row.trial().number(), told.get(5).configuration(), "x", 0, 1, Instant.EPOCH),
                        row.place().orElseThrow()));
        assertThatThrownBy(() -> SweepRunnerTest.newLog(task).replay(other, Instant.EPOCH))
                .isInstanceOf(TaskFailure.class)
                .hasMessageContaining("do not follow from its seed");
    }

    /** Asks for a few or tells one that is pending, at random. */
    private static void step(TrialLog log, List<TrialRow> told, Random random) {
        if (log.pending().isEmpty() || (log.pending().size() < 12 && random.nextBoolean())) {
            log.ask(1 + random.nextInt(8), Instant.EPOCH);
        } else {
            tellAny(log, told, random);
        }
    }

    private static void tellAny(TrialLog log, List<TrialRow> told, Random random) {
        List<Asked> pending = new ArrayList<>(log.pending());
        Asked ended = pending.get(random.nextInt(pending.size()));
        told.add(row(ended, log.tell(result(ended))));
    }

    private static Trial result(Asked asked) {
        return new Trial(
                asked.number(),
                asked.configuration(),
                asked.origin(),
                TrialResult.measured(FakeKernel.nanos(asked.configuration())));
    }

    private static TrialRow row(Asked asked, TrialRow.Place place) {
        return new TrialRow(
                "t-" + asked.number(),
                "k",
                "cuda:90",
                Optional.empty(),
                result(asked),
                Optional.empty(),
                OptionalDouble.empty(),
                Optional.empty(),
                0,
                0,
                0,
                "",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                "{}",
                "{}",
                Optional.empty(),
                Instant.EPOCH,
                Instant.EPOCH,
                Optional.of(place));
    }
}
