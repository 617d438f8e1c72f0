package dev.perihelion.executor;

import dev.perihelion.search.trial.Outcome;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Compiles equal jobs once: one that is under way is waited for, and the latest results are kept. Jobs are equal that have
 * the same text, kernel, arguments and target. Safe for use by many threads.
 */
final class CompiledOnce {

    // What the job itself is the cause of. A job whose time was over may be given more of it later.
    private static final Set<Outcome> LASTING = EnumSet.of(Outcome.COMPILE_ERROR, Outcome.OUT_OF_RESOURCES);

    private final int mostEntries;
    private final long mostBytes;
    private final Map<String, CompletableFuture<CompileOutcome>> running = new HashMap<>();
    private final LinkedHashMap<String, CompileOutcome> done = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /** How a job is compiled. */
    interface Compilation {
        CompileOutcome run() throws InterruptedException;
    }

    /** Keeps so many results, of so many bytes of binaries together. */
    CompiledOnce(int mostEntries, long mostBytes) {
        this.mostEntries = mostEntries;
        this.mostBytes = mostBytes;
    }

    /** The outcome of a job: an equal one's, or what the compilation gives. */
    CompileOutcome outcome(CompileJob job, Compilation compilation) throws InterruptedException {
        String key = key(job);
        while (true) {
            CompletableFuture<CompileOutcome> own = new CompletableFuture<>();
            CompletableFuture<CompileOutcome> other;
            synchronized (this) {
                CompileOutcome known = done.get(key);
                if (known != null) {
                    return known;
                }
                other = running.putIfAbsent(key, own);
            }
            if (other == null) {
                return compile(key, own, compilation);
            }
            try {
                return other.get();
            } catch (ExecutionException e) {
                // The one that compiled was interrupted, which is no answer for this one.
            }
        }
    }

    private CompileOutcome compile(String key, CompletableFuture<CompileOutcome> promise, Compilation compilation)
            throws InterruptedException {
        try {
            CompileOutcome outcome = compilation.run();
            synchronized (this) {
                running.remove(key);
                keep(key, outcome);
            }
            promise.complete(outcome);
            return outcome;
        } finally {
            if (!promise.isDone()) {
                synchronized (this) {
                    running.remove(key);
                }
                promise.completeExceptionally(new IllegalStateException("The compilation was broken off."));
            }
        }
    }

    private void keep(String key, CompileOutcome outcome) {
        if (outcome instanceof CompileOutcome.Failed failed && !LASTING.contains(failed.outcome())) {
            return;
        }
        done.put(key, outcome);
        bytes += bytes(outcome);
        Iterator<CompileOutcome> oldest = done.values().iterator();
        while (done.size() > mostEntries || bytes > mostBytes) {
            bytes -= bytes(oldest.next());
            oldest.remove();
        }
    }

    private static long bytes(CompileOutcome outcome) {
        return outcome instanceof CompileOutcome.Compiled compiled
                ? compiled.artefact().binary().length
                : 0;
    }

    private static String key(CompileJob job) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : new String[] {job.moduleText(), job.kernelName(), job.argumentsJson(), job.target()}) {
                digest.update((part.length() + ":" + part).getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256.", e);
        }
    }
}
