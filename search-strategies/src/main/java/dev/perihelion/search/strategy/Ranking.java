package dev.perihelion.search.strategy;

import java.util.Arrays;

/** Orders promises. */
final class Ranking {

    private Ranking() {}

    /**
     * The positions of the promises, the largest first; of equal ones, the first of them.
     *
     * @param promises 0 and more; told apart as single-precision numbers
     */
    static int[] of(double[] promises) {
        // The bits of a number that is not negative are ordered as it is, so that whole numbers can be sorted instead.
        long[] keys = new long[promises.length];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = (long) ~Float.floatToIntBits((float) promises[i]) << Integer.SIZE | i;
        }
        Arrays.sort(keys);
        return Arrays.stream(keys).mapToInt(key -> (int) key).toArray();
    }
}
