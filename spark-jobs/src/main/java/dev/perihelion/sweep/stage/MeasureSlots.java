package dev.perihelion.sweep.stage;

import java.util.Collections;
import java.util.List;

/**
 * Where a sweep's measurements or checks can run, all at once.
 *
 * @param slots one for each GPU or checking worker; equal ones where Spark says which
 */
public record MeasureSlots(List<MeasureSlot> slots) {

    public MeasureSlots {
        slots = List.copyOf(slots);
    }

    /** Checks on CPU workers, so many at once. */
    public static MeasureSlots cpus(int count) {
        return new MeasureSlots(Collections.nCopies(count, MeasureSlot.CPU));
    }

    /** The GPUs of this machine. */
    public static MeasureSlots localGpus(List<String> addresses) {
        return new MeasureSlots(addresses.stream()
                .map(address -> new MeasureSlot(true, address))
                .toList());
    }

    /** GPUs that Spark hands out. */
    public static MeasureSlots sparkGpus(int count) {
        return new MeasureSlots(Collections.nCopies(count, MeasureSlot.GIVEN));
    }

    /** How many. */
    public int count() {
        return slots.size();
    }

    /** Whether they are GPUs. */
    public boolean gpu() {
        return slots.get(0).gpu();
    }

    /** Whether Spark hands out the GPUs. */
    public boolean fromSpark() {
        return slots.get(0).equals(MeasureSlot.GIVEN);
    }
}
