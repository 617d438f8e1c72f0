package dev.perihelion.compiler;

/**
 * What one program may use on a target.
 *
 * @param sharedBytes of shared memory; from the CUDA C++ Programming Guide, table "Technical Specifications per Compute
 *     Capability" (maximum per thread block), and AMD's documents of each architecture (local data share)
 * @param registers of all threads together, four bytes each
 * @param registersPerThread the most an instruction can name
 * @param threadsPerWarp threads that execute together
 */
public record DeviceLimits(long sharedBytes, long registers, int registersPerThread, int threadsPerWarp) {

    private static final long KIBI = 1024;

    /** The limits of a target. */
    public static DeviceLimits of(Target target) {
        if (target.isCuda()) {
            return new DeviceLimits(cudaShared(target.capability()) * KIBI, 65_536, 255, 32);
        }
        long shared = target.architecture().equals("gfx950") ? 160 : 64;
        boolean wide = target.hasMatrixCores();
        return new DeviceLimits(shared * KIBI, wide ? 131_072 : 65_536, wide ? 512 : 256, wide ? 64 : 32);
    }

    private static long cudaShared(int capability) {
        return switch (capability) {
            case 70, 72 -> 96;
            case 75 -> 64;
            case 80, 87 -> 163;
            case 86, 89, 120, 121 -> 99;
            default -> 227;
        };
    }
}
