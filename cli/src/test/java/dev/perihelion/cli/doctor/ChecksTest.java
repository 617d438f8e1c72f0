package dev.perihelion.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each check on a made-up machine where all is well but for one thing. */
@Timeout(30)
class ChecksTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String WELL = """
            {"java": {"version": "17.0.15", "feature": 17, "has_compiler": true, "from_sources": true, "heap_bytes": 4294967296},
             "system": {"cores": 16, "memory_bytes": 137438953472, "memory_available_bytes": 130000000000,
                        "open_files": 65536, "processes": 100000, "nvidia_files": true},
             "disks": [{"purpose": "store", "path": "store", "free_bytes": 100000000000, "writable": true},
                       {"purpose": "shared memory", "path": "/dev/shm", "free_bytes": 10000000000, "writable": true}],
             "environment": {}, "spark": {},
             "python": {
               "path": "/venv/bin/python", "python": {"executable": "/venv/bin/python", "version": "3.12.3"},
               "packages": {
                 "torch": {"version": "2.11.0+cu130", "error": null, "cuda": "13.0", "hip": null, "sees_gpus": 1,
                           "requires_triton": "3.6.0"},
                 "triton": {"version": "3.6.0", "error": null}, "numpy": {"version": "2.3.5", "error": null},
                 "pyarrow": {"version": "25.0.1", "error": null}, "helion": {"version": null}},
               "compiles": [{"target": "cuda:90", "seconds": 0.4, "error": null},
                            {"target": "hip:gfx942", "seconds": 0.3, "error": null}],
               "ptxas": {"path": "/p/ptxas", "version": "12.8", "architectures": [80, 90], "error": null,
                         "blackwell": {"architectures": [100, 120]}},
               "nvidia": {"driver": "580.1", "cuda": "13.0", "error": null, "gpus": [
                 {"index": 0, "name": "Fake GPU", "uuid": "GPU-1", "target": "cuda:90", "memory_total_bytes": 85000000000,
                  "memory_free_bytes": 84000000000, "utilization_percent": 0, "compute_mode": "default", "mig": false,
                  "persistence": true, "uncorrected_errors": 0, "sm_clock_mhz": 345, "sm_clock_max_mhz": 1980,
                  "memory_clock_mhz": 2619, "memory_clock_max_mhz": 2619, "throttle_reasons": 1, "temperature_c": 31,
                  "processes": [], "held_by": null}]},
               "amd": false}}
            """;
    private static final String GPU = "/python/nvidia/gpus/0/";
    private static final String PACKAGES = "/python/packages/";

    /** The facts of the good machine with values replaced: a place, a JSON text, a place ... */
    private static Facts facts(String... changes) {
        try {
            JsonNode root = JSON.readTree(WELL);
            for (int i = 0; i < changes.length; i += 2) {
                int cut = changes[i].lastIndexOf('/');
                JsonNode parent = root.at(changes[i].substring(0, cut));
                String name = changes[i].substring(cut + 1);
                JsonNode value = JSON.readTree(changes[i + 1]);
                if (parent instanceof ArrayNode array) {
                    array.set(Integer.parseInt(name), value);
                } else {
                    ((ObjectNode) parent).set(name, value);
                }
            }
            return new Facts(root);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static List<Doctor.Result> notWell(Facts facts) {
        return Doctor.judge(facts).results().stream()
                .filter(result -> !result.mark().equals("ok"))
                .toList();
    }

    @Test
    void nothingIsOddOnTheGoodMachine() {
        assertThat(notWell(facts())).isEmpty();
        Doctor doctor = Doctor.judge(facts());
        assertThat(doctor.canTune()).isTrue();
        assertThat(doctor.canMeasure()).isTrue();
        assertThat(doctor.results()).extracting(Doctor.Result::check).contains("Java", "GPU", "compiling", "Spark");
    }

    static Stream<Arguments> oddities() {
        return Stream.of(
                Arguments.of("Java", "missing", "JAVA_HOME", "/java/feature", "11"),
                Arguments.of("Java", "odd", "needs a JDK", "/java/has_compiler", "false"),
                Arguments.of("processor", "odd", "fewer than 4 cores", "/system/cpu_limit", "2"),
                Arguments.of("memory", "odd", "--master local[N]", "/system/memory_limit_bytes", "8589934592"),
                Arguments.of("limits", "odd", "ulimit -n", "/system/open_files", "1024"),
                Arguments.of("limits", "odd", "ulimit -u", "/system/processes_of_group", "200"),
                Arguments.of("disk", "missing", "--store", "/disks/0/writable", "false"),
                Arguments.of("disk", "odd", "Make room", "/disks/0/free_bytes", "1000000"),
                Arguments.of("disk", "odd", "--shm-size", "/disks/1/free_bytes", "1000000"),
                Arguments.of("Python", "missing", "Python 3.11", "/python/python/version", "\"3.9.1\""),
                Arguments.of("Python", "odd", "tried", "/python/python/version", "\"3.14.0\""),
                Arguments.of("torch", "missing", "requirements.txt", PACKAGES + "torch/error", "\"is not installed\""),
                Arguments.of("torch", "odd", "2.11", PACKAGES + "torch/version", "\"2.4.0\""),
                Arguments.of("torch", "odd", "CUDA build", PACKAGES + "torch/cuda", "null"),
                Arguments.of(
                        "triton", "odd", "pip install triton==3.5.1", PACKAGES + "torch/requires_triton", "\"3.5.1\""),
                Arguments.of(
                        "triton", "missing", "requirements", PACKAGES + "triton/error", "\"was ended by signal 11\""),
                Arguments.of("numpy", "odd", "numpy<2.4", PACKAGES + "numpy/version", "\"2.4.0\""),
                Arguments.of("pyarrow", "missing", "requirements", PACKAGES + "pyarrow/error", "\"is not installed\""),
                Arguments.of("compiling", "missing", "cuda:90", "/python/compiles/0/error", "\"no ptxas\""),
                Arguments.of("compiling", "odd", "hip:gfx942", "/python/compiles/1/error", "\"no linker\""),
                Arguments.of(
                        "assembler", "missing", "TRITON_PTXAS_PATH", "/python/ptxas/error", "\"Permission denied\""),
                Arguments.of("assembler", "odd", "newer Triton", GPU + "target", "\"cuda:130\""),
                Arguments.of("driver", "odd", "NVIDIA_DRIVER_CAPABILITIES", "/python/nvidia", "null"),
                Arguments.of("driver", "odd", "start again", "/python/nvidia/error", "\"does not start\""),
                Arguments.of("driver", "odd", "update the driver", "/python/nvidia/cuda", "\"12.8\""),
                Arguments.of("driver", "odd", "torch.zeros", PACKAGES + "torch/sees_gpus", "0"),
                Arguments.of("GPU settings", "odd", "nvidia-smi -c DEFAULT", GPU + "compute_mode", "\"prohibited\""),
                Arguments.of("GPU settings", "odd", "slice", GPU + "mig", "true"),
                Arguments.of("GPU settings", "odd", "-pm 1", GPU + "persistence", "false"),
                Arguments.of("GPU memory", "odd", "reset the GPU", GPU + "uncorrected_errors", "3"),
                Arguments.of("GPU memory", "odd", "Others use", GPU + "memory_free_bytes", "1000000000"),
                Arguments.of("GPU load", "odd", "4711", GPU + "processes", "[{\"pid\": 4711, \"memory_bytes\": null}]"),
                Arguments.of("GPU load", "odd", "outside of this container", GPU + "utilization_percent", "90"),
                Arguments.of("GPU load", "odd", "Wait for it", GPU + "held_by", "4711"),
                Arguments.of("GPU clocks", "odd", "repeated", GPU + "throttle_reasons", "32"),
                Arguments.of("GPU clocks", "odd", "cooling", GPU + "temperature_c", "90"),
                Arguments.of("Spark", "odd", "--master", "/environment/SPARK_MASTER", "\"spark://host:7077\""),
                Arguments.of("Spark", "odd", "Unset it", "/environment/TRITON_INTERPRET", "\"1\""));
    }

    @ParameterizedTest(name = "{0} {1}: {2}")
    @MethodSource("oddities")
    void oneThingIsSeenAndAdviceGiven(String check, String mark, String advice, String place, String value) {
        Facts facts = facts(place, value);
        List<Doctor.Result> results = notWell(facts);
        // A library that is missing, or a GPU that nothing can be seen of, takes other checks with it.
        assertThat(results).extracting(Doctor.Result::check).contains(check);
        Doctor.Result result = results.stream()
                .filter(one -> one.check().equals(check))
                .findFirst()
                .orElseThrow();
        assertThat(result.mark()).isEqualTo(mark);
        assertThat(result.advice()).contains(advice).endsWith(".");
        assertThat(Doctor.judge(facts).canTune()).isEqualTo(!mark.equals("missing"));
    }

    @Test
    void withoutAGpuAMachineTunesAndDoesNotMeasure() {
        Doctor doctor = Doctor.judge(
                facts("/python/nvidia", "null", "/system/nvidia_files", "false", PACKAGES + "torch/cuda", "null"));
        assertThat(doctor.canTune()).isTrue();
        assertThat(doctor.canMeasure()).isFalse();
        assertThat(doctor.results()).noneMatch(result -> result.check().startsWith("GPU"));
    }

    @Test
    void withoutAGpuTheInterpreterMustWorkAndArrowNeedNot() {
        Doctor doctor = Doctor.judge(facts(
                "/python/nvidia",
                "null",
                "/system/nvidia_files",
                "false",
                PACKAGES + "numpy/version",
                "\"2.4.1\"",
                PACKAGES + "pyarrow/error",
                "\"is not installed\""));
        assertThat(doctor.canTune()).isFalse();
        assertThat(doctor.results())
                .anyMatch(result ->
                        result.check().equals("numpy") && result.mark().equals("missing"))
                .anyMatch(result ->
                        result.check().equals("pyarrow") && result.mark().equals("odd"));
    }

    @Test
    void withoutPythonEverythingElseIsStillTold() {
        Doctor doctor = Doctor.judge(facts("/python", "{\"path\": \"/none\", \"error\": \"No such file\"}"));
        assertThat(doctor.canTune()).isFalse();
        assertThat(doctor.results())
                .anyMatch(result -> result.check().equals("Python")
                        && result.mark().equals("missing")
                        && result.finding().text().contains("/none: No such file"))
                .anyMatch(
                        result -> result.check().equals("disk") && result.mark().equals("ok"));
    }

    @Test
    void nothingIsNeededToBeKnown() {
        assertThat(Doctor.judge(new Facts(JSON.createObjectNode())).results()).isNotEmpty();
        String silent = "[{\"index\": 0, \"name\": null}, {\"index\": 1}]";
        List<Doctor.Result> results =
                Doctor.judge(facts("/python/nvidia/gpus", silent)).results();
        assertThat(results).filteredOn(result -> result.check().equals("GPU")).hasSize(2);
        assertThat(results)
                .filteredOn(result -> result.check().startsWith("GPU"))
                .allMatch(result -> result.mark().equals("ok"));
    }

    @Test
    void theDocumentHasChecksAndFacts() throws Exception {
        JsonNode document =
                JSON.readTree(Doctor.judge(facts(GPU + "mig", "true")).toJson());
        assertThat(document.get("can_tune").asBoolean()).isTrue();
        assertThat(document.at("/facts/python/nvidia/driver").asText()).isEqualTo("580.1");
        JsonNode odd = Stream.iterate(0, i -> i + 1)
                .limit(document.get("checks").size())
                .map(document.get("checks")::get)
                .filter(check -> check.get("mark").asText().equals("odd"))
                .findFirst()
                .orElseThrow();
        assertThat(odd.get("check").asText()).isEqualTo("GPU settings");
        assertThat(odd.get("advice").asText()).contains("nvidia-smi -mig 0");
    }
}
