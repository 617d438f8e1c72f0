package dev.perihelion.sweep.spec;

import dev.perihelion.sweep.TuningTask;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One kernel of a specification.
 *
 * @param file its path, where it was found
 * @param source the file's text
 * @param kernel the function
 * @param reference a function of the same file
 * @param inputs a function of the same file that gives the arguments; empty where the specification gives them
 * @param settings how it is tuned
 * @param sets one for each combination of shapes and dtypes
 */
public record KernelEntry(
        String file,
        String source,
        String kernel,
        Optional<String> reference,
        Optional<String> inputs,
        KernelSettings settings,
        List<ArgumentSet> sets) {

    public KernelEntry {
        sets = List.copyOf(sets);
    }

    KernelEntry withSets(List<ArgumentSet> others) {
        return new KernelEntry(file, source, kernel, reference, inputs, settings, others);
    }

    /** The task of one of the sets. */
    TuningTask task(Map<String, String> values, int priority, String target) {
        return new TuningTask(
                file,
                source,
                kernel,
                values,
                target,
                settings.strategy(),
                settings.seed(),
                settings.budget(),
                reference,
                settings.policy(),
                List.of(),
                priority);
    }
}
