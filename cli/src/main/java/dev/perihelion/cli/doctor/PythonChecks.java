package dev.perihelion.cli.doctor;

import dev.perihelion.cli.doctor.Finding.Missing;
import dev.perihelion.cli.doctor.Finding.Odd;
import dev.perihelion.cli.doctor.Finding.Ok;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Python, its packages, and whether Triton compiles. */
final class PythonChecks {

    private static final String INSTALL =
            "Install the packages of requirements.txt into the Python that workers use, or set"
                    + " PERIHELION_PYTHON to one that has them.";
    private static final double OLDEST_PYTHON = 3.11;
    private static final double NEWEST_PYTHON = 3.12;
    private static final double OLDEST_TORCH = 2.11;
    private static final double OLDEST_TRITON = 3.06;
    /** From here on NumPy breaks Triton's interpreter. */
    private static final double NUMPY_TOO_NEW = 2.04;

    private PythonChecks() {}

    static Finding python(Facts facts) {
        String path = facts.text("/python/path").orElse("python3");
        Optional<String> error = facts.text("/python/error");
        if (error.isPresent()) {
            return new Missing(
                    path + ": " + error.get(),
                    "Set PERIHELION_PYTHON to a Python 3.12 or 3.11 that has the packages of requirements.txt, or remove .venv.");
        }
        String text = facts.text("/python/python/version").orElse("?") + " (" + path + ")";
        double version = facts.version("/python/python/version").orElse(NEWEST_PYTHON);
        if (version < OLDEST_PYTHON) {
            return new Missing(text, "Workers need Python 3.11 or newer; set PERIHELION_PYTHON to one.");
        }
        return version > NEWEST_PYTHON
                ? new Odd(
                        text,
                        "Only 3.11 and 3.12 were tried; set PERIHELION_PYTHON to one of these if something fails.")
                : new Ok(text);
    }

    static Finding torch(Facts facts) {
        return needed(facts, "torch", true).orElseGet(() -> {
            Optional<String> built = facts.text("/python/packages/torch/cuda")
                    .map(cuda -> "CUDA " + cuda)
                    .or(() -> facts.text("/python/packages/torch/hip").map(hip -> "ROCm " + hip));
            String text = version(facts, "torch") + ", built for " + built.orElse("CPUs");
            if (facts.version("/python/packages/torch/version").orElse(OLDEST_TORCH) < OLDEST_TORCH) {
                return new Odd(text, "2.11 is the oldest that was tried. " + INSTALL);
            }
            return !facts.gpus().isEmpty() && !facts.has("/python/packages/torch/cuda")
                    ? new Odd(text, "The GPU cannot be used with it: install torch's CUDA build (see pytorch.org).")
                    : new Ok(text);
        });
    }

    static Finding triton(Facts facts) {
        return needed(facts, "triton", true).orElseGet(() -> {
            String text = version(facts, "triton");
            if (facts.version("/python/packages/triton/version").orElse(OLDEST_TRITON) < OLDEST_TRITON) {
                return new Odd(text, "3.6 is the oldest that was tried. " + INSTALL);
            }
            Optional<String> wanted = facts.text("/python/packages/torch/requires_triton");
            return wanted.isPresent() && !wanted.get().equals(text)
                    ? new Odd(
                            text + ", but this torch asks for " + wanted.get(),
                            "torch.compile may fail beside it: `pip install triton==" + wanted.get() + "`.")
                    : new Ok(text);
        });
    }

    static Finding numpy(Facts facts) {
        return needed(facts, "numpy", true).orElseGet(() -> {
            String text = version(facts, "numpy");
            if (facts.version("/python/packages/numpy/version").orElse(0) < NUMPY_TOO_NEW) {
                return new Ok(text);
            }
            String advice =
                    "Triton's interpreter, which checks results where there is no GPU, fails with 2.4 and newer:"
                            + " `pip install 'numpy<2.4'`.";
            return facts.gpus().isEmpty() ? new Missing(text, advice) : new Odd(text, advice);
        });
    }

    static Finding pyarrow(Facts facts) {
        return needed(facts, "pyarrow", !facts.gpus().isEmpty()).orElseGet(() -> new Ok(version(facts, "pyarrow")));
    }

    static Finding helion(Facts facts) {
        return new Ok(facts.text("/python/packages/helion/version")
                .map(version -> version + ", whose decorators kernel files then use")
                .orElse("not installed; a stub answers its imports"));
    }

    static List<Finding> compiles(Facts facts) {
        List<Finding> findings = new ArrayList<>();
        for (Facts compile : facts.list("/python/compiles")) {
            String target = compile.text("/target").orElse("?");
            Optional<String> error = compile.text("/error");
            if (error.isPresent()) {
                String text = target + ": " + error.get();
                String advice =
                        "Triton cannot compile for " + target + ": install its wheel for Linux, complete and unmixed.";
                findings.add(target.startsWith("cuda") ? new Missing(text, advice) : new Odd(text, advice));
            } else {
                findings.add(new Ok(String.format(
                        Locale.ROOT,
                        "%s: a tiny kernel in %.1f s",
                        target,
                        compile.number("/seconds").orElse(0))));
            }
        }
        return findings;
    }

    static List<Finding> assembler(Facts facts) {
        if (!facts.has("/python/ptxas")) {
            return List.of();
        }
        Optional<String> error = facts.text("/python/ptxas/error");
        if (error.isPresent()) {
            return List.of(new Missing(
                    "ptxas: " + error.get(),
                    "Install Triton's wheel again, or set TRITON_PTXAS_PATH to a ptxas that runs."));
        }
        List<Finding> findings = new ArrayList<>();
        findings.add(new Ok("ptxas " + facts.text("/python/ptxas/version").orElse("?") + " ("
                + facts.text("/python/ptxas/path").orElse("?") + ")"));
        for (Facts gpu : facts.gpus()) {
            gpu.text("/target")
                    .filter(target -> !assembles(facts, target))
                    .ifPresent(target -> findings.add(new Odd(
                            "no ptxas for " + target + ", the GPU here",
                            "Install a newer Triton, or set TRITON_PTXAS_PATH to the ptxas of a newer CUDA toolkit.")));
        }
        return findings;
    }

    /** Whether one of Triton's assemblers knows an architecture. */
    private static boolean assembles(Facts facts, String target) {
        String architecture = target.substring(target.indexOf(':') + 1);
        return List.of("/python/ptxas/architectures", "/python/ptxas/blackwell/architectures").stream()
                .flatMap(place -> facts.list(place).stream())
                .anyMatch(known -> known.text("").orElse("").equals(architecture));
    }

    private static String version(Facts facts, String name) {
        return facts.text("/python/packages/" + name + "/version").orElse("of unknown version");
    }

    /** What is wrong with a package; empty where it can be imported. */
    private static Optional<Finding> needed(Facts facts, String name, boolean always) {
        if (facts.has("/python/error")) {
            return Optional.of(new Missing("not known without Python", INSTALL));
        }
        return facts.text("/python/packages/" + name + "/error").map(error -> {
            String version = facts.text("/python/packages/" + name + "/version")
                    .map(text -> text + ": ")
                    .orElse("");
            return always ? new Missing(version + error, INSTALL) : new Odd(version + error, INSTALL);
        });
    }
}
