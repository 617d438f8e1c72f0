package dev.perihelion.executor;

/**
 * What one call of a kernel has to do at the least, for an estimate.
 *
 * @param bytesRead from device memory, each byte once
 * @param bytesWritten to device memory
 * @param flops floating-point operations, a multiply-add being two
 */
public record Work(long bytesRead, long bytesWritten, double flops) {

    /** @throws IllegalArgumentException for a negative amount */
    public Work {
        if (bytesRead < 0 || bytesWritten < 0 || flops < 0) {
            throw new IllegalArgumentException("Work cannot be negative: " + bytesRead + " bytes read, " + bytesWritten
                    + " written, " + flops + " operations.");
        }
    }
}
