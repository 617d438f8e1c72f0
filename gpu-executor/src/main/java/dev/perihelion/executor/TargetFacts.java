package dev.perihelion.executor;

import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a target offers, from its vendor's data sheets and programming guides. Only estimates use it.
 *
 * @param multiprocessors SMs, or compute units on AMD
 * @param clockHertz the boost clock
 * @param bytesPerSecond peak bandwidth of device memory
 * @param halfFlops peak dense float16 operations with matrix units, per second
 * @param lanes float32 instructions of single lanes that a multiprocessor begins in a cycle
 * @param warpThreads threads that execute together
 * @param registers 32-bit registers of a multiprocessor
 * @param registerStep registers of a thread are handed out in multiples of this
 * @param maxRegisters of one thread
 * @param threads resident threads of a multiprocessor
 * @param programs resident programs of a multiprocessor
 * @param sharedBytes shared memory of a multiprocessor
 * @param sharedReserve of this, what the system takes for each program
 * @param firstCacheBytes of a multiprocessor's own cache
 * @param firstCacheIsShared whether that cache and shared memory are one memory
 * @param lastCacheBytes of the cache in front of device memory
 */
public record TargetFacts(
        int multiprocessors,
        double clockHertz,
        double bytesPerSecond,
        double halfFlops,
        int lanes,
        int warpThreads,
        int registers,
        int registerStep,
        int maxRegisters,
        int threads,
        int programs,
        int sharedBytes,
        int sharedReserve,
        int firstCacheBytes,
        boolean firstCacheIsShared,
        long lastCacheBytes) {

    private static final int K = 1024;
    private static final long M = 1024 * K;

    /**
     * A100 80 GB SXM. NVIDIA A100 data sheet (bandwidth, operations); "NVIDIA A100 Tensor Core GPU Architecture" (clock, caches,
     * 64 float32 lanes); CUDA C++ Programming Guide, technical specifications of compute capability 8.0.
     */
    private static final TargetFacts A100 = cuda(108, 1.41e9, 2.04e12, 312e12, 64, 2048, 32, 164 * K, 192 * K, 40 * M);

    /**
     * H100 SXM. NVIDIA H100 data sheet; "NVIDIA H100 Tensor Core GPU Architecture" (clock of matrix units, caches); CUDA C++
     * Programming Guide, compute capability 9.0.
     */
    private static final TargetFacts H100 = cuda(132, 1.83e9, 3.35e12, 989e12, 128, 2048, 32, 228 * K, 256 * K, 50 * M);

    /**
     * B200 SXM. NVIDIA HGX B200 data sheet (half of the sparse rate); CUDA C++ Programming Guide, compute capability 10.0; caches
     * from NVIDIA's Blackwell tuning guide.
     */
    private static final TargetFacts B200 =
            cuda(148, 1.85e9, 8.0e12, 2250e12, 128, 2048, 32, 228 * K, 256 * K, 126 * M);

    /**
     * RTX PRO 6000 Blackwell. "NVIDIA RTX Blackwell PRO GPU Architecture" (clock, bandwidth, operations with float32 sums,
     * caches); CUDA C++ Programming Guide, compute capability 12.0.
     */
    private static final TargetFacts RTX_PRO_6000 =
            cuda(188, 2.617e9, 1.79e12, 504e12, 128, 1536, 24, 100 * K, 128 * K, 128 * M);

    /** MI250X, one of its two dies. AMD Instinct MI250X data sheet; AMD CDNA 2 white paper and ISA guide. */
    private static final TargetFacts MI250X = cdna(110, 1.7e9, 1.64e12, 191e12, 64, 64 * K, 16 * K, 8 * M);

    /** MI300X. AMD Instinct MI300X data sheet; AMD CDNA 3 white paper (256 MiB behind the L2 caches) and ISA guide. */
    private static final TargetFacts MI300X = cdna(304, 2.1e9, 5.3e12, 1307e12, 128, 64 * K, 32 * K, 256 * M);

    /** MI355X. AMD Instinct MI355X data sheet; AMD CDNA 4 white paper and ISA guide. */
    private static final TargetFacts MI355X = cdna(256, 2.4e9, 8.0e12, 2516e12, 128, 160 * K, 32 * K, 256 * M);

    private static final Map<String, TargetFacts> KNOWN = Map.of(
            "cuda:80", A100,
            "cuda:90", H100,
            "cuda:100", B200,
            "cuda:120", RTX_PRO_6000,
            "hip:gfx90a", MI250X,
            "hip:gfx942", MI300X,
            "hip:gfx950", MI355X);

    private static TargetFacts cuda(
            int multiprocessors,
            double clockHertz,
            double bytesPerSecond,
            double halfFlops,
            int lanes,
            int threads,
            int programs,
            int sharedBytes,
            int firstCacheBytes,
            long lastCacheBytes) {
        return new TargetFacts(
                multiprocessors,
                clockHertz,
                bytesPerSecond,
                halfFlops,
                lanes,
                32,
                64 * K,
                8,
                255,
                threads,
                programs,
                sharedBytes,
                K,
                firstCacheBytes,
                true,
                lastCacheBytes);
    }

    private static TargetFacts cdna(
            int multiprocessors,
            double clockHertz,
            double bytesPerSecond,
            double halfFlops,
            int lanes,
            int sharedBytes,
            int firstCacheBytes,
            long lastCacheBytes) {
        return new TargetFacts(
                multiprocessors,
                clockHertz,
                bytesPerSecond,
                halfFlops,
                lanes,
                64,
                128 * K,
                8,
                512,
                2048,
                32,
                sharedBytes,
                0,
                firstCacheBytes,
                false,
                lastCacheBytes);
    }

    /** The facts of a target such as {@code cuda:90}; empty for one that is not in the table. */
    public static Optional<TargetFacts> of(String target) {
        return Optional.ofNullable(KNOWN.get(target));
    }

    /** The targets in the table. */
    public static SortedSet<String> targets() {
        return new TreeSet<>(KNOWN.keySet());
    }
}
