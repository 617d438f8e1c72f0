package dev.perihelion.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.perihelion.search.trial.Outcome;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Checks on the CPU, under Triton's interpreter, in a real worker process. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InterpreterWorkerTest {

    private static InterpreterWorker worker;

    @BeforeAll
    static void start() {
        worker = new InterpreterWorker(PythonRuntime.find(), Duration.ofSeconds(60));
    }

    @AfterAll
    static void stop() {
        worker.close();
    }

    @Test
    void itSaysWhatItIs() throws Exception {
        WorkerInfo info = worker.info();
        assertEquals(1, info.protocol());
        assertTrue(info.python().startsWith("3."), info.toString());
        assertTrue(info.device().isEmpty());
    }

    @Test
    void aRightKernelPasses() throws Exception {
        MeasureOutcome outcome = worker.measure(TestModules.addCheck(TestModules.VECTOR_ADD));
        double error = assertInstanceOf(MeasureOutcome.Checked.class, outcome, outcome.toString())
                .maxError();
        assertTrue(error >= 0 && error < 0.1, outcome.toString());
    }

    @Test
    void anotherModuleCanBeTheReference() throws Exception {
        Reference baseline = new Reference.Baseline(TestModules.VECTOR_ADD, Optional.empty());
        String blocked = TestModules.VECTOR_ADD.replace("1024", "256");
        MeasureOutcome outcome = worker.measure(TestModules.checkAgainst(blocked, baseline));
        assertEquals(new MeasureOutcome.Checked(0), outcome);
    }

    @Test
    void aWrongResultSaysWhereAndHowMuch() throws Exception {
        MeasureOutcome.Failed failed =
                failed(TestModules.VECTOR_ADD.replace("+ tl.load(y", "+ 1.01 * tl.load(y"), Outcome.WRONG_RESULT);
        assertTrue(failed.reason().contains("of 3000 elements differ"), failed.reason());
    }

    @Test
    void whatIsNotWrittenIsFound() throws Exception {
        MeasureOutcome.Failed failed =
                failed(TestModules.VECTOR_ADD.replace("offsets < count", "offsets < count - 1"), Outcome.WRONG_RESULT);
        assertTrue(failed.reason().contains("1 of 3000 elements differ; the worst is at [2999]: nan"), failed.reason());
    }

    @Test
    void notANumberIsNeverRight() throws Exception {
        failed(
                TestModules.VECTOR_ADD.replace("tl.store(out + offsets, total", "tl.store(out + offsets, total / 0.0"),
                Outcome.WRONG_RESULT);
    }

    @Test
    void anExceptionIsAnOutcome() throws Exception {
        MeasureOutcome.Failed failed = failed(
                TestModules.VECTOR_ADD.replace("    return out", "    raise ValueError('no such luck')"),
                Outcome.LAUNCH_ERROR);
        assertTrue(failed.reason().contains("no such luck"), failed.reason());
    }

    @Test
    void aTimeoutEndsTheProcessAndTheNextCheckWorks() throws Exception {
        try (InterpreterWorker quick = new InterpreterWorker(PythonRuntime.find(), Duration.ofSeconds(5))) {
            quick.info();
            ProcessHandle process = ProcessHandle.of(quick.pid().orElseThrow()).orElseThrow();
            String endless = TestModules.VECTOR_ADD.replace("    return out", "    while True:\n        pass");
            MeasureOutcome outcome = quick.measure(TestModules.addCheck(endless));
            assertEquals(
                    Outcome.RUN_TIMEOUT,
                    assertInstanceOf(MeasureOutcome.Failed.class, outcome).outcome());
            assertFalse(process.isAlive());
            assertInstanceOf(MeasureOutcome.Checked.class, quick.measure(TestModules.addCheck(TestModules.VECTOR_ADD)));
        }
    }

    private static MeasureOutcome.Failed failed(String module, Outcome expected) throws InterruptedException {
        MeasureOutcome outcome = worker.measure(TestModules.addCheck(module));
        MeasureOutcome.Failed failed = assertInstanceOf(MeasureOutcome.Failed.class, outcome, outcome.toString());
        assertEquals(expected, failed.outcome(), failed.reason());
        return failed;
    }
}
