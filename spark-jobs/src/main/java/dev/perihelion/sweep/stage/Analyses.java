package dev.perihelion.sweep.stage;

import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.sweep.TuningTask;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A process analyses each tuning task once, however many Spark tasks ask. */
final class Analyses {

    /** Tasks run one after another; a few stay for those that overlap. */
    private static final int KEPT = 8;

    private static final Map<String, CompletableFuture<Analysis>> BY_TASK = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, CompletableFuture<Analysis>> eldest) {
            return size() > KEPT;
        }
    };

    private Analyses() {}

    /** The kernel at its own shapes, and at small ones where checks need them. */
    record Analysis(AnalyzedKernel kernel, Optional<AnalyzedKernel> small) {}

    static Analysis of(StageContext context) {
        CompletableFuture<Analysis> mine = new CompletableFuture<>();
        CompletableFuture<Analysis> found;
        synchronized (BY_TASK) {
            found = BY_TASK.putIfAbsent(key(context), mine);
        }
        if (found == null) {
            try {
                TuningTask task = context.task();
                mine.complete(new Analysis(
                        context.toolchain().analyze(task),
                        context.small() ? Optional.of(context.toolchain().analyzeSmall(task)) : Optional.empty()));
            } catch (RuntimeException e) {
                mine.completeExceptionally(e);
            }
            found = mine;
        }
        try {
            return found.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private static String key(StageContext context) {
        return context.toolchain().id() + "|" + context.taskId() + "|" + context.small();
    }
}
