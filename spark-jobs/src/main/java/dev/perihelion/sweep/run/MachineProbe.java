package dev.perihelion.sweep.run;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.perihelion.executor.KernelMeasurer;
import dev.perihelion.executor.WorkerInfo;
import dev.perihelion.sweep.Json;
import dev.perihelion.sweep.stage.Toolchain;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.TaskContext;

/** Asks the worker of the GPU that a Spark task was given what it is. */
final class MachineProbe {

    private MachineProbe() {}

    /** Runs in the Spark task; the answer travels as JSON. */
    static String describe(Toolchain toolchain) throws InterruptedException {
        String address = TaskContext.get().resourcesJMap().get("gpu").addresses()[0];
        try (KernelMeasurer gpu = toolchain.openGpu(address)) {
            WorkerInfo info = gpu.info();
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("protocol", info.protocol());
            map.put("python", info.python());
            map.put("torch", info.torch());
            map.put("triton", info.triton());
            map.put("device", info.device().orElse(null));
            return Json.write(map);
        }
    }

    static WorkerInfo read(String json) {
        Map<String, Object> map = Json.readObject(json);
        return new WorkerInfo(
                ((Number) map.get("protocol")).intValue(),
                (String) map.get("python"),
                (String) map.get("torch"),
                (String) map.get("triton"),
                Optional.ofNullable(map.get("device"))
                        .map(device -> Json.convert(device, new TypeReference<WorkerInfo.Device>() {})));
    }
}
