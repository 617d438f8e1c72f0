package dev.perihelion.cli.doctor;

import dev.perihelion.cli.doctor.Finding.Missing;
import dev.perihelion.cli.doctor.Finding.Odd;
import dev.perihelion.cli.doctor.Finding.Ok;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** The machine without Python and GPUs. */
final class MachineChecks {

    private static final double GIBI = 1L << 30;
    private static final double MEBI = 1L << 20;
    private static final int OLDEST_JAVA = 17;
    /** A compile worker with torch and Triton has about half of this; large programs need more. */
    private static final double WORKER_BYTES = GIBI;

    private static final double FEW_CORES = 4;
    private static final double OPEN_FILES = 4096;
    private static final double PROCESSES_A_CORE = 64;

    private MachineChecks() {}

    static Finding java(Facts facts) {
        String text = facts.text("/java/version").orElse("?")
                + (facts.is("/java/has_compiler") ? " (JDK)" : " (JRE)") + ", heap up to "
                + Words.bytes(facts.number("/java/heap_bytes"));
        if (facts.number("/java/feature").orElse(OLDEST_JAVA) < OLDEST_JAVA) {
            return new Missing(text, "Install a JDK 17 or newer and set JAVA_HOME to it.");
        }
        return facts.isNot("/java/has_compiler") && facts.is("/java/from_sources")
                ? new Odd(text, "Building from sources needs a JDK: install one and set JAVA_HOME to it.")
                : new Ok(text);
    }

    static Finding processor(Facts facts) {
        OptionalDouble cores = facts.number("/system/cores");
        OptionalDouble limit = facts.number("/system/cpu_limit");
        String text = Words.whole(cores) + " cores"
                + (limit.isPresent()
                        ? String.format(Locale.ROOT, ", limited to %.1f by the control group", limit.getAsDouble())
                        : "");
        double usable = Math.min(cores.orElse(FEW_CORES), limit.orElse(Double.MAX_VALUE));
        return usable < FEW_CORES && !facts.gpus().isEmpty()
                ? new Odd(text, "A GPU waits for the compilers with fewer than 4 cores; 16 keep one busy.")
                : new Ok(text);
    }

    static Finding memory(Facts facts) {
        OptionalDouble limit = facts.number("/system/memory_limit_bytes");
        OptionalDouble total = facts.number("/system/memory_bytes");
        double all = Math.min(total.orElse(Double.MAX_VALUE), limit.orElse(Double.MAX_VALUE));
        if (all == Double.MAX_VALUE) {
            return new Ok("of unknown size");
        }
        double cores = Math.max(1, facts.number("/system/cores").orElse(1));
        double each = Math.max(0, all - facts.number("/java/heap_bytes").orElse(0)) / cores;
        boolean limited = limit.isPresent() && limit.getAsDouble() < total.orElse(Double.MAX_VALUE);
        String text = Words.bytes(all) + (limited ? " by the control group" : "") + ", "
                + Words.bytes(facts.number("/system/memory_available_bytes")) + " available, " + Words.bytes(each)
                + " for each of " + Words.whole(facts.number("/system/cores")) + " compile workers";
        return each < WORKER_BYTES
                ? new Odd(
                        text,
                        "A compile worker may need 1 GiB: give the machine more memory, or fewer workers with `--master local[N]`.")
                : new Ok(text);
    }

    static Finding limits(Facts facts) {
        OptionalDouble files = facts.number("/system/open_files");
        double processes = Math.min(
                facts.number("/system/processes").orElse(Double.MAX_VALUE),
                facts.number("/system/processes_of_group").orElse(Double.MAX_VALUE));
        String text = (files.isPresent() ? Words.whole(files) : "any number of") + " open files, "
                + (processes == Double.MAX_VALUE ? "any number of" : Words.whole(OptionalDouble.of(processes)))
                + " processes and threads";
        if (files.orElse(Double.MAX_VALUE) < OPEN_FILES) {
            return new Odd(text, "Raise the limit of open files before long sweeps: `ulimit -n 65536`.");
        }
        return processes < PROCESSES_A_CORE * facts.number("/system/cores").orElse(1)
                ? new Odd(
                        text,
                        "Workers start several processes for each core: raise the limit (`ulimit -u`, or the container's).")
                : new Ok(text);
    }

    static List<Finding> disks(Facts facts) {
        List<Finding> findings = new ArrayList<>();
        for (Facts disk : facts.list("/disks")) {
            String purpose = disk.text("/purpose").orElse("?");
            String text = purpose + ": " + Words.bytes(disk.number("/free_bytes")) + " free in "
                    + disk.text("/path").orElse("?");
            double free = disk.number("/free_bytes").orElse(Double.MAX_VALUE);
            boolean shared = purpose.equals("shared memory");
            if (disk.isNot("/writable") && !shared) {
                findings.add(new Missing(
                        text + ", not writable",
                        purpose.equals("store")
                                ? "Choose a folder that you may write to with `--store`."
                                : "Set TMPDIR and `-Djava.io.tmpdir` to a folder that you may write to."));
            } else if (shared && free < 64 * MEBI) {
                findings.add(new Odd(
                        text, "Some of torch's parts need shared memory: start the container with `--shm-size 1g`."));
            } else if (!shared && free < GIBI) {
                findings.add(
                        new Odd(text, "Make room: compiled programs and results of a large sweep need a few GiB."));
            } else {
                findings.add(new Ok(text));
            }
        }
        return findings;
    }

    static Finding container(Facts facts) {
        return new Ok(
                facts.text("/system/container").map(kind -> "inside of " + kind).orElse("none"));
    }

    static List<Finding> spark(Facts facts) {
        List<Finding> findings = new ArrayList<>();
        String master = facts.text("/spark/spark.master").orElse("local");
        findings.add(new Ok("master " + (master.equals("local") ? "is this machine" : master)));
        facts.text("/environment/SPARK_MASTER")
                .ifPresent(value -> findings.add(new Odd(
                        "SPARK_MASTER is " + value + ", which is not read", "Give it as `--master " + value + "`.")));
        facts.text("/environment/TRITON_INTERPRET")
                .filter(value -> !value.equals("0"))
                .ifPresent(value -> findings.add(new Odd(
                        "TRITON_INTERPRET is " + value, "Unset it: Triton then compiles nothing in any worker.")));
        return findings;
    }
}
