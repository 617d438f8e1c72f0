package dev.perihelion.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.perihelion.search.trial.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Races in a real worker process on a device that only pretends. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GpuRaceTest {

    private static GpuWorker worker;

    @BeforeAll
    static void start() {
        worker = FakeGpu.worker("GPU-fake-race-" + ProcessHandle.current().pid(), Map.of());
    }

    @AfterAll
    static void stop() {
        worker.close();
    }

    private static RaceOutcome.Raced raced(String... binaries) throws InterruptedException {
        RaceOutcome outcome = worker.race(FakeGpu.race(List.of(binaries)));
        return assertInstanceOf(RaceOutcome.Raced.class, outcome, outcome.toString());
    }

    @Test
    void lanesComeInOrderWithTheControlLast() throws Exception {
        RaceOutcome.Raced raced = raced("{}", "{\"latency_ns\":40000}", "{\"latency_ns\":90000}");
        assertEquals(
                List.of("entrant 0", "entrant 1", "entrant 2", "entrant 0"),
                raced.lanes().stream().map(RaceOutcome.Lane::name).toList());
        assertEquals(
                List.of(false, false, false, true),
                raced.lanes().stream().map(RaceOutcome.Lane::control).toList());
        assertEquals(10, raced.lanes().get(2).samplesNanos().length);
        assertEquals(40_000, raced.lanes().get(1).samplesNanos()[3], 4_000);
        assertTrue(raced.busyMillis() > 0 && raced.deviceJson().contains("\"timer\":\"events\""), raced.deviceJson());
    }

    @Test
    void entrantsThatFailAreOutAndTheOthersRace() throws Exception {
        RaceOutcome.Raced raced = raced(
                "{}",
                "{\"fault\":\"illegal_address\"}",
                "{\"fault\":\"wrong\"}",
                "{}",
                "{\"fault\":\"endless\"}",
                "{\"fault\":\"die\",\"in\":\"load\"}",
                "{}");
        List<Optional<Outcome>> failures =
                raced.lanes().stream().map(RaceOutcome.Lane::failure).toList();
        assertEquals(
                List.of(
                        Optional.empty(),
                        Optional.of(Outcome.LAUNCH_ERROR),
                        Optional.of(Outcome.WRONG_RESULT),
                        Optional.empty(),
                        Optional.of(Outcome.RUN_TIMEOUT),
                        Optional.of(Outcome.WORKER_DIED),
                        Optional.empty(),
                        Optional.empty()),
                failures);
        assertEquals("entrant 4", raced.lanes().get(4).name());
        assertTrue(raced.lanes().get(6).samplesNanos().length >= 10);
    }

    @Test
    void whatCannotBePutDownToAnEntrantEndsTheRace() throws Exception {
        RaceOutcome outcome = worker.race(FakeGpu.race(List.of("{\"fault\":\"nan\"}", "{}")));
        RaceOutcome.Failed failed = assertInstanceOf(RaceOutcome.Failed.class, outcome, outcome.toString());
        assertEquals(Outcome.WRONG_RESULT, failed.outcome());
        assertTrue(failed.reason().startsWith("The incumbent `entrant 0` failed: "), failed.reason());

        // The second launch is a timed one where there is one draw only: nobody can tell whose kernel it was.
        outcome = worker.race(FakeGpu.race(List.of("{}", "{\"fault\":\"endless\",\"in\":\"time\"}"), List.of(7L)));
        failed = assertInstanceOf(RaceOutcome.Failed.class, outcome, outcome.toString());
        assertEquals(Outcome.RUN_TIMEOUT, failed.outcome());
        raced("{}", "{}");
    }

    @Test
    void impossibleRacesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> FakeGpu.race(List.of()));
        assertThrows(IllegalArgumentException.class, () -> new RacePolicy(5, 4, 100, true));
        assertThrows(IllegalArgumentException.class, () -> FakeGpu.job("{}").withSpareMillis(-1));
    }

    @Test
    void workersThatCannotRaceSaySo() throws Exception {
        try (InterpreterWorker interpreter =
                new InterpreterWorker(PythonRuntime.find(), InterpreterWorker.DEFAULT_LIMIT)) {
            RaceOutcome outcome = interpreter.race(FakeGpu.race(List.of("{}")));
            assertEquals(new RaceOutcome.Failed(Outcome.INFRASTRUCTURE, "This worker does not time."), outcome);
        }
    }
}
