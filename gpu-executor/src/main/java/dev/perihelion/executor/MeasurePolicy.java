package dev.perihelion.executor;

/**
 * How latencies are taken; stored with every result. See docs/measuring.md.
 *
 * @param timer {@code events}: a pair of device events around each call of the host function; {@code graph}: a replayed CUDA
 *     graph of several calls over copies of the inputs, where the host function can be captured
 * @param l2 {@code cold}: the L2 cache is overwritten before each timed call, outside the timed region; {@code warm}
 * @param screenCalls timed calls of the first level; a configuration far behind the best ends here
 * @param screenRatio how many times the best's latency is far behind
 * @param rankMillis device time to spend on timed calls of the second level, flushes not counted
 * @param minCalls fewest timed calls of the second level
 * @param maxCalls most timed calls of the second level
 * @param runTimeoutMillis limit for all of one configuration's runs
 */
public record MeasurePolicy(
        String timer,
        String l2,
        int screenCalls,
        double screenRatio,
        double rankMillis,
        int minCalls,
        int maxCalls,
        long runTimeoutMillis) {

    /** Device events, cold L2, 20 ms of kernel time, 15 to 200 calls, 10 s limit. */
    public static final MeasurePolicy DEFAULT = new MeasurePolicy("events", "cold", 4, 3.0, 20.0, 15, 200, 10_000);
}
