package dev.perihelion.sweep.stage;

import dev.perihelion.compiler.GeneratedModule;
import dev.perihelion.compiler.InvalidConfigurationException;
import dev.perihelion.compiler.WorkEstimate;
import dev.perihelion.search.space.Configuration;
import java.io.Serializable;
import java.util.Optional;

/** Lowers one configuration to its module. */
public final class GenerateStage {

    private GenerateStage() {}

    /** A configuration to lower. */
    public record Item(long number, String configJson) implements Serializable {}

    /**
     * A module.
     *
     * @param number of the trial
     * @param text the module; empty where it failed
     * @param sha256 of the program; empty where it failed
     * @param smallText the same configuration's module at small shapes; empty where not asked for
     * @param smallSha256 of that program
     * @param work what one call does
     * @param millis time spent
     * @param problem why there is no module, or why it must not be compiled; empty where it may be
     * @param infeasible whether the problem is that the target cannot run the module
     * @param smallProblem why there is no small module; empty where there is one or none was asked for
     */
    public record Report(
            long number,
            String text,
            String sha256,
            String smallText,
            String smallSha256,
            WorkEstimate work,
            double millis,
            String problem,
            boolean infeasible,
            String smallProblem)
            implements Serializable {

        /** Whether there is a module that is worth compiling. */
        public boolean ok() {
            return problem.isEmpty();
        }
    }

    /** Lowers; a failure is a report. */
    public static Report run(StageContext context, Item item) {
        long start = System.nanoTime();
        Analyses.Analysis analysis = Analyses.of(context);
        Configuration configuration = Configuration.fromJson(item.configJson());
        GeneratedModule module;
        try {
            module = analysis.kernel().generate(configuration);
        } catch (RuntimeException e) {
            return new Report(
                    item.number(), "", "", "", "", WorkEstimate.NONE, millisSince(start), problem(e), false, "");
        }
        Optional<String> refusal = module.feasibility().refusal();
        String smallText = "";
        String smallSha = "";
        String smallProblem = "";
        if (analysis.small().isPresent() && refusal.isEmpty()) {
            try {
                GeneratedModule small = analysis.small().get().generate(configuration);
                smallText = small.text();
                smallSha = small.sha256();
            } catch (RuntimeException e) {
                smallProblem = problem(e);
            }
        }
        return new Report(
                item.number(),
                module.text(),
                module.sha256(),
                smallText,
                smallSha,
                module.work(),
                millisSince(start),
                refusal.orElse(""),
                refusal.isPresent(),
                smallProblem);
    }

    private static String problem(RuntimeException e) {
        return e instanceof InvalidConfigurationException
                ? "the kernel cannot have this configuration: " + e.getMessage()
                : "the compiler failed: " + e;
    }

    static double millisSince(long startNanos) {
        return (System.nanoTime() - startNanos) / 1e6;
    }
}
