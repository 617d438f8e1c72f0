package dev.perihelion.sweep.stage;

import dev.perihelion.sweep.TuningTask;
import java.io.Serializable;

/**
 * What every Spark task of one tuning task gets.
 *
 * @param toolchain compiler and workers
 * @param taskId of the tuning task; changes with the kernel's source
 * @param taskJson the tuning task
 * @param small whether results are checked on small shapes on the CPU
 * @param builders compile workers of each process
 */
public record StageContext(Toolchain toolchain, String taskId, String taskJson, boolean small, int builders)
        implements Serializable {

    /** The tuning task, read. */
    public TuningTask task() {
        return TuningTask.fromJson(taskJson);
    }
}
