package dev.perihelion.executor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.perihelion.executor.FrameCodec.ProtocolException;
import dev.perihelion.executor.WorkerFailure.Kind;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One life of a compile server's process: many calls at once over its two streams. It ends with the first failure, which
 * is then every open call's and every later one's. One thread reads, one writes.
 */
final class CompileConnection {

    // The status of a process that a signal ended, as Java gives it: this and the signal's number.
    private static final int SIGNALLED = 128;

    private final LaunchedWorker worker;
    private final CompletableFuture<ObjectNode> hello = new CompletableFuture<>();
    private final Map<String, Call> calls = new ConcurrentHashMap<>();
    private final AtomicLong next = new AtomicLong();
    private final AtomicReference<WorkerFailure> failure = new AtomicReference<>();
    // A thread of its own, so that a process that no longer reads holds up nobody who has a limit.
    private final ExecutorService writer = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "perihelion-compile-writer");
        thread.setDaemon(true);
        return thread;
    });

    /** A request under way. */
    record Call(String id, CompletableFuture<Frame> answer) {}

    private CompileConnection(LaunchedWorker worker) {
        this.worker = worker;
    }

    /** Begins to read what a process says; its hello comes first. */
    static CompileConnection open(LaunchedWorker worker) {
        CompileConnection connection = new CompileConnection(worker);
        Thread reader = new Thread(connection::read, "perihelion-compile-reader");
        reader.setDaemon(true);
        reader.start();
        return connection;
    }

    /** What the process says first; fails where it cannot start. */
    CompletableFuture<ObjectNode> hello() {
        return hello;
    }

    boolean isOpen() {
        return failure.get() == null;
    }

    /** Why it is no longer open. */
    WorkerFailure failure() {
        return failure.get();
    }

    long pid() {
        return worker.process().pid();
    }

    List<Long> children() {
        return worker.folder().children();
    }

    /** Sends a request under an id of this connection's own, so that callers' ids need not differ. */
    Call send(Frame request) {
        Call call = new Call("c" + next.incrementAndGet(), new CompletableFuture<>());
        calls.put(call.id(), call);
        write(new Frame(request.header().deepCopy().put("id", call.id()), request.payload()));
        WorkerFailure failed = failure.get();
        if (failed != null) {
            // It may have failed before this call was known to it.
            call.answer().completeExceptionally(failed);
        }
        return call;
    }

    /** Ends the work on a call whose answer nobody waits for. */
    void cancel(Call call) {
        if (calls.remove(call.id()) != null) {
            write(new Frame(
                    FrameCodec.JSON.createObjectNode().put("op", "cancel").put("id", call.id()), new byte[0]));
        }
    }

    /** Ends the process; the first failure is the one that counts. */
    void fail(WorkerFailure reason) {
        if (!failure.compareAndSet(null, reason)) {
            return;
        }
        writer.shutdownNow();
        worker.stop();
        hello.completeExceptionally(reason);
        calls.values().forEach(call -> call.answer().completeExceptionally(reason));
        calls.clear();
    }

    private void write(Frame frame) {
        try {
            writer.execute(() -> {
                try {
                    FrameCodec.write(worker.in(), frame);
                } catch (IOException e) {
                    // The reader sees the end of the process too, and knows more of it.
                }
            });
        } catch (RejectedExecutionException e) {
            // It has failed, as the caller will see.
        }
    }

    private void read() {
        try {
            Frame first = FrameCodec.read(worker.out());
            LaunchedWorker.check(first);
            hello.complete(first.header());
            while (true) {
                Frame answer = FrameCodec.read(worker.out());
                Call call = calls.remove(answer.header().path("id").asText());
                if (call != null) {
                    call.answer().complete(answer);
                }
            }
        } catch (WorkerFailure e) {
            fail(e);
        } catch (ProtocolException e) {
            fail(new WorkerFailure(Kind.PROTOCOL, e.getMessage()));
        } catch (IOException e) {
            fail(ended(e));
        }
    }

    private WorkerFailure ended(IOException cause) {
        try {
            String how = worker.ending(cause);
            if (hello.isDone()) {
                return new WorkerFailure(Kind.DIED, how);
            }
            boolean killed = !worker.process().isAlive() && worker.process().exitValue() > SIGNALLED;
            return new WorkerFailure(
                    killed ? Kind.NOT_STARTED : Kind.CANNOT_START, "The compile worker did not start. " + how);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new WorkerFailure(Kind.DIED, "The worker process ended.");
        }
    }
}
