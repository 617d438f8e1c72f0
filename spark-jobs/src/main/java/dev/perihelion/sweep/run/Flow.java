package dev.perihelion.sweep.run;

import dev.perihelion.sweep.stage.MeasureSlots;

/**
 * How much of a task is under way at once. Configurations wait before the device, never the device for a compiler: so many are
 * in flight that all compile workers are busy while some are ready to be measured; and no more, because proposals made with
 * fewer results are worse ones.
 *
 * @param building most compilations at once
 * @param slots where measurements or checks run
 * @param jobsPerSlot measure jobs that one slot may have: a second one waits, so that the device does not wait for Spark
 * @param batch most configurations of one measure job
 * @param inFlight most trials that are asked for and not told
 */
record Flow(int building, MeasureSlots slots, int jobsPerSlot, int batch, int inFlight) {

    /** The most that is asked for in one call. */
    static final int ASK_SIZE = 16;

    private static final int WAITING_PER_GPU = 4;
    private static final int GPU_BATCH = 4;

    /**
     * The flow on a machine or cluster.
     *
     * @param sparkSlots Spark tasks that run at once
     * @param builders compile workers of all processes together
     */
    static Flow of(MeasureSlots slots, int sparkSlots, int builders) {
        int jobsPerSlot = slots.gpu() ? 2 : 1;
        // Jobs that wait for a local GPU hold a Spark slot; on a cluster they wait in Spark's queue, and those that run
        // need
        // a core beside their GPU, which a slow compilation must not have.
        int held = slots.count() * (slots.gpu() && !slots.fromSpark() ? jobsPerSlot : 1);
        int building = Math.max(1, Math.min(builders, sparkSlots - held));
        return new Flow(
                building,
                slots,
                jobsPerSlot,
                slots.gpu() ? GPU_BATCH : 1,
                building + slots.count() * (slots.gpu() ? WAITING_PER_GPU : 2));
    }
}
