package dev.perihelion.sweep.run;

import dev.perihelion.compiler.TileCompiler;
import dev.perihelion.executor.KernelMeasurer;
import dev.perihelion.executor.WorkerInfo;
import dev.perihelion.sweep.Json;
import dev.perihelion.sweep.stage.MeasureSlots;
import dev.perihelion.sweep.stage.Toolchain;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 */
record Machine(Optional<WorkerInfo.Device> device, Optional<MeasureSlots> gpus, String toolchainJson) {

    static Machine probe(JavaSparkContext spark, Toolchain toolchain) throws InterruptedException {
        SparkConf conf = spark.getConf();
        int perExecutor = conf.getInt("spark.executor.resource.gpu.amount", 0);
        if (!SparkSettings.isLocal(conf) && perExecutor > 0) {
            return onCluster(spark, toolchain, perExecutor);
        }
        List<WorkerInfo.Device> devices = SparkSettings.isLocal(conf) ? toolchain.gpus() : List.of();
        if (devices.isEmpty()) {
            try (KernelMeasurer checker = toolchain.openInterpreter()) {
                return new Machine(Optional.empty(), Optional.empty(), toolchainJson(checker.info()));
            }
        }
        try (KernelMeasurer gpu = toolchain.openGpu("0")) {
            // Only equal GPUs are pooled: latencies of different ones cannot be compared.
            int equal = (int) devices.stream()
                    .takeWhile(device -> device.name().equals(devices.get(0).name()))
                    .count();
            return new Machine(
                    Optional.of(devices.get(0)), Optional.of(MeasureSlots.localGpus(equal)), toolchainJson(gpu.info()));
        }
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
                info.device().map(device -> MeasureSlots.sparkGpus(1)).isPresent()
                        ? Optional.of(MeasureSlots.sparkGpus(executors * perExecutor))
                        : Optional.empty(),
                toolchainJson(info));
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
