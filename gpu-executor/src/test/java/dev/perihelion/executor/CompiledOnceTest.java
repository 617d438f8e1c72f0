package dev.perihelion.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.perihelion.search.trial.Outcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Equal jobs are compiled once. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CompiledOnceTest {

    private final CompiledOnce once = new CompiledOnce(3, 1000);
    private final AtomicInteger compilations = new AtomicInteger();

    private static CompileJob job(String text) {
        return new CompileJob("id" + text, text, "k", "[]", "cuda:90", "family");
    }

    private CompileOutcome compile(String text, CompileOutcome outcome) throws InterruptedException {
        return once.outcome(job(text), () -> {
            compilations.incrementAndGet();
            return outcome;
        });
    }

    private static CompileOutcome binary(int bytes) {
        BinaryFacts facts = new BinaryFacts(8, 0, 0, 128, 1, 1.0);
        return new CompileOutcome.Compiled(new Artefact("hash", new byte[bytes], "{}", facts), "meta");
    }

    private static CompileOutcome failure(Outcome outcome) {
        return new CompileOutcome.Failed(outcome, "A reason.", 1.0);
    }

    @Test
    void resultsAndTheConfigurationsOwnFailuresAreKept() throws Exception {
        CompileOutcome first = compile("a", binary(10));
        assertSame(first, compile("a", binary(10)));
        compile("b", failure(Outcome.COMPILE_ERROR));
        compile("b", failure(Outcome.COMPILE_ERROR));
        assertEquals(2, compilations.get());
    }

    @Test
    void otherFailuresAreNot() throws Exception {
        for (Outcome outcome : new Outcome[] {Outcome.INFRASTRUCTURE, Outcome.WORKER_DIED, Outcome.COMPILE_TIMEOUT}) {
            compile("a", failure(outcome));
        }
        assertEquals(3, compilations.get());
    }

    @Test
    void jobsThatDifferInTargetOrArgumentsAreNotEqual() throws Exception {
        compile("a", binary(1));
        once.outcome(new CompileJob("id", "a", "k", "[]", "cuda:80", "family"), () -> binary(2));
        CompileOutcome other =
                once.outcome(new CompileJob("id", "a", "k", "[1]", "cuda:90", "family"), () -> binary(3));
        assertEquals(3, ((CompileOutcome.Compiled) other).artefact().binary().length);
    }

    @Test
    void whatWasNotAskedForLongestGoesFirst() throws Exception {
        compile("a", binary(1));
        compile("b", binary(1));
        compile("c", binary(1));
        compile("a", binary(1));
        compile("d", binary(1));
        assertEquals(4, compilations.get());
        compile("a", binary(1));
        assertEquals(4, compilations.get());
        compile("b", binary(1));
        assertEquals(5, compilations.get());
        compile("large", binary(999));
        compile("b", binary(1));
        assertEquals(6, compilations.get());
        compile("too large", binary(2000));
        compile("too large", binary(2000));
        assertEquals(8, compilations.get());
    }

    @Test
    void whoWaitsForABrokenOffCompilationCompilesItself() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CompletableFuture<Throwable> broken = new CompletableFuture<>();
        Thread first = new Thread(() -> broken.complete(assertThrows(
                InterruptedException.class,
                () -> once.outcome(job("a"), () -> {
                    started.countDown();
                    Thread.sleep(60_000);
                    return binary(1);
                }))));
        first.start();
        started.await();
        CompletableFuture<CompileOutcome> second = new CompletableFuture<>();
        Thread waiting = new Thread(() -> {
            try {
                second.complete(compile("a", binary(7)));
            } catch (InterruptedException e) {
                second.completeExceptionally(e);
            }
        });
        waiting.start();
        first.interrupt();
        broken.get();
        assertEquals(7, ((CompileOutcome.Compiled) second.get()).artefact().binary().length);
        assertEquals(1, compilations.get());
    }
}
