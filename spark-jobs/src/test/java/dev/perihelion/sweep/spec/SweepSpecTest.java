package dev.perihelion.sweep.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perihelion.sweep.Budget;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.TuningTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class SweepSpecTest {

    @TempDir
    Path folder;

    @BeforeEach
    void kernelFile() throws IOException {
        Files.createDirectories(folder.resolve("kernels"));
        Files.writeString(folder.resolve("kernels/rms_norm.py"), "def rms_norm_fwd(x, weight, eps): ...\n");
    }

    @Test
    void aWholeSpecificationGivesItsTasks() throws IOException {
        Path file = folder.resolve("nightly.yaml");
        Files.writeString(file, """
                name: Nightly norms
                kernels:
                  - kernel: kernels/rms_norm.py::rms_norm_fwd
                    reference: rms_norm_reference
                    args: {x: "bf16[M,N]:strides(N,1)", weight: "bf16[N]", eps: 1e-5, mode: '"N"', shape: [N], none: null}
                    shapes: {M: [2048, 8192], N: [1024, 4096, 8192]}
                targets: [cuda:auto, hip:gfx942]
                strategy: {name: pattern, seed: 3}
                budget: {evaluations: 400, gpu_seconds: 60}
                measure: {l2: warm, rank_ms: 50}
                """);
        SweepSpec spec = SweepSpec.read(file);
        List<TuningTask> tasks = spec.tasks();
        assertThat(tasks).hasSize(2 * 3 * 2);
        TuningTask last = tasks.get(11);
        assertThat(last.argumentValues())
                .isEqualTo(Map.of(
                        "x", "bf16[8192,8192]:strides(8192,1)",
                        "weight", "bf16[8192]",
                        "eps", "1e-5",
                        "mode", "\"N\"",
                        "shape", "[8192]",
                        "none", "none"));
        assertThat(last.target()).isEqualTo("hip:gfx942");
        assertThat(last.reference()).contains("rms_norm_reference");
        assertThat(last.source()).startsWith("def rms_norm_fwd");
        assertThat(last.budget()).isEqualTo(new Budget(400, 60, Double.POSITIVE_INFINITY));
        assertThat(last.policy().l2()).isEqualTo("warm");
        assertThat(last.policy().rankMillis()).isEqualTo(50);
        assertThat(last.strategy()).isEqualTo("pattern");
        assertThat(last.seed()).isEqualTo(3);
        assertThat(last.id()).matches("rms_norm_fwd-8192x8192-bf16-hipgfx942-[0-9a-f]{6}");
        assertThat(tasks.stream().map(task -> task.withTarget("cuda:90").id()).distinct())
                .hasSize(6);
        Sweep sweep = spec.toSweep(Instant.parse("2026-11-23T23:35:12Z"));
        assertThat(sweep.id()).isEqualTo("20261123-233512-nightly-norms");
        assertThat(TuningTask.fromJson(last.toJson())).isEqualTo(last);
    }

    @Test
    void shapesMayBeAListOfMapsAndMostKeysMayBeLeftOut() {
        SweepSpec spec = parse("""
                kernels:
                  - kernel: kernels/rms_norm.py::rms_norm_fwd
                    args: {x: "f32[M,N]"}
                    shapes:
                      - {M: 1, N: 2}
                      - {M: 3, N: 4}
                """);
        assertThat(spec.name()).isEqualTo("spec");
        assertThat(spec.targets()).containsExactly("cuda:auto");
        assertThat(spec.budget()).isEqualTo(Budget.DEFAULT);
        assertThat(spec.tasks())
                .extracting(task -> task.argumentValues().get("x"))
                .containsExactly("f32[1,2]", "f32[3,4]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kernel: [] | 1: unknown key `kernel`; did you mean `kernels`? The keys here are name, kernels,",
                "name: x | 1: `kernels` is missing. Write `kernels: [{kernel:",
                "kernels: [] | 1: `kernels` has no entry.",
                "kernels: 3 | 1: `kernels` should be a list, as `- kernel: file.py::name`, not `3`.",
                "kernels: [{args: {}}] | 1: `kernel` is missing. Write `kernel: file.py::name`.",
                "kernels: [{kernel: a.py}] | 1: `a.py` does not name a kernel. Write `kernel: file.py::name`.",
                "kernels: [{kernel: 'a.py::b'}] | 1: there is no file `a.py`, neither beside the specification nor",
                "kernels: [{kernl: 'a.py::b'}] | 1: unknown key `kernl` under `kernels`; did you mean `kernel`?",
                "kernels: [{kernel: K, args: {x: 'f32[M]'}}] | 1: `M` in `x: f32[M]` has no value. Add it under `shapes`",
                "kernels: [{kernel: K, args: {x: 'f32[4'}}] | 1: Cannot read `f32[4` for `x`: at its end,",
                "kernels: [{kernel: K, args: {x: 'f32[M]'}, shapes: {M: [1], Q: [2]}}] | no argument uses the symbol `Q`",
                "kernels: [{kernel: K, args: {x: 'f32[M]'}, shapes: {M: [a]}}] | should be a whole number of at least 0, not `a`",
                "kernels: [{kernel: K, args: {x: 'f32[f32]'}, shapes: {f32: [1]}}] | `f32` cannot name an extent",
                "kernels: [{kernel: K}]\\nstrategy: {name: patern} | 2: `strategy.name` cannot be `patern`; did you mean `pattern`?",
                "kernels: [{kernel: K}]\\nbudget: {evaluation: 3} | 2: unknown key `evaluation` under `budget`; did you mean",
                "kernels: [{kernel: K}]\\nbudget: {evaluations: 0} | 2: `budget.evaluations` should be a whole number of at least 1",
                "kernels: [{kernel: K}]\\nmeasure:\\n  l2: hot | 3: `measure.l2` cannot be `hot`. It is one of cold, warm.",
                "kernels: [{kernel: K}]\\ntargets: [cuda:auto, rocm:1] | 2: Unknown target `rocm:1`. Write it as `cuda:90`",
                "kernels: [{kernel: K}]\\ntargets: [cuda:90, cuda:90] | 2: the target `cuda:90` stands here twice.",
                "kernels: [{kernel: K}]\\nname: a\\nname: b | 3: the key `name` stands here twice.",
                "kernels: [{kernel: K}\\nname: a | this is not YAML",
            })
    void mistakesAreNamedWithTheirLine(String text, String wanted) {
        String yaml = text.replace("\\n", "\n").replace("kernel: K", "kernel: 'kernels/rms_norm.py::rms_norm_fwd'");
        assertThatThrownBy(() -> parse(yaml))
                .isInstanceOf(SpecException.class)
                .hasMessageStartingWith("spec.yaml:")
                .hasMessageContaining(wanted);
    }

    @Test
    void aMissingOrEmptyFileIsNamed() {
        assertThatThrownBy(() -> SweepSpec.read(folder.resolve("none.yaml")))
                .isInstanceOf(SpecException.class)
                .hasMessageContaining("none.yaml");
        assertThatThrownBy(() -> parse("")).hasMessageContaining("spec.yaml is empty");
    }

    @Test
    void budgetsAreReadFromTheCommandLine() {
        assertThat(Budget.parse("400")).isEqualTo(Budget.ofEvaluations(400));
        assertThat(Budget.parse("400,10min")).isEqualTo(new Budget(400, Double.POSITIVE_INFINITY, 600));
        assertThat(Budget.parse("60gpu-s").gpuSeconds()).isEqualTo(60);
        assertThat(Budget.fromJsonMap(Budget.parse("9,5s").toJsonMap())).isEqualTo(Budget.parse("9,5s"));
        assertThatThrownBy(() -> Budget.parse("many")).hasMessageContaining("Cannot read the budget `many`");
        assertThatThrownBy(() -> Budget.parse("1.5")).hasMessageContaining("Cannot read the budget `1.5`");
        assertThatThrownBy(() -> Budget.parse("0")).hasMessageContaining("at least 1 evaluation");
    }

    private SweepSpec parse(String text) {
        return SweepSpec.parse("spec.yaml", text, folder);
    }
}
