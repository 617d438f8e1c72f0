package dev.perihelion.sweep.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perihelion.sweep.Budget;
import dev.perihelion.sweep.Sweep;
import dev.perihelion.sweep.SweepBudget;
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
        Files.writeString(folder.resolve("kernels/rms_norm.py"), """
                        import helion

                        @helion.kernel
                        def rms_norm_fwd(x=None, weight=None, eps=1e-5, mode="N", shape=None, none=None): ...

                        def rms_norm_reference(x, weight): ...

                        @helion.kernel
                        def needy(x, w, eps=1e-5): ...

                        def make_inputs(device, M, T="f16"): ...
                        """);
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
        SweepSpec spec = SweepSpec.read(file, TaskCheck.NONE);
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
        assertThat(last.source()).contains("def rms_norm_fwd");
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
        assertThat(spec.defaults().targets()).containsExactly("cuda:auto");
        assertThat(spec.defaults().budget()).isEqualTo(Budget.DEFAULT);
        assertThat(spec.tasks())
                .extracting(task -> task.argumentValues().get("x"))
                .containsExactly("f32[1,2]", "f32[3,4]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kernel: [] | 1:1: unknown key `kernel`; did you mean `kernels`? The keys here are name, kernels,",
                "name: x | 1:1: `kernels` is missing. Write `kernels: [{kernel:",
                "kernels: [] | 1:10: `kernels` has no entry.",
                "kernels: 3 | 1:10: `kernels` should be a list, as `- kernel: file.py::name`, not `3`.",
                "kernels: [{args: {}}] | 1:11: `kernel` is missing. Write `kernel: file.py::name`.",
                "kernels: [{kernel: a.py}] | 1:20: `a.py` does not name a kernel. Write `kernel: file.py::name`.",
                "kernels: [{kernel: 'a.py::b'}] | 1:20: there is no file `a.py`, neither beside the specification nor",
                "kernels: [{kernl: 'a.py::b'}] | 1:12: unknown key `kernl` under `kernels`; did you mean `kernel`?",
                "kernels: [{kernel: K, args: {x: 'f32[M]'}}] | `M` in `x: f32[M]` has no value. Add it under `shapes`",
                "kernels: [{kernel: K, args: {x: 'f32[4'}}] | Cannot read `f32[4` for `x`: at its end,",
                "kernels: [{kernel: K, args: {x: 'f32[M]'}, shapes: {M: [1], Q: [2]}}] | no argument uses the symbol `Q`",
                "kernels: [{kernel: K, args: {x: 'f32[M]'}, shapes: {M: [a]}}] | should be a whole number of at least 0, not `a`",
                "kernels: [{kernel: K, args: {x: 'f32[f32]'}, shapes: {f32: [1]}}] | `f32` cannot name an extent",
                "kernels: [{kernel: K}]\\nstrategy: {name: patern} | 2:18: `strategy.name` cannot be `patern`; did you mean `pattern`?",
                "kernels: [{kernel: K}]\\nbudget: {evaluation: 3} | 2:10: unknown key `evaluation` under `budget`; did you mean",
                "kernels: [{kernel: K}]\\nbudget: {evaluations: 0} | 2:23: `budget.evaluations` should be a whole number of at least 1",
                "kernels: [{kernel: K}]\\nmeasure:\\n  l2: hot | 3:7: `measure.l2` cannot be `hot`. It is one of cold, warm.",
                "kernels: [{kernel: K}]\\ntargets: [cuda:auto, rocm:1] | 2:22: Unknown target `rocm:1`. Write it as `cuda:90`",
                "kernels: [{kernel: K}]\\ntargets: [cuda:90, cuda:90] | 2:20: the target `cuda:90` stands here twice.",
                "kernels: [{kernel: K}]\\nname: a\\nname: b | 3:1: the key `name` stands here twice.",
                "kernels: [{kernel: K}\\nname: a | this is not YAML",
                "kernels: [{kernel: K, args: {x: f32[M,N]}}] | 1:70: this is not YAML: expected ',' or '}', but got [. Put values with brackets between quotes",
                "kernels: [{kernel: K, args: {x: 'f32[Mm]'}, shapes: {Nn: 1, MM: 2}}] | `Mm` in `x: f32[Mm]` has no value; did you mean `MM`?",
                "kernels: [{kernel: K, args: {x: 'f32[M]'}, shapes: {M: []}}] | this list is empty, so there is nothing to tune.",
                "kernels: [{kernel: K, args: {x: 'f32[M]'}, shapes: []}] | `shapes` gives no shape.",
                "kernels: [{kernel: K, args: {x: 'f32[M]'}, shapes: {M: [4, 5, 4]}}] | `4` stands in this list twice, which would tune",
                "kernels: [{kernel: K, args: {x: 'f32[M,N]'}, shapes: [{M: 1, N: 2}, {M: 1}]}] | this shape has no value for `N`, and that of",
                "kernels: [{kernel: K, args: {x: 'T[4]'}, dtypes: {T: [f16, bf61]}}] | there is no dtype `bf61`; did you mean `bf16`? It is one of",
                "kernels: [{kernel: K, args: {y: 'f32[4]'}}] | `rms_norm_fwd` has no parameter `y`. It has x, weight,",
                "kernels: [{kernel: K, args: {wieght: 'f32[4]'}}] | has no parameter `wieght`; did you mean `weight`? It has x,",
                "kernels: [{kernel: 'kernels/rms_norm.py::needy', args: {x: 'f32[4]'}}] | `needy` also needs `w`. Write under `args`",
                "kernels: [{kernel: 'kernels/rms_norm.py::rms_norm_bwd'}] | there is no kernel `rms_norm_bwd` in `",
                "kernels: [{kernel: 'kernels/rms_norm.py::rms_norm_bwd'}] | did you mean `rms_norm_fwd`? Its kernels are rms_norm_fwd, needy.",
                "kernels: [{kernel: K, reference: rms_norm_ref}] | did you mean `rms_norm_reference`? `reference` names a function",
                "kernels: [{kernel: K, inputs: make_input, shapes: {M: 1}}] | there is no function `make_input` in",
                "kernels: [{kernel: K, inputs: make_inputs, args: {x: none}, shapes: {M: 1}}] | 1:57: give either `args` or `inputs`, not both.",
                "kernels: [{kernel: K, inputs: make_inputs, shapes: {M: 1, N: 2}}] | the input function `make_inputs` has no parameter `N`",
                "kernels: [{kernel: K, inputs: make_inputs}] | the input function `make_inputs` needs `M`. Give it values",
                "kernels: [{kernel: K, priority: high}] | `kernels.priority` should be a whole number, not `high`.",
                "kernels: [{kernel: K, budget: {evaluation: 3}}] | unknown key `evaluation` under `kernels.budget`; did you mean",
                "kernels: [{kernel: K, args: {x: 'f32[M]'}, shapes: [{M: 1}, {M: 1}]}] | with x=f32[1] for cuda:auto stands here twice; the first",
                "kernels:\\n- {kernel: K}\\n- {kernel: K} | 3:3: the task `rms_norm_fwd` with  for cuda:auto stands here twice; the first is that of line 2.",
                "kernels: [{kernel: K}]\\ntotal_budget: {minute: 3} | 2:16: unknown key `minute` under `total_budget`; did you mean `minutes`?",
                "kernels: [{kernel: K}]\\ntotal_budget: 60gpu-s | 2:15: Cannot read the sweep's budget `60gpu-s`. Write a number",
                "kernels: [{kernel: K}]\\ncold: maybe | 2:7: `cold` cannot be `maybe`. It is one of true, false.",
            })
    void mistakesAreNamedWithTheirLine(String text, String wanted) {
        String yaml = text.replace("\\n", "\n").replace("kernel: K", "kernel: 'kernels/rms_norm.py::rms_norm_fwd'");
        assertThatThrownBy(() -> parse(yaml))
                .isInstanceOf(SpecException.class)
                .hasMessageStartingWith("spec.yaml:")
                .hasMessageContaining(wanted);
    }

    @Test
    void allMistakesAreToldAtOnceInTheOrderOfTheirPlaces() {
        assertThatThrownBy(() -> parse("""
                        nmae: nightly
                        kernels:
                          - kernel: kernels/rms_norm.py::rms_norm_fwt
                            args: {x: "f32[M]", weigth: "T[N]"}
                            shapes: {M: [1, 2, 1]}
                          - kernel: kernels/rms_norm.py::needy
                            strategy: pattren
                            args: {x: "f32[4"}
                            dtypes: {T: f17}
                        targets: []
                        budget: {evaluations: none}
                        """)).isInstanceOfSatisfying(SpecException.class, e -> {
            assertThat(e.mistakes()).hasSize(12);
            assertThat(e.getMessage().replaceAll("It is one of .*", "It is one of ..."))
                    .isEqualTo("""
                            spec.yaml:1:1: unknown key `nmae`; did you mean `name`? The keys here are name, kernels, targets, strategy, budget, total_budget, cold, measure, kubernetes.
                            error: spec.yaml:3:13: there is no kernel `rms_norm_fwt` in `kernels/rms_norm.py`; did you mean `rms_norm_fwd`? Its kernels are rms_norm_fwd, needy.
                            error: spec.yaml:4:33: `N` in `weigth: T[N]` has no value. Add it under `shapes`, as `shapes: {N: [1024, 4096]}`.
                            error: spec.yaml:4:33: `T` in `weigth: T[N]` has no value. Add it under `dtypes`, as `dtypes: {T: [f16, bf16]}`.
                            error: spec.yaml:5:24: `1` stands in this list twice, which would tune the same again.
                            error: spec.yaml:7:15: `kernels.strategy` cannot be `pattren`; did you mean `pattern`? It is one of ...
                            error: spec.yaml:8:11: `needy` also needs `w`. Write under `args`, as `args: {w: "f32[4096]"}`, or name an input function under `inputs`.
                            error: spec.yaml:8:15: Cannot read `f32[4` for `x`: at its end, `,` or `]` should stand here.
                            error: spec.yaml:9:14: no argument uses the symbol `T`. Write it into one, as `x: "f32[T]"`, or take it out.
                            error: spec.yaml:9:17: there is no dtype `f17`; did you mean `f16`? It is one of ...
                            error: spec.yaml:10:10: `targets` is empty. Write `targets: [cuda:auto]` or leave it out.
                            error: spec.yaml:11:23: `budget.evaluations` should be a whole number of at least 1, not `none`.
                            12 mistakes in spec.yaml.""");
        });
    }

    @Test
    void kernelsMayDifferInEverythingAndShapesHavePriorities() {
        SweepSpec spec = parse("""
                kernels:
                  - kernel: kernels/rms_norm.py::rms_norm_fwd
                    args: {x: "T[M,N]", weight: T, eps: M}
                    dtypes: {T: [float16, bf16]}
                    shapes:
                      - {M: [1, 2], N: 3, priority: 9}
                      - {M: 4, N: 5}
                    priority: -1
                    strategy: random
                    budget: 90s
                    targets: cuda:100
                    measure: {rank_ms: 7}
                  - kernel: kernels/rms_norm.py::needy
                    args: {x: "f32[4]", w: none}
                targets: [cuda:90, hip:gfx942]
                strategy: {name: pattern, seed: 3}
                measure: {l2: warm}
                total_budget: {evaluations: 5000, minutes: 90}
                cold: true
                """);
        List<TuningTask> tasks = spec.tasks();
        assertThat(tasks)
                .extracting(task -> task.argumentValues().get("x") + " " + task.target() + " " + task.priority() + " "
                        + task.strategy() + " " + task.seed())
                .containsExactly(
                        "f16[1,3] cuda:100 9 random 3",
                        "bf16[1,3] cuda:100 9 random 3",
                        "f16[2,3] cuda:100 9 random 3",
                        "bf16[2,3] cuda:100 9 random 3",
                        "f16[4,5] cuda:100 -1 random 3",
                        "bf16[4,5] cuda:100 -1 random 3",
                        "f32[4] cuda:90 0 pattern 3",
                        "f32[4] hip:gfx942 0 pattern 3");
        assertThat(tasks.get(3).argumentValues())
                .containsEntry("weight", "torch.bfloat16")
                .containsEntry("eps", "2");
        assertThat(tasks.get(0).budget().wallSeconds()).isEqualTo(90);
        assertThat(tasks.get(0).policy().rankMillis()).isEqualTo(7);
        assertThat(tasks.get(0).policy().l2()).isEqualTo("warm");
        Sweep sweep = spec.toSweep(Instant.EPOCH);
        assertThat(sweep.budget()).isEqualTo(SweepBudget.parse("5000,90min"));
        assertThat(sweep.cold()).isTrue();
    }

    @Test
    void inputFunctionsAreAskedOnceForEachShape() throws InterruptedException {
        SweepSpec spec = parse("""
                kernels:
                  - kernel: kernels/rms_norm.py::rms_norm_fwd
                    inputs: make_inputs
                    shapes: {M: [1, 2]}
                    dtypes: {T: bf16}
                """);
        assertThat(spec.needsInputs()).isTrue();
        assertThatThrownBy(spec::tasks).isInstanceOf(IllegalStateException.class);
        SweepSpec asked = spec.withInputs(
                (entry, symbols) -> Map.of("x", symbols.get("T") + "[" + symbols.get("M") + "]"), TaskCheck.NONE);
        assertThat(asked.needsInputs()).isFalse();
        assertThat(asked.tasks())
                .extracting(task -> task.argumentValues().get("x"))
                .containsExactly("bf16[1]", "bf16[2]");
        assertThatThrownBy(() -> spec.withInputs(
                        (entry, symbols) -> {
                            throw new IllegalArgumentException("no " + symbols.get("M"));
                        },
                        TaskCheck.NONE))
                .hasMessageContaining("spec.yaml:4:13: no 1")
                .hasMessageContaining("spec.yaml:4:13: no 2");
    }

    @Test
    void argumentsThatDoNotFitTheKernelAreToldWithTheCompilersWords() throws IOException {
        Files.writeString(folder.resolve("softmax.py"), """
                import helion
                import helion.language as hl
                import torch

                @helion.kernel
                def softmax(x):
                    m, n = x.size()
                    out = torch.empty_like(x)
                    for tile in hl.tile(m):
                        out[tile, :] = torch.softmax(x[tile, :], dim=1)
                    return out
                """);
        assertThatThrownBy(() -> SweepSpec.parse("spec.yaml", """
                        kernels:
                          - kernel: softmax.py::softmax
                            args: {x: "f32[M]"}
                            shapes: [{M: 3}, {M: 4}, {M: 5}]
                          - kernel: softmax.py::softmax
                            args: {x: "f32[4,5]"}
                        budget: -1
                        """, folder, TaskCheck.COMPILER))
                .isInstanceOfSatisfying(SpecException.class, e -> {
                    assertThat(e.mistakes()).hasSize(2);
                    assertThat(e.getMessage())
                            .contains("spec.yaml:4:14: `softmax` cannot be tuned with x=f32[3] and 2 more: ")
                            .contains("softmax.py:7:")
                            .contains("spec.yaml:7:9: Cannot read the budget `-1`");
                });
    }

    @Test
    void aMissingOrEmptyFileIsNamed() {
        assertThatThrownBy(() -> SweepSpec.read(folder.resolve("none.yaml"), TaskCheck.NONE))
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
        return SweepSpec.parse("spec.yaml", text, folder, TaskCheck.NONE);
    }
}
