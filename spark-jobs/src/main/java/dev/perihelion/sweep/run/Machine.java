package dev.perihelion.sweep.run;

import dev.perihelion.compiler.TileCompiler;
import dev.perihelion.executor.WorkerInfo;
import dev.perihelion.sweep.Json;
import dev.perihelion.sweep.stage.MeasureSlots;
import dev.perihelion.sweep.stage.Toolchain;
import dev.perihelion.sweep.stage.Workers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;

/**
 * What a sweep has to run on, found out once at its start.
 *
 * @param device the GPUs' kind; empty where there are none
 * @param gpus where measurements run; only with a device
 * @param toolchainJson versions of what compiles and measures
 * @param problem why a GPU that is there cannot be used; empty where there is none, or it can
 * @param leftOut GPUs that are not used because they are not like the others, a sentence for each
 */
record Machine(
        Optional<WorkerInfo.Device> device,
        Optional<MeasureSlots> gpus,
        String toolchainJson,
        String problem,
        List<String> leftOut) {

    static Machine probe(JavaSparkContext spark, Toolchain toolchain) throws InterruptedException {
        SparkConf conf = spark.getConf();
        int perExecutor = conf.getInt("spark.executor.resource.gpu.amount", 0);
        if (!SparkSettings.isLocal(conf) && perExecutor > 0) {
            return onCluster(spark, toolchain, perExecutor);
        }
        List<String> addresses = SparkSettings.isLocal(conf) ? toolchain.gpuAddresses() : List.of();
        return addresses.isEmpty() ? withoutGpu(toolchain, "") : local(toolchain, addresses);
    }

    private static Machine withoutGpu(Toolchain toolchain, String problem) throws InterruptedException {
        try (Workers.Lease checker = Workers.interpreter(toolchain)) {
            return new Machine(
                    Optional.empty(),
                    Optional.empty(),
                    toolchainJson(checker.measurer().info()),
                    problem,
                    List.of());
        }
    }

    /**
     * Starts the workers of all GPUs at once; they stay for the sweep. Of different GPUs only those like the first are used, and of
     * these only those that are as fast as the others.
     */
    private static Machine local(Toolchain toolchain, List<String> addresses) throws InterruptedException {
        Map<String, CompletableFuture<WorkerInfo>> answers = new LinkedHashMap<>();
        ExecutorService threads = Executors.newFixedThreadPool(addresses.size());
        try {
            addresses.forEach(address ->
                    answers.put(address, CompletableFuture.supplyAsync(() -> info(toolchain, address), threads)));
            WorkerInfo first = answers.get(addresses.get(0)).join();
            List<String> leftOut = new ArrayList<>();
            List<String> alike = new ArrayList<>();
            for (String address : addresses) {
                String name = answers.get(address)
                        .handle((info, problem) -> problem == null ? name(info) : "")
                        .join();
                if (name.equals(name(first))) {
                    alike.add(address);
                } else {
                    leftOut.add("GPU " + address + " is left out: it is not a " + name(first)
                            + (name.isEmpty() ? ", or could not be opened." : " but a " + name + "."));
                }
            }
            Anchors.Pool pool = Anchors.of(toolchain, alike, threads).pool();
            leftOut.addAll(pool.leftOut());
            return new Machine(
                    first.device(),
                    Optional.of(MeasureSlots.localGpus(pool.addresses())),
                    toolchainJson(first),
                    "",
                    leftOut);
        } catch (CompletionException e) {
            return withoutGpu(toolchain, String.valueOf(e.getCause().getMessage()));
        } finally {
            threads.shutdownNow();
        }
    }

    private static WorkerInfo info(Toolchain toolchain, String address) {
        try (Workers.Lease gpu = Workers.gpu(toolchain, address)) {
            return gpu.measurer().info();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while it was starting", e);
        }
    }

    private static String name(WorkerInfo info) {
        return info.device().map(WorkerInfo.Device::name).orElse("");
    }

    private static Machine onCluster(JavaSparkContext spark, Toolchain toolchain, int perExecutor) {
        int executors = spark.getConf().getInt("spark.executor.instances", 0);
        if (executors == 0) {
            executors = Math.max(1, spark.sc().getExecutorMemoryStatus().size() - 1);
        }
        var oneGpu = new ResourceProfileBuilder()
                .require(new TaskResourceRequests().cpus(1).resource("gpu", 1))
                .build();
        // One task on one executor speaks for all: a sweep's executors are of one kind.
        List<String> answers = spark.parallelize(List.of(0), 1)
                .withResources(oneGpu)
                .map(zero -> MachineProbe.describe(toolchain))
                .collect();
        WorkerInfo info = MachineProbe.read(answers.get(0));
        return new Machine(
                info.device(),
                info.device().isPresent()
                        ? Optional.of(MeasureSlots.sparkGpus(executors * perExecutor))
                        : Optional.empty(),
                toolchainJson(info),
                "",
                List.of());
    }

    /**
     * How much of a task is under way at once here.
     *
     * @param measured whether on the GPUs; else results are checked on CPU workers
     */
    Flow flow(JavaSparkContext spark, boolean measured) {
        int sparkSlots = spark.defaultParallelism();
        boolean local = SparkSettings.isLocal(spark.getConf());
        int builders = local ? SparkSettings.compileWorkers(spark.getConf()) : sparkSlots;
        MeasureSlots slots = measured ? gpus.orElseThrow() : MeasureSlots.cpus(Math.max(1, sparkSlots / 2));
        return Flow.of(slots, sparkSlots, builders);
    }

    /** The device as JSON, for the store. */
    Optional<String> deviceJson() {
        return device.map(Json::write);
    }

    private static String toolchainJson(WorkerInfo info) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("perihelion", TileCompiler.VERSION);
        map.put("python", info.python());
        map.put("torch", info.torch());
        map.put("triton", info.triton());
        map.put("driver", info.device().map(WorkerInfo.Device::driver).orElse(null));
        return Json.write(map);
    }
}
