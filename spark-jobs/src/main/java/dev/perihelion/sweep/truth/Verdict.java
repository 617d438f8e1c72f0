package dev.perihelion.sweep.truth;

/**
 * The winner against the default configuration, timed in turns.
 *
 * @param winnerNanos the winner's latency
 * @param defaultNanos the default's latency
 * @param ratio the winner's latency as a multiple of the default's, of the same round
 * @param noiseFloor how far two copies of the winner differed, as a fraction
 * @param rounds how many
 */
public record Verdict(Interval winnerNanos, Interval defaultNanos, Interval ratio, double noiseFloor, int rounds) {

    /** The least gain, as a fraction of the default's latency, that counts as one. */
    public static final double LEAST_GAIN = 0.01;

    /**
     * From the lanes of one run; each has at least one round.
     *
     * @param winner nanoseconds by round
     * @param control nanoseconds of the winner's second copy by round
     * @param standard nanoseconds of the default by round
     * @param seed of the resampling
     */
    public static Verdict of(double[] winner, double[] control, double[] standard, long seed) {
        return new Verdict(
                Bootstrap.ofMedian(winner, seed),
                Bootstrap.ofMedian(standard, seed),
                Bootstrap.ofPairedRatio(winner, standard, seed),
                Bootstrap.noiseFloor(control, winner, seed),
                Math.min(winner.length, standard.length));
    }

    /** How much faster the winner is, as a fraction of the default's latency; below 0 where it is slower. */
    public double gain() {
        return 1 - ratio.median();
    }

    /** Lower end of the gain's 95 % interval. */
    public double gainLow() {
        return 1 - ratio.high();
    }

    /** Upper end of the gain's 95 % interval. */
    public double gainHigh() {
        return 1 - ratio.low();
    }

    /**
     * Whether the winner is the answer; else the default is. It must be faster by more than the noise and by more than {@link
     * #LEAST_GAIN}, and the interval must lie above 0: of two copies of one program the second is taken in less than 1 of 40
     * cases.
     */
    public boolean accepted() {
        return gain() > Math.max(noiseFloor, LEAST_GAIN) && gainLow() > 0;
    }
}
