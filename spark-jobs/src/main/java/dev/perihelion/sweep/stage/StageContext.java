package dev.perihelion.sweep.stage;

import dev.perihelion.sweep.TuningTask;
import java.io.Serializable;

/**
 * What every Spark task of one tuning task gets. Sent to each process once.
 *
 * @param toolchain compiler and workers
 * @param taskId of the tuning task; changes with the kernel's source
 * @param taskJson the tuning task
 * @param small whether results are checked on small shapes on the CPU
 * @param builders compile workers of each process
 * @param compileArgumentsJson the arguments that modules are compiled for
 * @param measureArgumentsJson the arguments that they are checked with; small ones where checks are small
 * @param reductionLength additions behind one element of an output when checked, at least 1
 */
public record StageContext(
        Toolchain toolchain,
        String taskId,
        String taskJson,
        boolean small,
        int builders,
        String compileArgumentsJson,
        String measureArgumentsJson,
        double reductionLength)
        implements Serializable {

    /** The tuning task, read; each process reads it once. */
    public TuningTask task() {
        return ParsedTasks.of(taskJson);
    }
}
