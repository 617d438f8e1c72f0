package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.WorkEstimate;
import java.util.HashMap;
import java.util.Map;

/** Adds up what a program does while it is printed. */
final class WorkCounter {

    private double bytesRead;
    private double bytesWritten;
    private double flops;
    private double sectorBytes;
    private double requests;
    private double laneInstructions;
    private double matrixFlops;
    private double operandBytes;
    private double turns;
    private double waits;
    private double exchanges;
    private double tiles;
    private final Map<String, Asked> asked = new HashMap<>();
    private Region region = new Region(1, 1);

    /** What is asked of one tensor, and what it has, in bytes. */
    private record Asked(double bytes, double runs, double size) {

        Asked and(Asked other) {
            return new Asked(bytes + other.bytes, runs + other.runs, Math.max(size, other.size));
        }

        /** The part of what is asked for that is asked for the first time. */
        double first() {
            return bytes > 0 ? Math.min(1, size / bytes) : 0;
        }
    }

    /** A loop's body, or a part of a program outside of loops. */
    static final class Region {

        private final double turns;
        private final double together;
        private boolean waits;

        private Region(double turns, double together) {
            this.turns = turns;
            this.together = together;
        }
    }

    /**
     * Enters a loop; give the answer to {@link #leave}.
     *
     * @param loopTurns of the loop each time
     * @param together how many turns have their loads under way at once; at least 1
     */
    Region enter(double loopTurns, double together) {
        Region before = region;
        region = new Region(before.turns * Math.max(0, loopTurns), together);
        return before;
    }

    void leave(Region before) {
        region = before;
    }

    /** Counts the tiles of a root loop, whose body is entered. */
    void tiles() {
        tiles += region.turns;
    }

    void read(AccessCost cost) {
        bytesRead += region.turns * cost.bytes();
        count(cost, "read ");
        if (!region.waits) {
            region.waits = true;
            turns += region.turns;
            waits += region.turns / region.together;
        }
    }

    void write(AccessCost cost) {
        bytesWritten += region.turns * cost.bytes();
        count(cost, "write ");
    }

    private void count(AccessCost cost, String direction) {
        sectorBytes += region.turns * cost.sectorBytes();
        requests += region.turns * cost.requests();
        asked.merge(
                direction + cost.storage(),
                new Asked(
                        region.turns * cost.bytes(), region.turns * cost.bytes() / cost.runBytes(), cost.tensorBytes()),
                Asked::and);
    }

    /**
     * Counts work on single elements.
     *
     * @param operations asked for
     * @param lanes instructions on elements in registers, padding counted
     */
    void compute(double operations, double lanes) {
        flops += region.turns * operations;
        laneInstructions += region.turns * lanes;
    }

    /** Counts what a program's warps find out together. */
    void exchange() {
        exchanges += region.turns;
    }

    /**
     * Counts a product.
     *
     * @param operations two for each multiply-add
     * @param halfOperations float16 operations that keep the matrix units busy as long
     * @param fromShared bytes that these read from shared memory
     */
    void multiply(double operations, double halfOperations, double fromShared) {
        flops += region.turns * operations;
        matrixFlops += region.turns * halfOperations;
        operandBytes += region.turns * fromShared;
    }

    WorkEstimate estimate() {
        double distinct = asked.values().stream()
                .mapToDouble(one -> one.first() * one.bytes())
                .sum();
        double runs = asked.values().stream()
                .mapToDouble(one -> one.first() * one.runs())
                .sum();
        return new WorkEstimate(
                bytesRead,
                bytesWritten,
                flops,
                distinct,
                runs,
                sectorBytes,
                requests,
                laneInstructions,
                matrixFlops,
                operandBytes,
                turns,
                waits,
                exchanges,
                tiles);
    }
}
