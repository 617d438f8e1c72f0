package dev.perihelion.sweep.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.TuningTask;
import dev.perihelion.sweep.fake.FakeKernel;
import dev.perihelion.sweep.fake.FakeToolchain;
import dev.perihelion.sweep.fake.Recorder;
import dev.perihelion.sweep.fake.TestSpark;
import dev.perihelion.sweep.results.SweepResults;
import dev.perihelion.sweep.store.TrialRow;
import dev.perihelion.sweep.store.TrialStore;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A driver that is killed at some moment of a sweep; once by a signal that it hears, else by one that nobody hears. */
@Timeout(180)
class KilledDriverTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void leavesAReadableStoreFromWhichTheSweepGoesOn(int attempt) throws Exception {
        boolean forcibly = attempt != 0;
        Random random = new Random(7 + attempt);
        long announced = killAfterABatch(forcibly, random.nextInt(900));

        TrialStore store = new TrialStore(folder.toString());
        TuningTask task = SweepProcess.sweep().tasks().get(0);
        List<TrialRow> kept = store.trials(SweepProcess.SWEEP, task.id());
        assertThat(kept.size()).isGreaterThanOrEqualTo((int) announced);
        assertUndamaged(task, kept);
        boolean ended = kept.size() == SweepProcess.TRIALS;
        assertThat(SweepResults.read(store, "latest").tasks().get(0).row().state())
                .isIn(
                        ended
                                ? List.of("running", "done")
                                : forcibly ? List.of("running") : List.of("running", "stopped"));

        FakeToolchain toolchain = FakeToolchain.gpus("after" + attempt, 1);
        Sweep rest = store.sweep(SweepProcess.SWEEP).orElseThrow().toSweep(SweepProcess.SWEEP);
        new SweepRunner(TestSpark.context(), store, toolchain, new Recorder()).run(rest);
        List<TrialRow> all = store.trials(SweepProcess.SWEEP, task.id());
        assertThat(all).hasSize(SweepProcess.TRIALS).containsAll(kept);
        assertUndamaged(task, all);
        assertTheResultsAreThoseOfAnUndisturbedRun(store, task, all);
    }

    /** Every trial once, in an order of telling without gaps, from which the strategy makes the same proposals again. */
    private static void assertUndamaged(TuningTask task, List<TrialRow> rows) {
        assertThat(rows).extracting(TrialRow::id).doesNotHaveDuplicates();
        assertThat(rows).extracting(TrialRow::configuration).doesNotHaveDuplicates();
        List<TrialRow> told = SweepRunnerTest.toldOrder(rows);
        assertThat(told)
                .extracting(row -> row.place().orElseThrow().told())
                .isEqualTo(LongStream.range(0, rows.size()).boxed().toList());
        SweepRunnerTest.newLog(task).replay(told, Instant.EPOCH);
    }

    /** A fake's results follow from the configuration, so an undisturbed run that is told the same has the same incumbent. */
    private static void assertTheResultsAreThoseOfAnUndisturbedRun(
            TrialStore store, TuningTask task, List<TrialRow> rows) {
        Map<String, TrialRow> byId = new HashMap<>();
        rows.forEach(row -> byId.put(row.id(), row));
        for (TrialRow row : rows) {
            TrialRow original = row.duplicateOf().map(byId::get).orElse(row);
            if (original.result().latencyNanos().isPresent()) {
                assertThat(row.result().latencyNanos()).hasValue(FakeKernel.nanos(original.configuration()));
            }
        }
        double best = rows.stream()
                .flatMapToDouble(row -> row.result().latencyNanos().stream())
                .min()
                .orElseThrow();
        assertThat(SweepResults.read(store, "latest")
                        .tasks()
                        .get(0)
                        .top(1)
                        .get(0)
                        .result()
                        .latencyNanos())
                .hasValue(best);
        assertThat(rows)
                .anyMatch(row -> row.configuration()
                        .equals(new FakeKernel(task, false).space().defaultConfiguration()));
    }

    private long killAfterABatch(boolean forcibly, int millis) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx512m",
                "@" + Path.of(System.getenv("PERIHELION_ROOT"), "cli/src/main/scripts/jvm-options"),
                "-cp",
                System.getProperty("java.class.path"),
                SweepProcess.class.getName(),
                folder.toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        long trials = 0;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            while (trials == 0) {
                String line = lines.readLine();
                assertThat(line).as("the sweep's process ended early").isNotNull();
                if (line.startsWith("batch ")) {
                    trials = Long.parseLong(line.substring("batch ".length()));
                }
            }
            Thread.sleep(millis);
            if (forcibly) {
                process.destroyForcibly();
            } else {
                process.destroy();
            }
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return trials;
    }
}
