package dev.perihelion.compiler;

/**
 * What one call of a kernel has to do, counted from the program: each access of each program instance counts once.
 *
 * @param bytesRead from host tensors
 * @param bytesWritten to host tensors
 * @param flops of dots (two per multiply-add) and of elementwise operations and reductions (one per element)
 */
public record WorkEstimate(double bytesRead, double bytesWritten, double flops) {}
