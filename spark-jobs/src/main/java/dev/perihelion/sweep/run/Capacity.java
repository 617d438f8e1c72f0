package dev.perihelion.sweep.run;

import org.apache.spark.api.java.JavaSparkContext;

/**
 * What all tasks of a sweep share. Only the loop's thread touches it.
 *
 * @param compileSlots compile workers
 * @param gpus lanes that measure; null where there is no GPU
 * @param checkers lanes that check on the CPU
 * @param gpuCount GPUs that measure
 */
record Capacity(CompileSlots compileSlots, GpuLanes gpus, GpuLanes checkers, int gpuCount) {

    static Capacity of(JavaSparkContext spark, Machine machine) {
        Flow checking = machine.flow(spark, false);
        if (machine.gpus().isEmpty()) {
            return new Capacity(new CompileSlots(checking.building()), null, new GpuLanes(checking), 0);
        }
        Flow measuring = machine.flow(spark, true);
        return new Capacity(
                new CompileSlots(measuring.building()),
                new GpuLanes(measuring),
                new GpuLanes(checking),
                measuring.slots().count());
    }

    GpuLanes lanes(boolean measured) {
        return measured ? gpus : checkers;
    }

    /**
     * How many tasks search at once: one more than there are GPUs, so that no GPU waits while a task begins or ends; and no
     * more, because tasks that share a GPU evict each other's inputs, and proposals made with fewer results are worse ones.
     */
    int searches(boolean measured) {
        return measured ? gpuCount + 1 : 2;
    }
}
