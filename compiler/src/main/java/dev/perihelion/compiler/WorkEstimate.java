package dev.perihelion.compiler;

import java.io.Serializable;

/**
 * What one call of a kernel has to do, counted from the program of one configuration: each access and each operation of each
 * program counts, as often as it is executed. Estimates of latencies are made from it.
 *
 * @param bytesRead from host tensors
 * @param bytesWritten to host tensors
 * @param flops of dots (two per multiply-add) and of elementwise operations and reductions (one per element)
 * @param distinctBytes of host tensors that are read or written at least once; reading and writing count on their own
 * @param runs stretches of memory that the distinct bytes lie in, as the blocks of single accesses have them
 * @param sectorBytes that accesses move, in whole sectors of 32 bytes: more than is asked for where neighbouring lanes are
 *     not neighbours in memory
 * @param requests memory instructions of single warps; a descriptor's copy is one
 * @param laneInstructions of elementwise operations and reductions, one for each element in registers, padding counted
 * @param matrixFlops of dots, in float16 operations that take the matrix units as long
 * @param operandBytes that matrix units read from shared memory
 * @param turns of loops, and programs, that read memory
 * @param waits of these for memory: those that are under way together wait as one
 * @param exchanges reductions and scans, which the warps of a program do together
 * @param tiles of root loops: as many as programs, but for persistent ones
 */
public record WorkEstimate(
        double bytesRead,
        double bytesWritten,
        double flops,
        double distinctBytes,
        double runs,
        double sectorBytes,
        double requests,
        double laneInstructions,
        double matrixFlops,
        double operandBytes,
        double turns,
        double waits,
        double exchanges,
        double tiles)
        implements Serializable {

    /** Nothing to do. */
    public static final WorkEstimate NONE = new WorkEstimate(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
