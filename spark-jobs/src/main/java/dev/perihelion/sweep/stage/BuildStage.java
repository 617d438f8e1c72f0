package dev.perihelion.sweep.stage;

import dev.perihelion.search.trial.Outcome;
import java.io.Serializable;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Lowers one configuration and, where the target can run the module, compiles it. */
public final class BuildStage {

    private BuildStage() {}

    /** A failure that means: compile on the worker that has the device, the host function needs real values. */
    private static final String NEEDS_DEVICE = "Needs the device:";

    /** The programs that tasks of this process are compiling. */
    private static final Set<String> UNDER_WAY = ConcurrentHashMap.newKeySet();

    /**
     * A configuration to build.
     *
     * @param number of the trial
     * @param configJson the configuration
     * @param compileAnyway whether to compile even what another task is compiling
     */
    public record Item(long number, String configJson, boolean compileAnyway) implements Serializable {}

    /**
     * A module, and what came of compiling it.
     *
     * @param module how lowering went
     * @param compiled null where the module was not compiled
     * @param elsewhere whether another task is compiling the same program, so that this one does not wait for it
     */
    public record Report(GenerateStage.Report module, CompileStage.Report compiled, boolean elsewhere)
            implements Serializable {

        /** The binary, if there is one. */
        public Optional<WireArtefact> artefact() {
            return Optional.ofNullable(compiled).flatMap(CompileStage.Report::artefact);
        }

        /** Whether there is no binary because compiling needs the device. */
        public boolean needsDevice() {
            return compiled != null
                    && compiled.outcome() == Outcome.COMPILE_ERROR
                    && compiled.reason().startsWith(NEEDS_DEVICE);
        }

        /** Whether our machinery failed, not the configuration. */
        public boolean lost() {
            return compiled != null && compiled.outcome() == Outcome.INFRASTRUCTURE;
        }

        /** Why there is no binary; empty where there is one. */
        public String problem() {
            if (!module.ok()) {
                return module.problem();
            }
            return compiled == null ? "" : compiled.reason();
        }
    }

    /** Builds; every failure is a report. */
    public static Report run(StageContext context, Item item) throws InterruptedException {
        GenerateStage.Report module =
                GenerateStage.run(context, new GenerateStage.Item(item.number(), item.configJson()));
        if (!module.ok()) {
            return new Report(module, null, false);
        }
        String program = context.toolchain().id() + "|" + context.taskId() + "|" + module.sha256();
        boolean first = UNDER_WAY.add(program);
        if (!first && !item.compileAnyway()) {
            return new Report(module, null, true);
        }
        try {
            CompileStage.Item job = new CompileStage.Item(item.number(), module.text(), context.compileArgumentsJson());
            return new Report(module, CompileStage.run(context, job), false);
        } finally {
            if (first) {
                UNDER_WAY.remove(program);
            }
        }
    }
}
