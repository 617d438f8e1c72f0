package dev.perihelion.executor;

/**
 * What a binary needs, as its compiler reported it.
 *
 * @param registers per thread
 * @param spillBytes local memory per thread
 * @param sharedBytes shared memory per program (LDS on AMD)
 * @param threads per program
 * @param programs in the launch grid
 * @param compileMillis wall time of the compilation in the worker
 */
public record BinaryFacts(
        int registers, int spillBytes, int sharedBytes, int threads, long programs, double compileMillis) {}
