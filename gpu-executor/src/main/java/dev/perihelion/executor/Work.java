package dev.perihelion.executor;

import java.util.stream.DoubleStream;

/**
 * What one call of a kernel does, counted from the program of one configuration, for an estimate. The compiler counts it;
 * its {@code WorkEstimate} has the same components.
 *
 * @param bytesRead by all accesses of all programs
 * @param bytesWritten likewise
 * @param distinctBytes of device memory that are read or written at least once
 * @param runs stretches of memory that these lie in
 * @param sectorBytes moved between the multiprocessors and the cache behind them, in whole sectors
 * @param requests memory instructions of single warps
 * @param laneInstructions of elementwise operations and reductions, for each element in registers
 * @param matrixFlops float16 operations that would take the matrix units as long as the kernel's products
 * @param operandBytes that matrix units read from shared memory
 * @param turns of loops, and programs, that read memory
 * @param waits of these for memory: those that are under way together wait as one
 * @param exchanges reductions and scans over a program's threads
 * @param tiles that the programs share among them: one each, but for persistent ones
 */
public record Work(
        double bytesRead,
        double bytesWritten,
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
        double tiles) {

    /** @throws IllegalArgumentException for a negative amount */
    public Work {
        boolean negative = DoubleStream.of(
                        bytesRead,
                        bytesWritten,
                        distinctBytes,
                        runs,
                        sectorBytes,
                        requests,
                        laneInstructions,
                        matrixFlops,
                        operandBytes,
                        turns,
                        waits,
                        exchanges,
                        tiles)
                .anyMatch(amount -> !(amount >= 0));
        if (negative) {
            throw new IllegalArgumentException("No amount of work can be negative: " + bytesRead + " bytes read, "
                    + bytesWritten + " written, " + distinctBytes + " distinct, " + laneInstructions + " instructions, "
                    + matrixFlops + " matrix operations, " + tiles + " tiles.");
        }
    }
}
