package dev.perihelion.executor;

import java.util.Map;
import java.util.Optional;

/**
 * What a target offers, from its vendor's data sheets and programming guides. Only estimates use it.
 *
 * @param multiprocessors SMs, or compute units on AMD
 * @param bytesPerSecond peak bandwidth of device memory
 * @param halfFlops peak dense float16 operations with matrix units, per second
 * @param registers 32-bit registers of a multiprocessor
 * @param sharedBytes shared memory of a multiprocessor
 * @param threads resident threads of a multiprocessor
 * @param programs resident programs of a multiprocessor
 * @param registerStep registers of a thread are handed out in multiples of this
 * @param maxRegisters of one thread
 */
public record TargetFacts(
        int multiprocessors,
        double bytesPerSecond,
        double halfFlops,
        int registers,
        int sharedBytes,
        int threads,
        int programs,
        int registerStep,
        int maxRegisters) {

    private static final int K = 1024;

    // NVIDIA: A100 80 GB SXM, H100 SXM, B200 and RTX PRO 6000 Blackwell data sheets; CUDA programming guide, technical
    // specifications per compute capability. AMD: MI250X (one die), MI300X and MI355X data sheets, CDNA ISA guides.
    private static final Map<String, TargetFacts> KNOWN = Map.of(
            "cuda:80", new TargetFacts(108, 2.04e12, 312e12, 64 * K, 164 * K, 2048, 32, 8, 255),
            "cuda:90", new TargetFacts(132, 3.35e12, 989e12, 64 * K, 228 * K, 2048, 32, 8, 255),
            "cuda:100", new TargetFacts(148, 8.0e12, 2250e12, 64 * K, 228 * K, 2048, 32, 8, 255),
            "cuda:120", new TargetFacts(188, 1.79e12, 504e12, 64 * K, 100 * K, 1536, 24, 8, 255),
            "hip:gfx90a", new TargetFacts(110, 1.64e12, 191e12, 128 * K, 64 * K, 2048, 32, 8, 512),
            "hip:gfx942", new TargetFacts(304, 5.3e12, 1307e12, 128 * K, 64 * K, 2048, 32, 8, 512),
            "hip:gfx950", new TargetFacts(256, 8.0e12, 2500e12, 128 * K, 160 * K, 2048, 32, 8, 512));

    /** The facts of a target such as {@code cuda:90}; empty for one that is not in the table. */
    public static Optional<TargetFacts> of(String target) {
        return Optional.ofNullable(KNOWN.get(target));
    }
}
