package dev.perihelion.sweep.stage;

import java.io.Serializable;
import org.apache.spark.TaskContext;

/**
 * Where a Spark task checks or measures.
 *
 * @param gpu whether on a GPU
 * @param address of the GPU on its machine; empty for a CPU, and where Spark hands out GPUs
 */
public record MeasureSlot(boolean gpu, String address) implements Serializable {

    /** A worker that checks on the CPU. */
    public static final MeasureSlot CPU = new MeasureSlot(false, "");

    /** The GPU that Spark gives the task. */
    public static final MeasureSlot GIVEN = new MeasureSlot(true, "");

    /** This slot with the GPU that Spark gave the running task, where it names none. */
    MeasureSlot resolved() {
        return gpu && address.isEmpty()
                ? new MeasureSlot(
                        true, TaskContext.get().resourcesJMap().get("gpu").addresses()[0])
                : this;
    }
}
