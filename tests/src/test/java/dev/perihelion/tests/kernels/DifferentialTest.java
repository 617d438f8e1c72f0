package dev.perihelion.tests.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.compiler.GeneratedModule;
import dev.perihelion.compiler.Target;
import dev.perihelion.compiler.args.ArgumentSpec;
import dev.perihelion.compiler.args.Arguments;
import dev.perihelion.executor.InterpreterWorker;
import dev.perihelion.executor.KernelFile;
import dev.perihelion.executor.MeasureJob;
import dev.perihelion.executor.MeasureOutcome;
import dev.perihelion.executor.MeasurePolicy;
import dev.perihelion.executor.PythonRuntime;
import dev.perihelion.executor.Reference;
import dev.perihelion.search.space.Configuration;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/**
 * Generated kernels under Triton's interpreter against torch, on the CPU: every case with its default configuration,
 * those of its decorator and some random ones. The system properties {@code perihelion.differential.configurations} (how many random ones) and
 * {@code perihelion.differential.seed} make larger runs.
 */
@Timeout(1800)
class DifferentialTest {

    private static final int CONFIGURATIONS = Integer.getInteger("perihelion.differential.configurations", 1);
    private static final long SEED = Long.getLong("perihelion.differential.seed", 1);
    private static final Target TARGET = Target.parse("cuda:90");

    private static InterpreterWorker worker;

    @BeforeAll
    static void start() {
        worker = new InterpreterWorker(PythonRuntime.find(), Duration.ofSeconds(60));
    }

    @AfterAll
    static void stop() {
        worker.close();
    }

    @TestFactory
    Stream<DynamicTest> kernelsComputeWhatTorchDoes() throws IOException {
        return KernelCase.all().stream().map(kase -> DynamicTest.dynamicTest(kase.toString(), () -> check(kase)));
    }

    private static void check(KernelCase kase) throws InterruptedException {
        assertThat(mistakes(kase, worker, CONFIGURATIONS, SEED)).isEmpty();
    }

    /** What is wrong with a case: a line for each configuration that failed. */
    static List<String> mistakes(KernelCase kase, InterpreterWorker worker, int configurations, long seed)
            throws InterruptedException {
        AnalyzedKernel kernel = kase.analyze(TARGET);
        SplittableRandom random =
                new SplittableRandom(seed * 31 + kase.toString().hashCode());
        List<Configuration> chosen = new ArrayList<>(List.of(kernel.space().defaultConfiguration()));
        chosen.addAll(kernel.userConfigurations());
        for (int i = 0; i < configurations; i++) {
            chosen.add(kernel.space().random(random));
        }
        List<String> mistakes = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Configuration configuration : chosen) {
            GeneratedModule module = kernel.generate(configuration);
            if (seen.add(module.sha256())) {
                for (Arguments arguments : arguments(kase, kernel)) {
                    MeasureOutcome outcome = worker.measure(job(kase, arguments, module));
                    if (!(outcome instanceof MeasureOutcome.Checked)) {
                        mistakes.add(outcome + " for " + arguments.toJson() + " with " + configuration.toJson());
                    }
                }
            }
        }
        return mistakes;
    }

    /** The kernel's own arguments, and the others that its module must be right for. */
    private static List<Arguments> arguments(KernelCase kase, AnalyzedKernel kernel) {
        List<Arguments> all = new ArrayList<>(List.of(kernel.arguments()));
        for (Map<String, String> other : kase.others()) {
            Map<String, ArgumentSpec> specs =
                    new LinkedHashMap<>(kernel.arguments().byName());
            specs.putAll(Arguments.parse(other).byName());
            all.add(new Arguments(specs));
        }
        return all;
    }

    private static MeasureJob job(KernelCase kase, Arguments arguments, GeneratedModule module) {
        KernelFile file = new KernelFile(kase.file().toString(), kase.source());
        return new MeasureJob(
                kase.kernel(),
                module.text(),
                kase.kernel(),
                arguments.toJson(),
                Optional.empty(),
                new Reference.UserFunction(file, kase.kernel() + "_reference"),
                MeasurePolicy.DEFAULT,
                3,
                OptionalDouble.empty(),
                1024);
    }
}
