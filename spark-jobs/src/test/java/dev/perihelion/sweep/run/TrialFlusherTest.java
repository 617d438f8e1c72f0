package dev.perihelion.sweep.run;

import static dev.perihelion.sweep.store.StoreRows.SWEEP;
import static dev.perihelion.sweep.store.StoreRows.TASK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perihelion.sweep.ProgressListener;
import dev.perihelion.sweep.fake.Recorder;
import dev.perihelion.sweep.store.FlakyFileSystem;
import dev.perihelion.sweep.store.StoreProgress;
import dev.perihelion.sweep.store.StoreRows;
import dev.perihelion.sweep.store.TrialRow;
import dev.perihelion.sweep.store.TrialStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class TrialFlusherTest {

    private static final Outage.Patience QUICK =
            new Outage.Patience(Duration.ofMillis(20), Duration.ofMillis(50), Duration.ofSeconds(20));
    private static final Outage.Patience NONE =
            new Outage.Patience(Duration.ofMillis(20), Duration.ofMillis(50), Duration.ZERO);

    @TempDir
    Path folder;

    private final Inbox inbox = new Inbox();
    private final Recorder recorder = new Recorder();
    private final AtomicInteger attempts = new AtomicInteger();
    private ExecutorService threads;

    @BeforeEach
    void begin() {
        StoreRows.write(new TrialStore(folder.toString()), 1);
        threads = Executors.newSingleThreadExecutor();
    }

    @AfterEach
    void end() {
        threads.shutdownNow();
        FlakyFileSystem.mend(folder);
    }

    @Test
    void trialsWaitForAStoreThatCannotBeReached() throws Exception {
        TrialFlusher flusher = flusher(QUICK);
        failFor(5, "create");
        add(flusher, 1, 40);
        flusher.flushIfDue(this::state);
        while (attempts.get() < 3) {
            inbox.runAll(5);
            flusher.flushIfDue(this::state);
        }
        // The search goes on meanwhile.
        add(flusher, 40, 45);
        assertThat(recorder.batches).isEmpty();
        while (recorder.batches.isEmpty()) {
            inbox.runAll(5);
            flusher.flushIfDue(this::state);
        }
        assertThat(stored()).isEqualTo(rows(45));
        assertThat(recorder.messages).hasSize(2);
        assertThat(recorder.messages.get(0)).contains(TASK.id(), "cannot be stored for now", "No space left");
        assertThat(recorder.messages.get(1)).contains("works again", "44 trials");
        assertNothingIsLeft();
    }

    @Test
    void whatWasWrittenThoughItsAnswerWasLostIsThereOnce() throws Exception {
        TrialFlusher flusher = flusher(QUICK);
        FlakyFileSystem.let(folder, new FlakyFileSystem.Fault() {
            @Override
            public void before(String operation, org.apache.hadoop.fs.Path path) {}

            @Override
            public void after(String operation, org.apache.hadoop.fs.Path path) throws IOException {
                if (operation.equals("rename") && attempts.incrementAndGet() == 1) {
                    throw new IOException("connection reset");
                }
            }
        });
        add(flusher, 1, 40);
        while (recorder.batches.isEmpty()) {
            flusher.flushIfDue(this::state);
            inbox.runAll(5);
        }
        assertThat(attempts).hasValue(2);
        assertThat(stored()).isEqualTo(rows(40));
        assertNothingIsLeft();
    }

    @Test
    void theEndWaitsForTheStoreToo() throws Exception {
        TrialFlusher flusher = flusher(QUICK);
        failFor(4, "mkdirs");
        add(flusher, 1, 40);
        flusher.flushIfDue(this::state);
        add(flusher, 40, 42);
        flusher.end();
        flusher.flushAll(state(), () -> false);
        assertThat(stored()).isEqualTo(rows(42));
        assertThat(recorder.batches).hasSize(1);
        assertNothingIsLeft();
    }

    @Test
    void whatIsLostIsNamed() throws Exception {
        TrialFlusher flusher = flusher(NONE);
        failFor(Integer.MAX_VALUE, "create");
        add(flusher, 1, 40);
        flusher.flushIfDue(this::state);
        assertThatThrownBy(() -> {
                    while (true) {
                        inbox.runAll(5);
                    }
                })
                .isInstanceOf(TaskFailure.class)
                .hasMessageContainingAll(
                        "No space left", "39 trials are not in it", "numbers 1, 2, 3,", "and 19 more", "--resume");
        flusher.end();
        int before = attempts.get();
        assertThatThrownBy(() -> flusher.flushAll(state(), () -> false)).isInstanceOf(TaskFailure.class);
        assertThat(attempts).hasValue(before + 1);
        assertThat(stored()).isEqualTo(rows(1));
    }

    @Test
    void aFaultThatTimeDoesNotHelpIsNotTriedAgain() throws Exception {
        TrialFlusher flusher = flusher(QUICK);
        FlakyFileSystem.let(folder, (operation, path) -> {
            if (operation.equals("create")) {
                attempts.incrementAndGet();
                throw new IllegalStateException("a fault of ours");
            }
        });
        add(flusher, 1, 40);
        flusher.flushIfDue(this::state);
        assertThatThrownBy(() -> {
                    while (true) {
                        inbox.runAll(5);
                    }
                })
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a fault of ours");
        assertThat(attempts).hasValue(1);
        assertThat(recorder.messages).isEmpty();
    }

    private TrialFlusher flusher(Outage.Patience patience) {
        return new TrialFlusher(
                TASK.id(), FlakyFileSystem.store(folder).writer(SWEEP, TASK.id()), inbox, threads, recorder, patience);
    }

    private void failFor(int times, String kind) {
        FlakyFileSystem.let(folder, (operation, path) -> {
            if (operation.equals(kind) && attempts.incrementAndGet() <= times) {
                throw new IOException("No space left on device");
            }
        });
    }

    private static void add(TrialFlusher flusher, int from, int to) {
        LongStream.range(from, to).mapToObj(StoreRows::trial).forEach(flusher::add);
    }

    private static List<TrialRow> rows(int count) {
        return LongStream.range(0, count).mapToObj(StoreRows::trial).toList();
    }

    private List<TrialRow> stored() {
        return new TrialStore(folder.toString()).trials(SWEEP, TASK.id());
    }

    private void assertNothingIsLeft() throws IOException {
        assertThat(new TrialStore(folder.toString()).check(StoreProgress.SILENT).problems())
                .isEmpty();
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.map(file -> file.getFileName().toString())).noneMatch(name -> name.startsWith("_"));
        }
    }

    private ProgressListener.Batch state() {
        return new ProgressListener.Batch(
                TASK.id(),
                0,
                0,
                9,
                Map.of(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                true,
                0,
                OptionalDouble.empty(),
                1,
                0);
    }
}
