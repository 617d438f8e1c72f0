package dev.perihelion.compiler.speed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The benchmarks still run; how fast, bench/jmh.sh tells. */
@Timeout(60)
class CompilerBenchmarkTest {

    @ParameterizedTest
    @ValueSource(strings = {"softmax", "attention"})
    void whatIsMeasuredWorks(String kernel) throws IOException {
        CompilerBenchmark benchmark = new CompilerBenchmark();
        benchmark.kernel = kernel;
        benchmark.read();
        assertThat(benchmark.analysis().kernelName()).isEqualTo(kernel);
        assertThat(benchmark.generation().text())
                .contains("def " + kernel + "(")
                .isNotEqualTo(benchmark.generation().text());
    }
}
