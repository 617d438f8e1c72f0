package dev.perihelion.sweep.run;

import dev.perihelion.compiler.args.Arguments;
import dev.perihelion.executor.FunctionJob;
import dev.perihelion.executor.KernelFile;
import dev.perihelion.executor.MeasureOutcome;
import dev.perihelion.executor.MeasurePolicy;
import dev.perihelion.sweep.stage.Toolchain;
import dev.perihelion.sweep.stage.Workers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * How fast each GPU of a machine is at two things that no search changes: a sum, which is memory traffic, and a product of
 * matrices, which is arithmetic. Latencies of different GPUs go into one search, so these must agree. A GPU may be slower than
 * its twin for its cooling, its power limit, a fault, or because somebody else uses it.
 *
 * @param nanosByAddress latencies of both for each GPU; none where they could not be taken, which speaks for nothing
 */
record Anchors(Map<String, List<Double>> nanosByAddress) {

    /** GPUs whose anchors differ by less than this, as a fraction, are one pool. */
    static final double TOLERANCE = 0.03;

    private static final String TEXT = "def total(x, y):\n    return x + y\n\n\ndef product(x, y):\n    return x @ y\n";
    private static final List<String> FUNCTIONS = List.of("total", "product");
    private static final String ARGUMENTS = Arguments.parse(Map.of("x", "f16[4096,4096]", "y", "f16[4096,4096]"))
            .toJson();
    private static final MeasurePolicy POLICY = new MeasurePolicy("events", "cold", 4, 3.0, 10.0, 15, 100, 10_000);

    /**
     * GPUs that agree.
     *
     * @param leftOut the others, a sentence for each
     */
    record Pool(List<String> addresses, List<String> leftOut) {}

    /** Takes them on all GPUs at once; takes none where there is nothing to compare. */
    static Anchors of(Toolchain toolchain, List<String> addresses, Executor threads) {
        Map<String, CompletableFuture<List<Double>>> running = new LinkedHashMap<>();
        if (addresses.size() > 1) {
            addresses.forEach(address ->
                    running.put(address, CompletableFuture.supplyAsync(() -> measure(toolchain, address), threads)));
        }
        Map<String, List<Double>> nanos = new LinkedHashMap<>();
        addresses.forEach(address -> nanos.put(
                address, running.isEmpty() ? List.of() : running.get(address).join()));
        return new Anchors(nanos);
    }

    private static List<Double> measure(Toolchain toolchain, String address) {
        List<Double> nanos = new ArrayList<>();
        try (Workers.Lease gpu = Workers.gpu(toolchain, address)) {
            for (String function : FUNCTIONS) {
                MeasureOutcome outcome = gpu.measurer()
                        .timeFunction(new FunctionJob(
                                "anchor#" + function, new KernelFile("", TEXT), function, ARGUMENTS, false, POLICY, 0));
                if (!(outcome instanceof MeasureOutcome.Timed timed)) {
                    return List.of();
                }
                nanos.add(timed.latencyNanos());
            }
            return nanos;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while an anchor was timed", e);
        }
    }

    /** The most GPUs that agree with one of them, of equally many the fastest, and those without anchors. */
    Pool pool() {
        List<String> known = nanosByAddress.keySet().stream()
                .filter(address -> !nanosByAddress.get(address).isEmpty())
                .toList();
        if (known.size() < 2) {
            return new Pool(List.copyOf(nanosByAddress.keySet()), List.of());
        }
        String centre = known.stream()
                .max(Comparator.comparingLong(this::friends)
                        .thenComparing(Comparator.comparingDouble(this::sum).reversed()))
                .orElseThrow();
        List<String> pool = new ArrayList<>();
        List<String> leftOut = new ArrayList<>();
        nanosByAddress.forEach((address, nanos) -> {
            if (nanos.isEmpty() || ratio(address, centre) <= 1 + TOLERANCE) {
                pool.add(address);
            } else {
                leftOut.add(String.format(
                        Locale.ROOT,
                        "GPU %s is left out: it takes %.2f times as long as GPU %s for a sum and %.2f times for a product of "
                                + "matrices, where GPUs of one search must agree within %.0f %%. Look at its clocks, its "
                                + "temperature and who uses it (`nvidia-smi`).",
                        address,
                        nanos.get(0) / nanosByAddress.get(centre).get(0),
                        centre,
                        nanos.get(1) / nanosByAddress.get(centre).get(1),
                        100 * TOLERANCE));
            }
        });
        return new Pool(pool, leftOut);
    }

    private long friends(String address) {
        return nanosByAddress.keySet().stream()
                .filter(other -> !nanosByAddress.get(other).isEmpty() && ratio(address, other) <= 1 + TOLERANCE)
                .count();
    }

    private double sum(String address) {
        return nanosByAddress.get(address).stream()
                .mapToDouble(Double::doubleValue)
                .sum();
    }

    /** The largest ratio between two GPUs' latencies, at least 1. */
    private double ratio(String one, String other) {
        double most = 1;
        for (int i = 0; i < FUNCTIONS.size(); i++) {
            double left = nanosByAddress.get(one).get(i);
            double right = nanosByAddress.get(other).get(i);
            most = Math.max(most, Math.max(left / right, right / left));
        }
        return most;
    }
}
