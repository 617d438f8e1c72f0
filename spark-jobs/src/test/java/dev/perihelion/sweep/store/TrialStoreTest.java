package dev.perihelion.sweep.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perihelion.executor.BinaryFacts;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.trial.Outcome;
import dev.perihelion.search.trial.Trial;
import dev.perihelion.search.trial.TrialResult;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.SweepBudget;
import dev.perihelion.sweep.fake.TestTasks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class TrialStoreTest {

    private static final Instant AT = StoreRows.AT;

    @TempDir
    Path folder;

    @Test
    void trialsComeBackAsTheyWere() {
        TrialStore store = new TrialStore(folder.toString());
        List<TrialRow> rows = List.of(measured(0), failed(1), duplicate(2));
        store.writer("s", "t").append(rows);
        assertThat(store.trials("s", "t")).isEqualTo(rows);
    }

    @Test
    void tasksAndSweepsComeBackAndAreReplaced() {
        TrialStore store = new TrialStore(folder.toString());
        TaskRow task = StoreRows.task();
        store.writeTask("s", "t", task);
        assertThat(store.task("s", "t")).contains(task);
        TaskRow finished =
                task.finished(AT.plusSeconds(3), "done", "", Optional.of("{}"), Optional.of("{\"trials\":3}"));
        store.writeTask("s", "t", finished);
        assertThat(store.tasks("s")).isEqualTo(Map.of("t", finished));

        SweepBudget budget = new SweepBudget(OptionalLong.of(5000), OptionalDouble.of(7.5));
        Sweep sweep = new Sweep(
                "s",
                "name",
                "name: x\n",
                List.of(TestTasks.task("cuda:90", "random", 9).withPriority(-3)),
                budget,
                true);
        SweepRow row = SweepRow.of(sweep, "0.1.0", "local[2]", AT);
        store.writeSweep("s", row);
        assertThat(store.sweep("s")).contains(row);
        assertThat(row.toSweep("s")).isEqualTo(sweep);
        assertThat(sweep.tasks().get(0).id())
                .isEqualTo(TestTasks.task("cuda:90", "random", 9).id());
    }

    @Test
    void aTrialIsStoredOnceHoweverOftenItsBatchIsAppended() {
        TrialStore store = new TrialStore(folder.toString());
        store.writer("s", "t").append(List.of(measured(0), measured(1)));
        store.writer("s", "t").append(List.of(measured(0), measured(1)));
        new TrialStore(folder.toString()).writer("s", "t").append(List.of(measured(1), failed(2)));
        assertThat(store.trials("s", "t")).isEqualTo(List.of(measured(0), measured(1), failed(2)));
        assertThat(folder.resolve("trials/sweep=s/task=t"))
                .isDirectoryContaining("glob:**part-000001.parquet")
                .isDirectoryContaining("glob:**part-000002.parquet")
                .isDirectoryNotContaining("glob:**part-000003.parquet");
    }

    @Test
    void filesOfAKilledWriterAreNotSeen() throws Exception {
        TrialStore store = new TrialStore(folder.toString());
        store.writer("s", "t").append(List.of(measured(0)));
        Path part = folder.resolve("trials/sweep=s/task=t/part-000001.parquet");
        byte[] whole = Files.readAllBytes(part);
        Path torn = part.resolveSibling("_tmp-1234-part-000002.parquet");
        Files.write(torn, java.util.Arrays.copyOf(whole, whole.length / 2));
        assertThat(store.trials("s", "t")).isEqualTo(List.of(measured(0)));
        store.writer("s", "t").append(List.of(measured(1)));
        assertThat(store.trials("s", "t")).hasSize(2);
    }

    @Test
    void aDamagedFileIsNamed() throws Exception {
        TrialStore store = new TrialStore(folder.toString());
        store.writer("s", "t").append(List.of(measured(0)));
        Path part = folder.resolve("trials/sweep=s/task=t/part-000001.parquet");
        Files.write(part, new byte[100]);
        assertThatThrownBy(() -> store.trials("s", "t"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("part-000001.parquet");
    }

    @Test
    void anOptionalColumnMayBeMissingAndARequiredOneMayNot() {
        ParquetFiles files = new ParquetFiles();
        org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path(
                folder.resolve("trials/sweep=s/task=t/part-000001.parquet").toUri());
        files.write(without(Set.of("max_error", "device", "device_state", "told")), file, List.of(measured(0)));
        TrialRow read = new TrialStore(folder.toString()).trials("s", "t").get(0);
        assertThat(read.maxError()).isEmpty();
        assertThat(read.device()).isEmpty();
        assertThat(read.place()).isEmpty();
        assertThat(read.timing()).isEqualTo(measured(0).timing());

        files.write(without(Set.of("outcome")), file, List.of(measured(0)));
        assertThatThrownBy(() -> new TrialStore(folder.toString()).trials("s", "t"))
                .hasMessageContaining("has no `outcome`");
    }

    @Test
    void latestIsTheLastByTimeAndOthersAreNamed() {
        TrialStore store = new TrialStore(folder.toString());
        assertThatThrownBy(() -> store.resolve("latest")).hasMessageContaining("holds no sweep");
        for (String id : List.of("20261123-235959-a", "20261124-000000-b", "20261101-000000-c")) {
            store.writeSweep(id, SweepRow.of(new Sweep(id, id, "", List.of()), "0.1.0", "local", AT));
        }
        assertThat(store.resolve("latest")).isEqualTo("20261124-000000-b");
        assertThat(store.resolve("20261101-000000-c")).isEqualTo("20261101-000000-c");
        assertThatThrownBy(() -> store.resolve("x")).hasMessageContaining("no sweep `x`", "20261124-000000-b");
        assertThat(store.trials("none", "none")).isEmpty();
    }

    @Test
    void theDocumentationHasTheTablesOfTheDeclarations() throws Exception {
        Path docs = Path.of(System.getenv("PERIHELION_ROOT"), "docs", "store.md");
        assertThat(Files.readString(docs))
                .as("docs/store.md; paste this into it:\n" + StoreDocs.markdown())
                .contains(StoreDocs.markdown().strip());
    }

    private static Table<TrialRow> without(Set<String> columns) {
        return new Table<>(
                "trials",
                Tables.TRIALS.columns().stream()
                        .filter(column -> !columns.contains(column.name()))
                        .toList(),
                Tables.TRIALS.fromRow());
    }

    private static TrialRow measured(long number) {
        return row(
                number,
                TrialResult.measured(1234.5),
                Optional.of(new TrialRow.Timing(3.5, List.of(1230.0, 1234.5, 1240.0), 1)),
                Optional.of(new BinaryFacts(40, 8, 4096, 128, 77, 25.5)),
                25.5,
                Optional.empty());
    }

    private static TrialRow failed(long number) {
        return row(
                number,
                TrialResult.failed(Outcome.COMPILE_ERROR, "naïve \"quote\""),
                Optional.empty(),
                Optional.empty(),
                3,
                Optional.empty());
    }

    private static TrialRow duplicate(long number) {
        return row(
                number,
                TrialResult.duplicate(TrialResult.measured(1234.5), "t-00000"),
                Optional.empty(),
                Optional.of(new BinaryFacts(40, 8, 4096, 128, 77, 0)),
                0,
                Optional.of("t-00000"));
    }

    private static TrialRow row(
            long number,
            TrialResult result,
            Optional<TrialRow.Timing> timing,
            Optional<BinaryFacts> facts,
            double compileMillis,
            Optional<String> duplicateOf) {
        return new TrialRow(
                "t-0000" + number,
                "softmax",
                "cuda:90",
                timing.map(any -> "GPU"),
                new Trial(number, Configuration.fromJson("{\"block_sizes\":[32],\"num_warps\":4}"), "random", result),
                timing,
                timing.isPresent() ? OptionalDouble.of(0.5) : OptionalDouble.empty(),
                facts,
                1.5,
                compileMillis,
                2.5,
                "ab12",
                facts.map(any -> "cd34"),
                facts.map(any -> "ef56"),
                duplicateOf,
                "{}",
                "{\"triton\":\"3.8.0\"}",
                timing.map(any -> "{\"sm_mhz\":1980}"),
                AT,
                AT.plusNanos(1_000),
                Optional.of(new TrialRow.Place(number, 0, 3, number == 0 ? List.of(3, 1) : List.of())));
    }
}
