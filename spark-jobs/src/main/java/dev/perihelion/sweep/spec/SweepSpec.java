package dev.perihelion.sweep.spec;

import dev.perihelion.search.strategy.Strategies;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.SweepBudget;
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
 * @param file its name, for messages
 * @param name of the sweep
 * @param text as it was read
 * @param kernels what to tune
 * @param defaults how kernels are tuned that say nothing else
 * @param totalBudget of all tasks together
 * @param cold whether tasks begin without what the store knows of others
 */
public record SweepSpec(
        String file,
        String name,
        String text,
        List<KernelEntry> kernels,
        KernelSettings defaults,
        SweepBudget totalBudget,
        boolean cold) {

    /** The strategy of a specification that names none. */
    public static final String DEFAULT_STRATEGY = Strategies.DEFAULT;

    public SweepSpec {
        kernels = List.copyOf(kernels);
    }

    /**
     * Reads a file; kernel paths in it count from its folder, or else from the working directory.
     *
     * @param check tells whether arguments fit their kernel
     * @throws SpecException for the author's mistakes, all of them, with file, line and column
     */
    public static SweepSpec read(Path file, TaskCheck check) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            return parse(file.toString(), Files.readString(file), folder, check);
        } catch (IOException e) {
            throw new SpecException("Cannot read the sweep specification `" + file + "`: " + e.getMessage() + ".");
        }
    }

    /**
     * Reads a text.
     *
     * @param file its name, for messages
     * @param folder where kernel paths count from
     * @param check tells whether arguments fit their kernel
     * @throws SpecException for the author's mistakes, all of them, with file, line and column
     */
    public static SweepSpec parse(String file, String text, Path folder, TaskCheck check) {
        return new SpecReader(file, text, folder).read(check);
    }

    /** Who runs input functions. */
    @FunctionalInterface
    public interface InputFunctions {

        /**
         * The arguments that the entry's input function gives, as VALUE texts by parameter.
         *
         * @param symbols what the function is called with, besides a device
         * @throws IllegalArgumentException saying why there are none
         */
        Map<String, String> call(KernelEntry entry, Map<String, Object> symbols) throws InterruptedException;
    }

    /** Whether a kernel's arguments come from an input function that was not asked yet. */
    public boolean needsInputs() {
        return kernels.stream()
                .anyMatch(entry ->
                        entry.sets().stream().anyMatch(set -> set.values().isEmpty()));
    }

    /**
     * The same specification with the arguments that input functions give.
     *
     * @throws SpecException where they give none, or none that fit
     */
    public SweepSpec withInputs(InputFunctions functions, TaskCheck check) throws InterruptedException {
        Mistakes mistakes = new Mistakes(file);
        List<KernelEntry> resolved = new ArrayList<>();
        List<KernelEntry> asked = new ArrayList<>();
        for (KernelEntry entry : kernels) {
            if (entry.inputs().isEmpty()) {
                resolved.add(entry);
                continue;
            }
            List<ArgumentSet> sets = new ArrayList<>();
            for (ArgumentSet set : entry.sets()) {
                try {
                    sets.add(set.withValues(functions.call(entry, set.symbols())));
                } catch (IllegalArgumentException e) {
                    mistakes.add(set.mistake(e.getMessage()));
                }
            }
            resolved.add(entry.withSets(sets));
            asked.add(entry.withSets(sets));
        }
        SpecChecks.addMisfits(asked, check, mistakes);
        mistakes.throwIfAny();
        return new SweepSpec(file, name, text, resolved, defaults, totalBudget, cold);
    }

    /**
     * One task for each kernel, shape and target, in the order of the specification.
     *
     * @throws IllegalStateException where input functions were not asked yet
     */
    public List<TuningTask> tasks() {
        List<TuningTask> tasks = new ArrayList<>();
        for (KernelEntry kernel : kernels) {
            for (ArgumentSet set : kernel.sets()) {
                Map<String, String> values = set.values()
                        .orElseThrow(
                                () -> new IllegalStateException("Input functions are asked before tasks are made."));
                for (String target : kernel.settings().targets()) {
                    tasks.add(kernel.task(values, set.priority(), target));
                }
            }
        }
        return tasks;
    }

    /** The sweep of these tasks, with a new id. */
    public Sweep toSweep(Instant now) {
        return Sweep.create(name, text, tasks(), now).withBudget(totalBudget).withCold(cold);
    }
}
