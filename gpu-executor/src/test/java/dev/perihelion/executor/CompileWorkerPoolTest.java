package dev.perihelion.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.perihelion.search.trial.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The compile pool with real worker processes and the real compiler. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CompileWorkerPoolTest {

    private static CompileWorkerPool pool;

    @BeforeAll
    static void start() {
        pool = new CompileWorkerPool(PythonRuntime.find(), 2, Duration.ofSeconds(60));
    }

    @AfterAll
    static void stop() {
        pool.close();
    }

    @Test
    void compilesForNvidiaAndAmdWithoutADevice() throws Exception {
        Artefact cubin = compiled(pool.compile(TestModules.addJob("a", TestModules.VECTOR_ADD)));
        assertEquals(128, cubin.facts().threads());
        assertEquals(5, cubin.facts().programs());
        assertTrue(cubin.facts().registers() >= 8 && cubin.facts().registers() <= 255, cubin.toString());
        assertTrue(cubin.facts().compileMillis() > 0);
        assertTrue(cubin.launchJson().contains("\"symbol\":\"_add_kernel\""), cubin.launchJson());

        String softmax = "[" + TestModules.tensor("x", "float16", "[64, 2560]") + "]";
        Artefact code = compiled(
                pool.compile(new CompileJob("b", TestModules.SOFTMAX, "softmax", softmax, "hip:gfx942", "test")));
        assertEquals(256, code.facts().threads());
        assertEquals(64, code.facts().programs());
        assertTrue(code.facts().sharedBytes() > 0, code.toString());
    }

    @Test
    void equalProgramsGiveEqualHashes() throws Exception {
        Artefact one = compiled(pool.compile(TestModules.addJob("a", TestModules.VECTOR_ADD)));
        Artefact same = compiled(pool.compile(TestModules.addJob("b", TestModules.VECTOR_ADD + "\n# a comment\n")));
        Artefact other = compiled(
                pool.compile(TestModules.addJob("c", TestModules.VECTOR_ADD.replace("BLOCK=1024", "BLOCK=512"))));
        assertEquals(one.sha256(), same.sha256());
        assertNotEquals(one.sha256(), other.sha256());
    }

    @Test
    void badModulesAreOutcomesWithOneLine() throws Exception {
        CompileOutcome.Failed unknown = failed(
                pool.compile(TestModules.addJob("a", TestModules.VECTOR_ADD.replace("mask=mask)", "mask=musk)"))));
        assertEquals(Outcome.COMPILE_ERROR, unknown.outcome());
        assertTrue(unknown.reason().contains("musk is not defined"), unknown.reason());
        assertFalse(unknown.reason().contains("\n"), unknown.reason());

        CompileOutcome.Failed large = failed(
                pool.compile(TestModules.addJob("b", TestModules.VECTOR_ADD.replace("BLOCK=1024", "BLOCK=2097152"))));
        assertEquals(Outcome.OUT_OF_RESOURCES, large.outcome());

        CompileOutcome.Failed syntax = failed(pool.compile(TestModules.addJob("c", "def vector_add(x, y:\n")));
        assertEquals(Outcome.COMPILE_ERROR, syntax.outcome());
    }

    @Test
    void equalJobsAreCompiledOnce(@TempDir Path folder) throws Exception {
        Path log = folder.resolve("imports");
        String text = "with open('" + log + "', 'a') as file:\n    file.write('once\\n')\n" + TestModules.VECTOR_ADD;
        List<CompletableFuture<CompileOutcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            outcomes.add(TestModules.later(pool, TestModules.addJob("job" + i, text)));
        }
        Artefact first = compiled(outcomes.get(0).get());
        for (CompletableFuture<CompileOutcome> outcome : outcomes) {
            assertEquals(first, compiled(outcome.get()));
        }
        compiled(pool.compile(TestModules.addJob("later", text)));
        assertEquals(List.of("once"), Files.readAllLines(log));
    }

    @Test
    void theHostFunctionRunsWhereItsQuestionsHaveAnswers() throws Exception {
        CompileOutcome meta = pool.compile(TestModules.addJob("a", TestModules.VECTOR_ADD));
        assertEquals(
                "meta", assertInstanceOf(CompileOutcome.Compiled.class, meta).hostRanOn());
        String counting = TestModules.VECTOR_ADD.replace(
                "    out = torch.empty_like(x)", "    out = torch.empty_like(x[x > 9].new_empty(x.shape))");
        CompileOutcome cpu = pool.compile(TestModules.addJob("b", counting));
        assertEquals(
                "cpu",
                assertInstanceOf(CompileOutcome.Compiled.class, cpu, cpu.toString())
                        .hostRanOn());
        String asking = TestModules.VECTOR_ADD.replace(
                "    out = torch.empty_like(x)", "    torch.cuda.current_stream(x.get_device())\n    out = x");
        CompileOutcome.Failed device = failed(pool.compile(TestModules.addJob("c", asking)));
        assertEquals(Outcome.COMPILE_ERROR, device.outcome());
        assertTrue(device.reason().startsWith("Needs the device: "), device.reason());
    }

    @Test
    void inputFunctionsAreDescribed() throws Exception {
        String file = "import torch\nimport helion\nimport helion.language as hl\n\n\n@helion.kernel()\ndef k(x, i):\n"
                + "    return x\n\n\ndef inputs(device):\n"
                + "    return torch.randn(8, 4, device=device).t(), torch.tensor([2, 5], device=device), 3, None\n";
        InputsOutcome outcome =
                pool.describeInputs(new KernelFile("/not/there.py", file), "inputs", List.of("x", "i", "n", "m"));
        String json = assertInstanceOf(InputsOutcome.Described.class, outcome, outcome.toString())
                .argumentsJson();
        assertTrue(json.contains("\"shape\":[4,8],\"strides\":[1,4]"), json);
        assertTrue(json.contains("\"fill\":{\"kind\":\"normal\"}"), json);
        assertTrue(json.contains("\"shape\":[2],\"strides\":null,\"fill\":{\"kind\":\"data\""), json);
        assertTrue(json.contains("{\"name\":\"n\",\"kind\":\"int\",\"value\":3}"), json);

        InputsOutcome missing = pool.describeInputs(new KernelFile("/not/there.py", file), "nothing", List.of());
        assertTrue(
                assertInstanceOf(InputsOutcome.Failed.class, missing).reason().contains("`nothing`"));
    }

    @Test
    void inputFunctionsAreCalledWithSymbols() throws Exception {
        String file = "import torch\n\n\ndef inputs(device, M, T=torch.float32):\n"
                + "    return {'x': torch.randn(M, 2, device=device, dtype=T)}\n";
        InputsOutcome outcome = pool.describeInputs(
                new KernelFile("/not/there.py", file), "inputs", List.of("x"), Map.of("M", 7, "T", "bfloat16"));
        String json = assertInstanceOf(InputsOutcome.Described.class, outcome, outcome.toString())
                .argumentsJson();
        assertTrue(json.contains("\"dtype\":\"bfloat16\",\"shape\":[7,2]"), json);
        InputsOutcome wrong = pool.describeInputs(
                new KernelFile("/not/there.py", file), "inputs", List.of("x"), Map.of("M", 7, "K", 1));
        assertTrue(assertInstanceOf(InputsOutcome.Failed.class, wrong).reason().contains("'K'"), wrong.toString());
    }

    @Test
    void aMissingPythonIsAnInfrastructureFailure() throws Exception {
        PythonRuntime broken = new PythonRuntime(Path.of("/no/such/python"), Path.of("."));
        try (CompileWorkerPool own = new CompileWorkerPool(broken, 1, Duration.ofSeconds(5))) {
            CompileOutcome.Failed failed = failed(own.compile(TestModules.addJob("a", TestModules.VECTOR_ADD)));
            assertEquals(Outcome.INFRASTRUCTURE, failed.outcome());
            assertTrue(failed.reason().contains("/no/such/python"), failed.reason());
        }
    }

    private static Artefact compiled(CompileOutcome outcome) {
        return assertInstanceOf(CompileOutcome.Compiled.class, outcome, outcome.toString())
                .artefact();
    }

    private static CompileOutcome.Failed failed(CompileOutcome outcome) {
        return assertInstanceOf(CompileOutcome.Failed.class, outcome, outcome.toString());
    }
}
