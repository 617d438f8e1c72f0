package dev.perihelion.sweep.store;

import static dev.perihelion.sweep.store.StoreRows.SWEEP;
import static dev.perihelion.sweep.store.StoreRows.TASK;
import static dev.perihelion.sweep.store.StoreRows.trial;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perihelion.sweep.store.StoreProblem.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CompactionTest {

    @TempDir
    Path folder;

    @AfterEach
    void mend() {
        FlakyFileSystem.mend(folder);
    }

    @Test
    void manyFilesBecomeOneWithTheSameRows() throws Exception {
        TrialStore store = store();
        StoreRows.write(store, 3, 1, 2);
        // Files need not have their rows in the order of numbers.
        store.writer(SWEEP, TASK.id()).append(List.of(trial(7, 6, "softmax", Optional.empty(), 5)));
        store.writer(SWEEP, TASK.id()).append(List.of(trial(6, 7, "softmax", Optional.empty(), 5)));
        List<TrialRow> before = store.trials(SWEEP, TASK.id());
        CompactionReport report = compact(store);
        assertThat(report.hasProblems()).isFalse();
        assertThat(report.sum(CompactionReport.Task::filesBefore)).isEqualTo(5);
        assertThat(report.sum(CompactionReport.Task::filesAfter)).isEqualTo(1);
        assertThat(report.sum(CompactionReport.Task::bytesAfter))
                .isLessThan(report.sum(CompactionReport.Task::bytesBefore))
                .isEqualTo(Files.size(parts().get(0)));
        assertThat(store.trials(SWEEP, TASK.id())).isEqualTo(before);
        assertThat(new ParquetFiles()
                        .read(
                                Tables.TRIALS,
                                new org.apache.hadoop.fs.Path(parts().get(0).toUri())))
                .isEqualTo(before);
        assertThat(store.check(StoreProgress.SILENT).problems()).isEmpty();
    }

    @Test
    void aSecondCompactionHasNothingToDo() throws Exception {
        StoreRows.write(store(), 1, 1, 1);
        compact(store());
        List<Path> once = parts();
        FileTime time = Files.getLastModifiedTime(once.get(0));
        compact(store());
        assertThat(parts()).isEqualTo(once);
        assertThat(Files.getLastModifiedTime(once.get(0))).isEqualTo(time);
    }

    @Test
    void writersGoOnAfterACompactionAndItCanBeDoneAgain() throws Exception {
        StoreRows.write(store(), 1, 1);
        TrialWriter early = store().writer(SWEEP, TASK.id());
        compact(store());
        early.append(List.of(trial(1), trial(2)));
        store().writer(SWEEP, TASK.id()).append(List.of(trial(2), trial(3)));
        assertThat(parts())
                .extracting(part -> part.getFileName().toString())
                .containsExactly("part-000002-c.parquet", "part-000003.parquet", "part-000004.parquet");
        compact(store());
        assertThat(parts()).extracting(part -> part.getFileName().toString()).containsExactly("part-000004-c.parquet");
        assertThat(store().trials(SWEEP, TASK.id())).isEqualTo(rows(4));
    }

    @Test
    void whereverItIsKilledReadersSeeTheSameRows() throws Exception {
        for (int killAt = 0; ; killAt++) {
            Path own = folder.resolve("store" + killAt);
            StoreRows.write(FlakyFileSystem.store(own), 2, 1, 1);
            Killed killed = new Killed(killAt);
            FlakyFileSystem.let(folder, killed);
            boolean sound = isSound(FlakyFileSystem.store(own));
            FlakyFileSystem.mend(folder);

            TrialStore store = new TrialStore(own.toString());
            assertThat(store.trials(SWEEP, TASK.id()))
                    .as("killed at %d", killAt)
                    .isEqualTo(rows(4));
            store.writer(SWEEP, TASK.id()).append(List.of(trial(3), trial(4)));
            assertThat(store.trials(SWEEP, TASK.id()))
                    .as("killed at %d", killAt)
                    .isEqualTo(rows(5));
            assertThat(store.check(StoreProgress.SILENT).problems())
                    .as("killed at %d", killAt)
                    .allSatisfy(problem -> assertThat(problem.kind()).isEqualTo(Kind.REPEATED));

            assertThat(compact(store).hasProblems()).isFalse();
            assertThat(store.trials(SWEEP, TASK.id())).isEqualTo(rows(5));
            assertThat(store.check(StoreProgress.SILENT).problems()).isEmpty();
            assertThat(parts(own)).hasSize(1);
            if (!killed.dead) {
                assertThat(sound).isTrue();
                assertThat(killAt).isGreaterThan(20);
                return;
            }
        }
    }

    private static boolean isSound(TrialStore store) {
        try {
            return !compact(store).hasProblems();
        } catch (StoreException e) {
            return false;
        }
    }

    /** From one moment on, before or after an operation, nothing works any more. */
    private static final class Killed implements FlakyFileSystem.Fault {
        private final int at;
        private int count;
        private boolean dead;

        Killed(int at) {
            this.at = at;
        }

        @Override
        public void before(String operation, org.apache.hadoop.fs.Path path) throws IOException {
            if (dead || count++ == at) {
                dead = true;
                throw new IOException("killed at " + operation);
            }
        }

        @Override
        public void after(String operation, org.apache.hadoop.fs.Path path) throws IOException {
            before(operation, path);
        }
    }

    @Test
    void aReaderIsNotDisturbed() throws Exception {
        TrialStore reader = FlakyFileSystem.store(folder);
        StoreRows.write(store(), 1, 1, 1);
        boolean[] done = new boolean[1];
        FlakyFileSystem.let(folder, (operation, path) -> {
            // The compaction comes between listing the files and reading the second.
            if (operation.equals("open") && path.getName().equals("part-000002.parquet") && !done[0]) {
                done[0] = true;
                compact(store());
            }
        });
        assertThat(reader.trials(SWEEP, TASK.id())).isEqualTo(rows(3));
        assertThat(done[0]).isTrue();
        assertThat(reader.check(StoreProgress.SILENT).problems()).isEmpty();
    }

    @Test
    void whatHasNotEndedIsLeftUnlessForced() throws Exception {
        StoreRows.write(store(), 1, 1);
        store().writeSweep(SWEEP, StoreRows.sweep());
        assertThat(compact(store()).leftOut()).containsOnlyKeys(SWEEP);
        assertThatThrownBy(() -> store().compact(Optional.of(SWEEP), false, StoreProgress.SILENT))
                .hasMessageContaining("has not ended", "--force");
        store().writeSweep(SWEEP, StoreRows.sweep().finished(StoreRows.AT));
        store().writeTask(SWEEP, TASK.id(), StoreRows.task());
        assertThat(compact(store()).leftOut()).containsOnlyKeys(SWEEP + "/" + TASK.id());
        assertThat(parts()).hasSize(2);
        store().compact(Optional.of("latest"), true, StoreProgress.SILENT);
        assertThat(parts()).hasSize(1);
        assertThat(store().trials(SWEEP, TASK.id())).isEqualTo(rows(2));
    }

    @Test
    void rowsThatDifferAreLeft() throws Exception {
        StoreRows.write(store(), 2, 1);
        write(3, Tables.TRIALS, List.of(trial(1, 1, "softmax", Optional.empty(), 4321)));
        CompactionReport report = compact(store());
        assertThat(report.tasks().get(0).problem()).contains(StoreRows.id(1), "differ");
        assertThat(parts()).hasSize(3);
    }

    @Test
    void filesThatCannotBeReadAndColumnsOfNewerVersionsAreLeft() throws Exception {
        StoreRows.write(store(), 1, 1);
        List<Column<TrialRow>> columns = new java.util.ArrayList<>(Tables.TRIALS.columns());
        columns.add(Column.optional("mood", ColumnType.STRING, "", row -> "good"));
        write(3, new Table<>("trials", columns, Tables.TRIALS.fromRow()), List.of(trial(2)));
        assertThat(compact(store()).tasks().get(0).problem()).contains("`mood`");
        Files.write(parts().get(2), new byte[50]);
        assertThat(compact(store()).tasks().get(0).problem()).contains("part-000003.parquet");
        assertThat(parts()).hasSize(3);
    }

    @Test
    void oldLeftoversGo() throws Exception {
        StoreRows.write(store(), 1);
        Path left = Files.write(parts().get(0).resolveSibling("_tmp-1-part-000002.parquet"), new byte[3]);
        assertThat(compact(store()).sum(CompactionReport.Task::leftovers)).isZero();
        Files.setLastModifiedTime(left, FileTime.from(Instant.now().minusSeconds(3600)));
        assertThat(compact(store()).sum(CompactionReport.Task::leftovers)).isEqualTo(1);
        assertThat(left).doesNotExist();
    }

    @Test
    void columnsOfEarlierVersionsStayMissing() throws Exception {
        StoreRows.write(store(), 1, 1);
        OldStores.forgetOrder(folder, SWEEP, TASK.id());
        List<TrialRow> before = store().trials(SWEEP, TASK.id());
        assertThat(compact(store()).hasProblems()).isFalse();
        assertThat(store().trials(SWEEP, TASK.id())).isEqualTo(before);
        assertThat(before.get(0).place()).isEmpty();
    }

    private static CompactionReport compact(TrialStore store) {
        return store.compact(Optional.empty(), false, StoreProgress.SILENT);
    }

    private static List<TrialRow> rows(int count) {
        return LongStream.range(0, count).mapToObj(StoreRows::trial).toList();
    }

    private void write(int number, Table<TrialRow> table, List<TrialRow> rows) throws IOException {
        Path file = parts().get(0).resolveSibling("part-00000" + number + ".parquet");
        new ParquetFiles().write(table, new org.apache.hadoop.fs.Path(file.toUri()), rows, Map.of());
    }

    private TrialStore store() {
        return new TrialStore(folder.toString());
    }

    private List<Path> parts() throws IOException {
        return parts(folder);
    }

    private static List<Path> parts(Path root) throws IOException {
        try (Stream<Path> list = Files.list(root.resolve("trials/sweep=" + SWEEP + "/task=" + TASK.id()))) {
            return list.filter(file -> !file.getFileName().toString().startsWith("_"))
                    .sorted()
                    .toList();
        }
    }
}
