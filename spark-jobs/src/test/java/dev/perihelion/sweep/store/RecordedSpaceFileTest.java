package dev.perihelion.sweep.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perihelion.search.sim.DescribedSpace;
import dev.perihelion.search.sim.RecordedRow;
import dev.perihelion.search.sim.RecordedTable;
import dev.perihelion.search.sim.SpaceFormatException;
import dev.perihelion.search.space.BooleanParameter;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.EnumParameter;
import dev.perihelion.search.space.IntegerParameter;
import dev.perihelion.search.space.ParameterName;
import dev.perihelion.search.space.PermutationParameter;
import dev.perihelion.search.space.PowerOfTwoParameter;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.trial.Outcome;
import dev.perihelion.sweep.spaces.RecordedSpaces;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RecordedSpaceFileTest {

    /** All kinds of parameters; far more configurations than are listed. */
    private static final SearchSpace WIDE = new SearchSpace(
            List.of(
                    new PowerOfTwoParameter(ParameterName.element("blocks", 0), 16, 4096, 64),
                    new PowerOfTwoParameter(ParameterName.element("blocks", 1), 16, 4096, 64),
                    new IntegerParameter(ParameterName.scalar("stages"), 1, 8, 2),
                    new EnumParameter(ParameterName.scalar("eviction"), Arrays.asList(null, "first", "last"), null),
                    new BooleanParameter(ParameterName.scalar("flat"), false),
                    new PermutationParameter(ParameterName.scalar("order"), 3)),
            List.of());

    @TempDir
    Path folder;

    private static RecordedTable table(int rows, int legal) {
        SplittableRandom random = new SplittableRandom(1);
        List<Configuration> listed = new ArrayList<>(List.of(WIDE.defaultConfiguration()));
        while (listed.size() < legal) {
            Configuration draw = WIDE.random(random);
            if (!listed.contains(draw)) {
                listed.add(draw);
            }
        }
        List<RecordedRow> recorded = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            recorded.add(
                    i % 5 == 3
                            ? RecordedRow.failed(listed.get(i), Outcome.OUT_OF_RESOURCES, "too much", 120.5, 0)
                            : new RecordedRow(
                                    listed.get(i),
                                    Outcome.MEASURED,
                                    "",
                                    OptionalDouble.of(1000.25 + i),
                                    DoubleStream.iterate(1000, nanos -> nanos + 1)
                                            .limit(1 + i)
                                            .boxed()
                                            .toList(),
                                    100 + i,
                                    50,
                                    "program-" + i / 2,
                                    new TreeMap<>(java.util.Map.of("registers", 40.0 + i))));
        }
        return new RecordedTable(
                "t",
                "k",
                "GPU",
                DescribedSpace.of(WIDE.describe(), listed),
                recorded,
                rows == legal,
                new TreeMap<>(java.util.Map.of("target", "cuda:90")));
    }

    @Test
    void comesBackAsItWas() {
        RecordedTable table = table(100, 100);
        Path file = folder.resolve("t.parquet");
        RecordedSpaceFile.write(table, file);
        RecordedTable again = RecordedSpaceFile.read(file);

        assertThat(again.name()).isEqualTo("t");
        assertThat(again.device()).isEqualTo("GPU");
        assertThat(again.complete()).isTrue();
        assertThat(again.attributes()).isEqualTo(table.attributes());
        assertThat(again.space()).isEqualTo(table.space());
        for (RecordedRow row : table.rows()) {
            RecordedRow other = again.at(row.configuration());
            if (row.samplesNanos().size() <= RecordedSpaceFile.MAX_SAMPLES) {
                assertThat(other).isEqualTo(row);
            } else {
                // The first and a spread of the rest; the median is still that of all.
                assertThat(other.samplesNanos())
                        .hasSize(RecordedSpaceFile.MAX_SAMPLES)
                        .startsWith(1000.0)
                        .isSorted();
                assertThat(other.latencyNanos()).isEqualTo(row.latencyNanos());
            }
        }
        assertThat(file.toFile().length()).isLessThan(100_000);
    }

    @Test
    void whatWasNotTriedIsLegalAndASurrogateAnswers() {
        Path file = folder.resolve("t.parquet");
        RecordedSpaceFile.write(table(80, 200), file);
        RecordedTable again = RecordedSpaceFile.read(file);

        assertThat(again.complete()).isFalse();
        assertThat(again.size()).isEqualTo(80);
        assertThat(again.space().enumerate()).hasSize(200);
        assertThat(RecordedSpaces.read(List.of(file)))
                .singleElement()
                .satisfies(landscape -> assertThat(landscape.name()).isEqualTo("t (surrogate)"))
                .satisfies(landscape -> assertThat(landscape.space().enumerate())
                        .allSatisfy(point -> assertThat(landscape.at(point)).isNotNull()));
    }

    @Test
    void refusesOtherParquetFiles() {
        Path file = folder.resolve("other.parquet");
        new ParquetFiles()
                .write(
                        RecordedSpaceFile.ROWS,
                        new org.apache.hadoop.fs.Path(file.toUri()),
                        List.<RecordedSpaceFile.SpaceRow>of());
        assertThatThrownBy(() -> RecordedSpaceFile.read(file))
                .isInstanceOf(SpaceFormatException.class)
                .hasMessageContaining("not a recorded space");
        assertThatThrownBy(() -> RecordedSpaceFile.read(folder.resolve("none.parquet")))
                .isInstanceOf(StoreException.class);
    }
}
