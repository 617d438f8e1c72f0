package dev.perihelion.cli.doctor;

import dev.perihelion.cli.doctor.Finding.Odd;
import dev.perihelion.cli.doctor.Finding.Ok;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;

/** NVIDIA's driver and GPUs; those of AMD are compiled for and not measured on. None of it keeps a machine from tuning. */
final class GpuChecks {

    private static final double MUCH_FREE = 0.8;
    private static final double BUSY_PERCENT = 5;
    private static final double HOT_CELSIUS = 85;

    /** Bits of NVML's throttle reasons that change timings; being idle (1) and clocks set by a user (2) are left out. */
    private static final Map<Integer, String> THROTTLE = throttleReasons();

    private GpuChecks() {}

    private static Map<Integer, String> throttleReasons() {
        Map<Integer, String> reasons = new LinkedHashMap<>();
        reasons.put(0x04, "power cap");
        reasons.put(0x08, "hardware slowdown");
        reasons.put(0x20, "heat");
        reasons.put(0x40, "heat (hardware)");
        reasons.put(0x80, "power brake");
        return reasons;
    }

    static Finding driver(Facts facts) {
        boolean files = facts.is("/system/nvidia_files");
        if (!facts.has("/python/nvidia")) {
            if (files) {
                return new Odd(
                        "device files of NVIDIA, but no libnvidia-ml.so.1",
                        "In a container, NVIDIA_DRIVER_CAPABILITIES must hold `compute,utility`; else install the driver.");
            }
            String amd = facts.is("/python/amd") ? "AMD's; measuring is for NVIDIA's GPUs so far, " : "none, ";
            return new Ok(amd + "so that configurations are ranked by estimates");
        }
        String text = facts.text("/python/nvidia/driver").orElse("?") + ", CUDA up to "
                + facts.text("/python/nvidia/cuda").orElse("?");
        Optional<String> error = facts.text("/python/nvidia/error");
        if (error.isPresent()) {
            return new Odd(
                    text + ": " + error.get(),
                    "Try `nvidia-smi`; after an update of the driver the machine must start again.");
        }
        return usable(facts, text);
    }

    private static Finding usable(Facts facts, String text) {
        OptionalDouble built = facts.version("/python/packages/torch/cuda");
        OptionalDouble can = facts.version("/python/nvidia/cuda");
        boolean newer =
                built.isPresent() && can.isPresent() && Math.floor(built.getAsDouble()) > Math.floor(can.getAsDouble());
        if (newer) {
            return new Odd(
                    text + ", but torch is built for CUDA "
                            + facts.text("/python/packages/torch/cuda").orElseThrow(),
                    "The GPU cannot be used: update the driver, or install torch's build for an older CUDA.");
        }
        boolean unseen = !facts.gpus().isEmpty()
                && built.isPresent()
                && facts.number("/python/packages/torch/sees_gpus").orElse(1) == 0;
        return unseen
                ? new Odd(
                        text + ", but torch sees no GPU",
                        facts.text("/environment/CUDA_VISIBLE_DEVICES")
                                .map(value -> "CUDA_VISIBLE_DEVICES is `" + value
                                        + "`: unset it, or name a GPU that is here.")
                                .orElse(
                                        "Try `python -c 'import torch; torch.zeros(1, device=\"cuda\")'` for the reason."))
                : new Ok(text);
    }

    static List<Finding> devices(Facts facts) {
        return each(
                facts,
                gpu -> new Ok(gpu.text("/name").orElse("unknown") + " ("
                        + gpu.text("/target").orElse("?") + ", "
                        + gpu.text("/uuid").orElse("no UUID") + ")"));
    }

    static List<Finding> settings(Facts facts) {
        return each(facts, gpu -> {
            String mode = gpu.text("/compute_mode").orElse("unknown");
            String text = "compute mode " + mode + ", persistence "
                    + (gpu.is("/persistence") ? "on" : gpu.isNot("/persistence") ? "off" : "unknown") + ", MIG "
                    + (gpu.is("/mig") ? "on" : "off");
            if (mode.equals("prohibited")) {
                return new Odd(text, "No program may compute on it: `nvidia-smi -c DEFAULT`.");
            }
            if (gpu.is("/mig")) {
                return new Odd(text, "Latencies will be those of a slice: `nvidia-smi -mig 0` for the whole GPU.");
            }
            return gpu.isNot("/persistence")
                    ? new Odd(text, "Each worker waits for the driver to load: `nvidia-smi -pm 1`.")
                    : new Ok(text);
        });
    }

