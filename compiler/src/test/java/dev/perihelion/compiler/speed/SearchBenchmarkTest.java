package dev.perihelion.compiler.speed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The benchmarks still run; how fast, bench/jmh.sh tells. */
@Timeout(60)
class SearchBenchmarkTest {

    @Test
    void whatIsMeasuredWorks() throws IOException {
        SearchBenchmark.LongSearch search = new SearchBenchmark.LongSearch();
        search.draw();
        search.tell();
        SearchBenchmark.Table table = new SearchBenchmark.Table();
        table.draw();

        assertThat(new SearchBenchmark().ask(search)).hasSize(64);
        assertThat(new SearchBenchmark().tell(search).name()).isEqualTo("lfbo");
        assertThat(new SearchBenchmark().fit(table).trees()).isEqualTo(100);
    }
}
