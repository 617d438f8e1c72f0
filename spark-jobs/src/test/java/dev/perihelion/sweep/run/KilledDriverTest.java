package dev.perihelion.sweep.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.sweep.Sweep;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A driver that is killed in the middle of a sweep. */
@Timeout(60)
class KilledDriverTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void leavesAReadableStoreFromWhichTheSweepGoesOn(boolean forcibly) throws Exception {
        long announced = killAfterTwoBatches(forcibly);

        TrialStore store = new TrialStore(folder.toString());
        String id = SweepProcess.sweep().tasks().get(0).id();
        List<TrialRow> kept = store.trials(SweepProcess.SWEEP, id);
        assertThat(kept.size()).isGreaterThanOrEqualTo((int) announced).isLessThan(96);
        assertThat(kept).extracting(row -> row.trial().number()).doesNotHaveDuplicates();
        assertThat(SweepResults.read(store, "latest").tasks().get(0).row().state())
                .isEqualTo("running");

        FakeToolchain toolchain = FakeToolchain.gpus("after" + forcibly, 1);
        Sweep rest = store.sweep(SweepProcess.SWEEP).orElseThrow().toSweep(SweepProcess.SWEEP);
        new SweepRunner(TestSpark.context(), store, toolchain, new Recorder()).run(rest);
        List<TrialRow> all = store.trials(SweepProcess.SWEEP, id);
        assertThat(all.subList(0, kept.size())).isEqualTo(kept);

        TrialStore other = new TrialStore(folder.resolve("undisturbed").toString());
        new SweepRunner(TestSpark.context(), other, FakeToolchain.gpus("undisturbed" + forcibly, 1), new Recorder())
                .run(SweepProcess.sweep());
        assertThat(all)
                .extracting(TrialRow::configuration)
                .isEqualTo(other.trials(SweepProcess.SWEEP, id).stream()
                        .map(TrialRow::configuration)
                        .toList());
    }

    private long killAfterTwoBatches(boolean forcibly) throws Exception {
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
            for (int batches = 0; batches < 2; ) {
                String line = lines.readLine();
                assertThat(line).as("the sweep's process ended early").isNotNull();
                if (line.startsWith("batch ")) {
                    trials = Long.parseLong(line.substring("batch ".length()));
                    batches++;
                }
            }
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
