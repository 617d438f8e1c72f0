package dev.perihelion.sweep.stage;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * How the measure job is spread.
 *
 * @param gpu whether its partitions hold a GPU each
 * @param count partitions at a time
 * @param fromSpark whether Spark hands out the GPUs
 * @param addresses of the GPUs where Spark does not
 */
public record MeasureSlots(boolean gpu, int count, boolean fromSpark, ArrayList<String> addresses)
        implements Serializable {

    /** Checks on CPU workers, so many at once. */
    public static MeasureSlots cpus(int count) {
        return new MeasureSlots(false, count, false, new ArrayList<>());
    }

    /** The GPUs of this machine. */
    public static MeasureSlots localGpus(List<String> addresses) {
        return new MeasureSlots(true, addresses.size(), false, new ArrayList<>(addresses));
    }

    /** GPUs that Spark hands out. */
    public static MeasureSlots sparkGpus(int count) {
        return new MeasureSlots(true, count, true, new ArrayList<>());
    }
}
