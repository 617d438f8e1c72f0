package dev.perihelion.sweep.spec;

import dev.perihelion.executor.MeasurePolicy;
import dev.perihelion.search.strategy.Strategies;
import dev.perihelion.sweep.Budget;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.TuningTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A sweep specification, read from YAML (the form is described in docs/cli.md).
 *
 * @param name of the sweep
 * @param text as it was read
 * @param kernels what to tune
 * @param targets each kernel is tuned for each
 * @param strategy its name
 * @param seed its seed
 * @param budget of each tuning task
 * @param policy how latencies are taken
 */
public record SweepSpec(
        String name,
        String text,
        List<KernelEntry> kernels,
        List<String> targets,
        String strategy,
        long seed,
        Budget budget,
        MeasurePolicy policy) {

    /** The strategy of a specification that names none. */
    public static final String DEFAULT_STRATEGY = Strategies.DEFAULT;

    public SweepSpec {
        kernels = List.copyOf(kernels);
        targets = List.copyOf(targets);
    }

    /**
     * Reads a file; kernel paths in it count from its folder, or else from the working directory.
     *
     * @throws SpecException for the author's mistakes, with file and line
     */
    public static SweepSpec read(Path file) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            return parse(file.toString(), Files.readString(file), folder);
        } catch (IOException e) {
            throw new SpecException("Cannot read the sweep specification `" + file + "`: " + e.getMessage() + ".");
        }
    }

    /**
     * Reads a text.
     *
     * @param file its name, for messages
     * @param folder where kernel paths count from
     * @throws SpecException for the author's mistakes, with file and line
     */
    public static SweepSpec parse(String file, String text, Path folder) {
        return new SpecReader(file, text, folder).read();
    }

    /** One task for each kernel, shape and target, in the order of the specification. */
    public List<TuningTask> tasks() {
        List<TuningTask> tasks = new ArrayList<>();
        for (KernelEntry kernel : kernels) {
            for (Map<String, String> arguments : kernel.argumentSets()) {
                for (String target : targets) {
                    tasks.add(new TuningTask(
                            kernel.file(),
                            kernel.source(),
                            kernel.kernel(),
                            arguments,
                            target,
                            strategy,
                            seed,
                            budget,
                            kernel.reference(),
                            policy));
                }
            }
        }
        return tasks;
    }

    /** The sweep of these tasks, with a new id. */
    public Sweep toSweep(Instant now) {
        return Sweep.create(name, text, tasks(), now);
    }
}
