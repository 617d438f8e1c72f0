package dev.perihelion.search.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.trial.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class T4FormatTest {

    @TempDir
    Path folder;

    @Test
    void readsPublicTableAsPublished() {
        RecordedTable table = PublicSpaces.read("convolution-A100");

        assertThat(table.kernel()).isEqualTo("convolution");
        assertThat(table.device()).isEqualTo("A100");
        assertThat(table.complete()).isTrue();
        assertThat(table.size()).isEqualTo(4362);
        assertThat(table.sortedNanos()).hasSize(4201);
        assertThat(table.bestNanos() / 1e6).isCloseTo(0.5499, within(0.0001));
        assertThat(table.rows().stream().filter(row -> row.outcome() == Outcome.LAUNCH_ERROR))
                .hasSize(155);
        assertThat(table.rows().stream().filter(row -> row.outcome() == Outcome.COMPILE_ERROR))
                .hasSize(6);
        RecordedRow first = table.rows().iterator().next();
        assertThat(first.compileMillis()).isCloseTo(918.599, within(0.001));
        assertThat(first.measureMillis()).isCloseTo(32 * 3.8753, within(0.01));
    }

    @Test
    void legalIsWhatWasRecorded() {
        RecordedTable table = PublicSpaces.read("convolution-A100");
        SplittableRandom random = new SplittableRandom(1);

        assertThat(table.space().enumerate())
                .hasSize(4362)
                .allMatch(point -> table.row(point).isPresent());
        assertThat(table.row(table.space().defaultConfiguration()))
                .get()
                .matches(row -> row.latencyNanos().isPresent());
        for (int i = 0; i < 200; i++) {
            assertThat(table.row(table.space().random(random))).isPresent();
        }
    }

    @Test
    void whatIsWrittenReadsTheSame() {
        RecordedTable table = PublicSpaces.read("convolution-A4000");
        Path file = folder.resolve("convolution-A4000.T4.json.gz");

        T4Format.write(table, file);
        RecordedTable again = T4Format.read(file);

        assertThat(again.space()).isEqualTo(table.space());
        assertThat(again.size()).isEqualTo(table.size());
        for (RecordedRow row : table.rows()) {
            RecordedRow other = again.row(row.configuration()).orElseThrow();
            assertThat(other.outcome()).isEqualTo(row.outcome());
            assertThat(other.samplesNanos()).hasSameSizeAs(row.samplesNanos());
            assertThat(other.measureMillis()).isEqualTo(row.measureMillis());
            assertThat(other.compileMillis()).isEqualTo(row.compileMillis());
            if (row.latencyNanos().isPresent()) {
                assertThat(other.latencyNanos().getAsDouble())
                        .isCloseTo(row.latencyNanos().getAsDouble(), within(1e-3));
            }
        }
    }

    @Test
    void takesUnitsAndSingleFigures() throws Exception {
        Path file = folder.resolve("kernel-GPU.t4.json");
        Files.writeString(file, """
                {"metadata": {"timeunit": "seconds"}, "results": [
                 {"configuration": {"a": 1, "b": "x"}, "times": {"compilation_time": 2.0, "validation": 0.5},
                  "invalidity": "correct", "correctness": 1,
                  "measurements": [{"name": "time", "value": 0.25, "unit": ""}], "objectives": ["time"]},
                 {"configuration": {"a": 2, "b": "y"}, "times": {}, "invalidity": "timeout", "correctness": 0}]}
                """);

        RecordedTable table = T4Format.read(file);

        RecordedRow row =
                table.row(Configuration.fromJson("{\"a\":1,\"b\":\"x\"}")).orElseThrow();
        assertThat(row.latencyNanos()).hasValue(0.25e9);
        assertThat(row.compileMillis()).isEqualTo(2000);
        assertThat(row.measureMillis()).isEqualTo(500);
        assertThat(table.rows())
                .extracting(RecordedRow::outcome)
                .isEqualTo(List.of(Outcome.MEASURED, Outcome.RUN_TIMEOUT));
        assertThat(table.space().enumerate()).hasSize(2);
    }

    @Test
    void refusesWhatIsNotOne() throws Exception {
        Path file = folder.resolve("kernel-GPU.T4.json");
        Files.writeString(file, "{\"results\": []}");
        assertThatThrownBy(() -> T4Format.read(file))
                .isInstanceOf(SpaceFormatException.class)
                .hasMessageContaining("no `results`");

        Files.writeString(file, "{\"metadata\": {\"timeunit\": \"fortnights\"}}");
        assertThatThrownBy(() -> T4Format.read(file)).hasMessageContaining("fortnights");

        Files.writeString(
                file,
                "{\"results\": [{\"configuration\": {}, \"times\": {}, \"invalidity\": \"perfect\", \"correctness\": 1}]}");
        assertThatThrownBy(() -> T4Format.read(file)).hasMessageContaining("perfect");
    }
}
