package dev.perihelion.sweep.truth;

/**
 * A median and its 95 % interval.
 *
 * @param median of the values
 * @param low lower end of the interval
 * @param high upper end of the interval
 */
public record Interval(double median, double low, double high) {

    /** Half of the interval's width. */
    public double halfWidth() {
        return (high - low) / 2;
    }
}
