package dev.perihelion.search.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.trial.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class KernelTunerCacheTest {

    private static final String KILLED = """
            {"schema_version": "1.1.0", "device_name": "A100", "kernel_name": "conv", "problem_size": [4096],
            "tune_params_keys": ["block", "flag"], "tune_params": {"block": [16, 32], "flag": [0, 1]}, "objective": "time",
            "cache": {
            "16,0": {"block": 16, "flag": 0, "time": 2.0, "times": [1.0, 2.0, 4.0], "compile_time": 300.0,
             "verification_time": 5, "benchmark_time": 7.5, "strategy_time": 0, "framework_time": 1, "timestamp": "x"},
            "16,1": {"block": 16, "flag": 1, "time": "CompilationFailedConfig", "compile_time": 100.0,
             "verification_time": 0, "benchmark_time": 0, "strategy_time": 0, "framework_time": 1, "timestamp": "x"},
            "32,0": {"block": 32, "flag": 0, "time": {"__error__": "RuntimeFailedConfig"}, "compile_time": 100.0,
             "verification_time": 0, "benchmark_time": 1, "strategy_time": 0, "framework_time": 1, "timestamp": "x"},
            """;

    @TempDir
    Path folder;

    private RecordedTable read(String text) throws Exception {
        return KernelTunerCache.read(Files.writeString(folder.resolve("conv-A100.json"), text), "conv-A100");
    }

    @Test
    void readsWholeAndUnclosedFilesAlike() throws Exception {
        String whole = KILLED.stripTrailing().replaceFirst(",$", "}}");
        String torn = KILLED + "\"32,1\": {\"block\": 32, \"fl";
        String unclosed = KILLED.stripTrailing().replaceFirst(",$", "");
        for (String text : new String[] {whole, KILLED, torn, unclosed}) {
            RecordedTable table = read(text);
            assertThat(table.kernel()).isEqualTo("conv");
            assertThat(table.device()).isEqualTo("A100");
            assertThat(table.rows())
                    .extracting(RecordedRow::outcome)
                    .containsExactly(Outcome.MEASURED, Outcome.COMPILE_ERROR, Outcome.LAUNCH_ERROR);
            RecordedRow first = table.at(Configuration.fromJson("{\"block\":16,\"flag\":0}"));
            assertThat(first.latencyNanos()).hasValue(2e6);
            assertThat(first.compileMillis()).isEqualTo(300);
            assertThat(first.measureMillis()).isEqualTo(12.5);
        }
    }

    @Test
    void whatIsWrittenReadsTheSame() {
        RecordedTable table = PublicSpaces.read("convolution-A100");
        Path file = folder.resolve("cache.json.gz");

        KernelTunerCache.write(table, file);
        RecordedTable again = KernelTunerCache.read(file, "convolution-A100");

        assertThat(again.space()).isEqualTo(table.space());
        assertThat(again.device()).isEqualTo("A100");
        assertThat(again.bestNanos()).isCloseTo(table.bestNanos(), within(1e-3));
        for (RecordedRow row : table.rows()) {
            RecordedRow other = again.at(row.configuration());
            assertThat(other.outcome()).isEqualTo(row.outcome());
            assertThat(other.measureMillis()).isEqualTo(row.measureMillis());
            assertThat(other.samplesNanos()).hasSameSizeAs(row.samplesNanos());
        }
    }

    @Test
    void refusesWhatIsNotOne() {
        assertThatThrownBy(() -> read("{\"a\": 1}")).hasMessageContaining("not a Kernel Tuner cache");
        assertThatThrownBy(() -> read("hello")).hasMessageContaining("not JSON");
        assertThatThrownBy(() -> read(KILLED.replace("RuntimeFailedConfig", "OutOfLuck")))
                .hasMessageContaining("OutOfLuck");
    }
}
