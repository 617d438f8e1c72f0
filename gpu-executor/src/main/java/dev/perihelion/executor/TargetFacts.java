package dev.perihelion.executor;

import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a target offers, as its vendor's data sheets and programming guides give it. Only estimates use it.
 *
 * <p>How far the figures were looked up (November 2026). Shared memory, threads, programs and registers of NVIDIA's devices: compared with
 * {@code cuda::arch_traits} of NVIDIA's CCCL. B200: bandwidth, SMs and cache as in pytorch/ao, pull request 4002. MI355X: the row of
 * "AMD GPU specifications" in ROCm's documentation. Other bandwidths, rates and clocks: pages that quote the data sheets named below; the
 * sheets themselves, and the rows of MI250X and MI300X, were not at hand. Eight waves on each of four SIMDs are LLVM's figures for gfx90a
 * and later.
 *
 * <p>The H100 has two boost clocks. The lower one was taken after both had been tried on the programs that the estimate was made with
 * (docs/benchmarks.md): it orders them a little better.
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
     * A100 80 GB SXM. NVIDIA A100 data sheet (2,039 GB/s, 312 TFLOPS); "NVIDIA A100 Tensor Core GPU Architecture" (108 SMs with 64
     * float32 lanes, 1,410 MHz, 192 KiB and 40 MiB of cache).
     */
    private static final TargetFacts A100 = cuda(108, 1.41e9, 2.039e12, 312e12, 64, 2048, 32, 164 * K, 192 * K, 40 * M);

    /**
     * H100 SXM. NVIDIA H100 data sheet (3.35 TB/s, 989 TFLOPS without sparsity); "NVIDIA H100 Tensor Core GPU Architecture" (132 SMs
     * with 128 float32 lanes, 1,830 MHz with the matrix units at work and 1,980 MHz without, 256 KiB and 50 MiB of cache).
     */
    private static final TargetFacts H100 = cuda(132, 1.83e9, 3.35e12, 989e12, 128, 2048, 32, 228 * K, 256 * K, 50 * M);

    /**
     * B200 SXM. NVIDIA HGX B200 data sheet (7.7 TB/s; 2,250 TFLOPS, half of the sparse rate, which are 8,192 operations of each SM in
     * a cycle at 1,856 MHz). 148 SMs and 126.5 MiB of cache are what the driver says, which gives 7.67 TB/s too (pytorch/ao, pull
     * request 4002).
     */
    private static final TargetFacts B200 =
            cuda(148, 1.856e9, 7.7e12, 2250e12, 128, 2048, 32, 228 * K, 256 * K, 253 * M / 2);

    /**
     * RTX PRO 6000 Blackwell, Workstation Edition. NVIDIA's data sheet and "NVIDIA RTX Blackwell PRO GPU Architecture" (188 SMs with
     * 128 float32 lanes, 2,617 MHz, 1,792 GB/s, 503.8 TFLOPS with float32 sums, 128 KiB and 128 MiB of cache).
     */
    private static final TargetFacts RTX_PRO_6000 =
            cuda(188, 2.617e9, 1.792e12, 503.8e12, 128, 1536, 24, 100 * K, 128 * K, 128 * M);

    /**
     * MI250X, one of its two dies. AMD Instinct MI250X data sheet (of both dies: 220 compute units, 1,700 MHz, 3.2768 TB/s, 383
     * TFLOPS; 47.9 float32 TFLOPS, which are 64 lanes of each unit); CDNA 2 white paper (8 MiB of L2 a die).
     */
    private static final TargetFacts MI250X = cdna(110, 1.7e9, 1.638e12, 191.5e12, 64, 64 * K, 16 * K, 8 * M);

    /**
     * MI300X. AMD Instinct MI300X data sheet (304 compute units, 2,100 MHz, 5.3 TB/s, 1,307 TFLOPS; 163.4 float32 TFLOPS, which are
     * 128 lanes of each unit). The last cache is the one of 256 MiB behind the L2 caches.
     */
    private static final TargetFacts MI300X = cdna(304, 2.1e9, 5.3e12, 1307e12, 128, 64 * K, 32 * K, 256 * M);

    /**
     * MI355X. AMD Instinct MI355X data sheet (256 compute units, 2,400 MHz, 8 TB/s, 2.5 PFLOPS, which are 4,096 operations of each
     * unit in a cycle). The last cache is as in the MI300X.
     */
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
