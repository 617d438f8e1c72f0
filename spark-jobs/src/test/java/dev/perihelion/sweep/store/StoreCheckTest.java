package dev.perihelion.sweep.store;

import static dev.perihelion.sweep.store.StoreRows.SWEEP;
import static dev.perihelion.sweep.store.StoreRows.TASK;
import static dev.perihelion.sweep.store.StoreRows.trial;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perihelion.sweep.Json;
import dev.perihelion.sweep.fake.TestTasks;
import dev.perihelion.sweep.store.StoreProblem.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class StoreCheckTest {

    private static final String TRIALS = "trials/sweep=" + SWEEP + "/task=" + TASK.id();
    private static final String TASK_FILE = "tasks/sweep=" + SWEEP + "/task=" + TASK.id() + ".parquet";
    private static final String FIRST = TRIALS + "/part-000001.parquet";
    private static final String SECOND = TRIALS + "/part-000002.parquet";

    @TempDir
    Path folder;

    private TrialStore store;

    @BeforeEach
    void write() {
        store = new TrialStore(folder.toString());
        StoreRows.write(store, 3, 2);
    }

    @Test
    void aSoundStoreHasNoProblemsAndIsCounted() throws Exception {
        log("{\"time\":\"2026-11-23T23:35:12.104Z\",\"kind\":\"message\",\"task\":null,\"fields\":{}}\n");
        Map<String, Long> before = contents();
        StoreReport report = store.check(StoreProgress.SILENT);
        assertThat(report.problems()).isEmpty();
        assertThat(List.of(report.sweeps(), report.tasks(), report.trials(), report.events(), report.files()))
                .containsExactly(1L, 1L, 5L, 1L, 5L);
        assertThat(report.bytes())
                .isEqualTo(before.values().stream().mapToLong(size -> size).sum());
        assertThat(contents()).isEqualTo(before);
        assertThat(Json.readObject(report.toJson())).containsEntry("rows", 7).containsEntry("problems", List.of());
    }

    @Test
    void progressComesToItsEnd() {
        List<Long> left = new ArrayList<>();
        store.check((done, all, where) -> left.add(all - done));
        assertThat(left).containsExactly(2L, 1L, 0L);
    }

    @Test
    void whereNothingOfAStoreIsThereIsNoStore() throws Exception {
        Path other = Files.createDirectory(folder.resolve("other"));
        assertThatThrownBy(() -> new TrialStore(other.toString()).check(StoreProgress.SILENT))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("There is no store");
    }

    @Test
    void aTruncatedFileIsToldAndNotWhatFollowsFromIt() throws Exception {
        byte[] whole = Files.readAllBytes(folder.resolve(FIRST));
        Files.write(folder.resolve(FIRST), Arrays.copyOf(whole, whole.length / 2));
        StoreProblem problem = only(Kind.UNREADABLE, FIRST);
        assertThat(problem.what()).contains("cannot be read").doesNotContain("\n");
        assertThat(problem.action()).contains("copy");
    }

    @Test
    void anEmptyFileCannotBeRead() throws Exception {
        Files.write(folder.resolve(TASK_FILE), new byte[0]);
        only(Kind.UNREADABLE, TASK_FILE);
    }

    @Test
    void whatAKilledWriterLeftIsToldOnceItIsOld() throws Exception {
        String name = "_tmp-123e4567-e89b-12d3-a456-426614174000-part-000003.parquet";
        Path left = Files.write(folder.resolve(TRIALS).resolve(name), new byte[10]);
        assertThat(store.check(StoreProgress.SILENT).problems()).isEmpty();
        Files.setLastModifiedTime(left, FileTime.from(Instant.now().minusSeconds(3600)));
        assertThat(only(Kind.LEFTOVER, TRIALS + "/" + name).action()).contains("compact");
    }

    @Test
    void aLeftoverThatIsTheOnlyCopyIsNotToBeDeleted() throws Exception {
        Path row = folder.resolve("sweeps/" + SWEEP + ".parquet");
        Path left = row.resolveSibling("_tmp-123e4567-e89b-12d3-a456-426614174000-" + row.getFileName());
        Files.move(row, left);
        Files.setLastModifiedTime(left, FileTime.from(Instant.now().minusSeconds(3600)));
        assertThat(store.check(StoreProgress.SILENT).problems())
                .filteredOn(problem -> problem.kind() == Kind.LEFTOVER)
                .singleElement()
                .satisfies(problem -> assertThat(problem.action()).contains("rename it"));
    }

    @Test
    void aStrayFileIsTold() throws Exception {
        Files.writeString(folder.resolve(TRIALS).resolve("notes.txt"), "x");
        only(Kind.STRAY, TRIALS + "/notes.txt");
    }

    @Test
    void rowsOfANewerSchemaAreToldOnceAFile() {
        rewrite(SECOND, Map.of("schema_version", Tables.SCHEMA_VERSION + 1));
        assertThat(only(Kind.SCHEMA, SECOND).what()).contains("schema version is 2", "up to 1");
    }

    @Test
    void rowsOfAnUnknownSchemaAreTold() {
        rewrite(SECOND, Map.of("schema_version", 0L));
        assertThat(only(Kind.SCHEMA, SECOND).what()).contains("no version of Perihelion wrote");
    }

    @Test
    void valuesThatCannotBeAreTold() {
        rewrite(SECOND, Map.of("outcome", "splendid"));
        List<StoreProblem> problems = store.check(StoreProgress.SILENT).problems();
        assertThat(problems).hasSize(2).allSatisfy(problem -> {
            assertThat(problem.kind()).isEqualTo(Kind.VALUE);
            assertThat(problem.file()).isEqualTo(SECOND);
            assertThat(problem.what()).contains("splendid");
        });
        assertThat(problems.get(1).row()).hasValue(2);
    }

    @Test
    void trialsInTheFolderOfAnotherTaskAreTold() throws Exception {
        String other = TRIALS.replace(TASK.id(), "other");
        Files.move(folder.resolve(TRIALS), folder.resolve(other));
        assertThat(store.check(StoreProgress.SILENT).problems())
                .anySatisfy(problem -> {
                    assertThat(problem.kind()).isEqualTo(Kind.PLACE);
                    assertThat(problem.file()).isEqualTo(other + "/part-000001.parquet");
                    assertThat(problem.row()).hasValue(1);
                    assertThat(problem.what()).contains(StoreRows.id(0), "other-00000");
                })
                .anySatisfy(problem -> assertThat(problem.kind()).isEqualTo(Kind.ORPHAN));
    }

    @Test
    void aTrialOfAnotherKernelIsTold() {
        store.writer(SWEEP, TASK.id()).append(List.of(trial(5, 5, "gelu", Optional.empty(), 7)));
        assertThat(only(Kind.PLACE, TRIALS + "/part-000003.parquet").what()).contains("gelu", "softmax");
    }

    @Test
    void aTaskThatTheSweepDoesNotHaveIsTold() {
        var foreign = TestTasks.task("cuda:100", "random", 9);
        TaskRow row = new TaskRow(
                foreign,
                "[]",
                Optional.empty(),
                "[]",
                StoreRows.task().defaultConfiguration(),
                16,
                StoreRows.AT,
                Optional.of(StoreRows.AT),
                "done",
                "",
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        store.writeTask(SWEEP, foreign.id(), row);
        String file = TASK_FILE.replace(TASK.id(), foreign.id());
        assertThat(only(Kind.PLACE, file).what()).contains("no such task");
    }

    @Test
    void aTaskUnderAnotherNameIsTold() {
        store.writeTask(
                SWEEP, "gelu", StoreRows.task().finished(StoreRows.AT, "done", "", Optional.empty(), Optional.empty()));
        assertThat(only(Kind.PLACE, TASK_FILE.replace(TASK.id(), "gelu")).what())
                .contains(TASK.id());
    }

    @Test
    void trialsWithoutTheirTaskAreTold() throws Exception {
        Files.delete(folder.resolve(TASK_FILE));
        assertThat(only(Kind.ORPHAN, TRIALS).what()).contains("There is no task");
    }

    @Test
    void tasksWithoutTheirSweepAreTold() throws Exception {
        Files.delete(folder.resolve("sweeps/" + SWEEP + ".parquet"));
        assertThat(only(Kind.ORPHAN, "tasks/sweep=" + SWEEP).what()).contains("There is no sweep");
    }

    @Test
    void rowsOfOneTrialThatDifferAreTold() {
        part(3, List.of(trial(1, 1, "softmax", Optional.empty(), 4321)));
        StoreProblem problem = only(Kind.CONFLICT, TRIALS + "/part-000003.parquet");
        assertThat(problem.row()).hasValue(1);
        assertThat(problem.what()).contains(StoreRows.id(1), FIRST + ", row 2");
    }

    @Test
    void rowsThatAreThereTwiceAreToldOnceAFile() {
        part(3, List.of(trial(1), trial(2)));
        assertThat(only(Kind.REPEATED, TRIALS + "/part-000003.parquet").what()).startsWith("2 of its rows");
    }

    @Test
    void aGapInTheOrderOfTellingIsTold() throws Exception {
        store.writer(SWEEP, TASK.id()).append(List.of(trial(5)));
        Files.delete(folder.resolve(SECOND));
        assertThat(only(Kind.ORDER, TRIALS).what()).contains("numbers 3 to 4 are not there");
    }

    @Test
    void aDoubleInTheOrderOfTellingIsTold() {
        part(3, List.of(trial(5, 4, "softmax", Optional.empty(), 7)));
        assertThat(only(Kind.ORDER, TRIALS + "/part-000003.parquet").what()).contains("number 4");
    }

    @Test
    void aDuplicateOfNothingIsTold() {
        part(3, List.of(trial(5, 5, "softmax", Optional.of(StoreRows.id(77)), 7)));
        assertThat(only(Kind.REFERENCE, TRIALS + "/part-000003.parquet").what()).contains(StoreRows.id(77));
    }

    @Test
    void aBestTrialThatIsNotThereIsTold() {
        store.writeTask(
                SWEEP,
                TASK.id(),
                StoreRows.task()
                        .finished(StoreRows.AT, "done", "", Optional.of("{\"best_trial\":\"x\"}"), Optional.empty()));
        assertThat(only(Kind.REFERENCE, TASK_FILE).what()).contains("best trial is x");
    }

    @Test
    void aTaskThatRunsAfterItsSweepIsTold() {
        store.writeTask(SWEEP, TASK.id(), StoreRows.task());
        assertThat(only(Kind.STATE, TASK_FILE).action()).contains("--resume");
        store.writeSweep(SWEEP, StoreRows.sweep());
        assertThat(store.check(StoreProgress.SILENT).problems()).isEmpty();
    }

    @Test
    void linesOfTheEventLogThatAreNoEventsAreTold() throws Exception {
        String sound = "{\"time\":\"2026-11-23T23:35:12.104Z\",\"kind\":\"message\"}\n";
        log(sound + "{\"time\":\"2026-11\n" + sound + "{\"kind\":\"message\"}\n");
        assertThat(store.check(StoreProgress.SILENT).problems())
                .extracting(problem -> problem.kind() + " " + problem.row().getAsLong())
                .containsExactly("EVENT 2", "EVENT 4");
    }

    @Test
    void theLineThatADriverIsWritingIsNoProblem() throws Exception {
        store.writeSweep(SWEEP, StoreRows.sweep());
        log("{\"time\":\"2026-11-23T23:35:12.104Z\",\"kind\":\"message\"}\n{\"time\"");
        assertThat(store.check(StoreProgress.SILENT).problems()).isEmpty();
    }

    @Test
    void theReportIsJson() throws Exception {
        Files.delete(folder.resolve(TASK_FILE));
        Object problems =
                Json.readObject(store.check(StoreProgress.SILENT).toJson()).get("problems");
        assertThat(problems)
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .singleElement()
                .isInstanceOf(Map.class)
                .asString()
                .contains("kind=orphan", "file=" + TRIALS, "row=null", "action=Bring");
    }

    private StoreProblem only(Kind kind, String file) {
        List<StoreProblem> problems = store.check(StoreProgress.SILENT).problems();
        assertThat(problems).hasSize(1);
        assertThat(problems.get(0).kind()).isEqualTo(kind);
        assertThat(problems.get(0).file()).isEqualTo(file);
        assertThat(problems.get(0).what()).endsWith(".");
        return problems.get(0);
    }

    private void part(int number, List<TrialRow> rows) {
        new ParquetFiles().write(Tables.TRIALS, path(TRIALS + "/part-00000" + number + ".parquet"), rows);
    }

    private void rewrite(String file, Map<String, Object> values) {
        ParquetFiles files = new ParquetFiles();
        List<Row> rows = new ArrayList<>();
        for (Row row : files.read(Tables.TRIALS.raw(), path(file))) {
            Map<String, Object> changed = new LinkedHashMap<>(row.values());
            changed.putAll(values);
            rows.add(new Row(changed));
        }
        files.write(Tables.TRIALS.raw(), path(file), rows);
    }

    private org.apache.hadoop.fs.Path path(String file) {
        return new org.apache.hadoop.fs.Path(folder.resolve(file).toUri());
    }

    private void log(String text) throws IOException {
        Files.createDirectories(folder.resolve("events"));
        Files.writeString(folder.resolve("events/" + SWEEP + ".jsonl"), text, StandardCharsets.UTF_8);
    }

    private Map<String, Long> contents() throws IOException {
        Map<String, Long> sizes = new LinkedHashMap<>();
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path file : walk.filter(Files::isRegularFile).sorted().toList()) {
                sizes.put(file.toString(), Files.size(file));
            }
        }
        return sizes;
    }
}
