package dev.perihelion.sweep.run;

/**
 * How much longer than it must a GPU times a batch of configurations, so that it does not stand still until the next ones are
 * compiled. More calls make a better ranking, and a device that is steadily busy keeps its clocks.
 *
 * <p>The time grows while the GPU waits for configurations and shrinks while configurations wait for the GPU. Waiting of the
 * GPU counts for more: a result that comes some milliseconds later does no harm where compiling takes a second.
 */
final class SpareTime {

    private static final double MOST_MILLIS = 400;
    private static final double MOST_OF_ONE_WAIT_MILLIS = 100;
    private static final double GROWTH = 0.4;
    private static final double SHRINKAGE = 0.02;

    private double millis;

    /** The GPU had nothing to do for so long. */
    void gpuWaited(double idleMillis) {
        millis = Math.min(MOST_MILLIS, millis + GROWTH * Math.min(idleMillis, MOST_OF_ONE_WAIT_MILLIS));
    }

    /** A configuration that was ready waited for the GPU for so long. */
    void configurationWaited(double waitedMillis) {
        millis = Math.max(0, millis - SHRINKAGE * Math.min(waitedMillis, MOST_OF_ONE_WAIT_MILLIS));
    }

    /** What the next batch gets, milliseconds on the wall. */
    double millis() {
        return millis;
    }
}
