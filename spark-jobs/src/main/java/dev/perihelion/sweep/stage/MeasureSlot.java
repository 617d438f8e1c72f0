package dev.perihelion.sweep.stage;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.TaskContext;

/**
 * Where a partition of the measure job runs.
 *
 * @param gpu whether it holds a GPU
 * @param address of the GPU on its machine; empty for a CPU
 */
record MeasureSlot(boolean gpu, String address) implements Serializable {

    /**
     * The slot of the running Spark task: the GPU that Spark gave it, or, in local mode, where Spark gives none, the one of its
     * partition's number.
     */
    static MeasureSlot ofTask(MeasureSlots slots, int partition) {
        if (!slots.gpu()) {
            return new MeasureSlot(false, "");
        }
        var given = TaskContext.get().resourcesJMap().get("gpu");
        if (given != null) {
            return new MeasureSlot(true, given.addresses()[0]);
        }
        List<String> addresses = slots.addresses();
        return new MeasureSlot(true, addresses.get(partition % addresses.size()));
    }
}