    static List<Finding> memory(Facts facts) {
        return each(facts, gpu -> {
            OptionalDouble total = gpu.number("/memory_total_bytes");
            OptionalDouble free = gpu.number("/memory_free_bytes");
            double errors = gpu.number("/uncorrected_errors").orElse(0);
            String text = Words.bytes(free) + " of " + Words.bytes(total) + " free"
                    + (errors > 0 ? ", " + Words.whole(OptionalDouble.of(errors)) + " uncorrected errors" : "");
            if (errors > 0) {
                return new Odd(
                        text, "Results may be wrong: reset the GPU, and have it looked at where errors come again.");
            }
            boolean little =
                    total.isPresent() && free.isPresent() && free.getAsDouble() < MUCH_FREE * total.getAsDouble();
            return little
                    ? new Odd(text, "Others use its memory; large inputs may not fit beside them.")
                    : new Ok(text);
        });
    }

    static List<Finding> load(Facts facts) {
        return each(facts, gpu -> {
            OptionalDouble holder = gpu.number("/held_by");
            if (holder.isPresent()) {
                return new Odd(
                        "held by a Perihelion worker, process " + Words.whole(holder),
                        "Wait for it: another worker gives up after a minute.");
            }
            List<Facts> processes = gpu.list("/processes");
            OptionalDouble busy = gpu.number("/utilization_percent");
            String text = processes.size() + " other processes, " + Words.whole(busy) + " % busy";
            if (!processes.isEmpty()) {
                String pids = processes.stream()
                        .map(process -> process.text("/pid").orElse("?"))
                        .collect(Collectors.joining(", "));
                return new Odd(
                        text, "Timings will be disturbed: end what else computes there (processes " + pids + ").");
            }
            return busy.orElse(0) > BUSY_PERCENT
                    ? new Odd(text, "Somebody outside of this container may compute there; timings will be disturbed.")
                    : new Ok(text);
        });
    }

    static List<Finding> clocks(Facts facts) {
        return each(facts, gpu -> {
            String reasons = throttling(gpu.number("/throttle_reasons"));
            String text = Words.whole(gpu.number("/sm_clock_mhz")) + " of "
                    + Words.whole(gpu.number("/sm_clock_max_mhz")) + " MHz, memory "
                    + Words.whole(gpu.number("/memory_clock_mhz")) + " of "
                    + Words.whole(gpu.number("/memory_clock_max_mhz")) + " MHz, "
                    + Words.whole(gpu.number("/temperature_c")) + " degrees"
                    + (reasons.isEmpty() ? "" : ", slowed down by " + reasons);
            if (!reasons.isEmpty()) {
                return new Odd(
                        text,
                        "Measure when it is cool and has its power: samples taken while it is slowed down are repeated.");
            }
            return gpu.number("/temperature_c").orElse(0) > HOT_CELSIUS
                    ? new Odd(text, "It will slow down under load: see to its cooling.")
                    : new Ok(text);
        });
    }

    private static String throttling(OptionalDouble mask) {
        long bits = (long) mask.orElse(0);
        return THROTTLE.entrySet().stream()
                .filter(reason -> (bits & reason.getKey()) != 0)
                .map(Map.Entry::getValue)
                .collect(Collectors.joining(", "));
    }

    /** A finding for each GPU, with its number where there are several. */
    private static List<Finding> each(Facts facts, Function<Facts, Finding> look) {
        List<Facts> gpus = facts.gpus();
        List<Finding> findings = new ArrayList<>();
        for (Facts gpu : gpus) {
            Finding finding = look.apply(gpu);
            String name = gpus.size() > 1 ? Words.whole(gpu.number("/index")) + ": " : "";
            findings.add(
                    finding instanceof Odd odd
                            ? new Odd(name + odd.text(), odd.advice())
                            : new Ok(name + finding.text()));
        }
        return findings;
    }
}
