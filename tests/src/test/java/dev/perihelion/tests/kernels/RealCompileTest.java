package dev.perihelion.tests.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.compiler.Target;
import dev.perihelion.executor.CompileJob;
import dev.perihelion.executor.CompileOutcome;
import dev.perihelion.executor.CompileWorkerPool;
import dev.perihelion.executor.PythonRuntime;
import dev.perihelion.search.space.Configuration;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/**
 * What the interpreter accepts the compiler must accept too: the first case of each kernel gives a binary, with the
 * default configuration. The system property {@code perihelion.compile.every} thins the kernels out: 1 compiles all.
 */
@Timeout(900)
class RealCompileTest {

    private static final int EVERY = Integer.getInteger("perihelion.compile.every", 4);

    private static CompileWorkerPool pool;

    @BeforeAll
    static void start() {
        pool = new CompileWorkerPool(PythonRuntime.find(), 1, Duration.ofSeconds(60));
    }

    @AfterAll
    static void stop() {
        pool.close();
    }

    @TestFactory
    Stream<DynamicTest> kernelsCompileForNvidia() throws IOException {
        return tests(Target.parse("cuda:90"), EVERY, 0);
    }

    @TestFactory
    Stream<DynamicTest> kernelsCompileForNvidiasNext() throws IOException {
        return tests(Target.parse("cuda:100"), 2 * EVERY, 1);
    }

    @TestFactory
    Stream<DynamicTest> kernelsCompileForAmd() throws IOException {
        return tests(Target.parse("hip:gfx942"), EVERY, 2);
    }

    private static Stream<DynamicTest> tests(Target target, int every, int offset) throws IOException {
        Set<String> seen = new HashSet<>();
        List<KernelCase> first = KernelCase.all().stream()
                .filter(kase -> seen.add(kase.kernel()))
                .toList();
        return first.stream()
                .filter(kase -> (first.indexOf(kase) + offset) % every == 0)
                .map(kase -> DynamicTest.dynamicTest(
                        kase + " for " + target,
                        () -> assertThat(mistakes(kase, target, pool, 0)).isEmpty()));
    }

    /** What is wrong with the default configuration, those of the decorator and so many random ones. */
    static String mistakes(KernelCase kase, Target target, CompileWorkerPool pool, int configurations)
            throws InterruptedException {
        AnalyzedKernel kernel = kase.analyze(target);
        StringBuilder mistakes = new StringBuilder();
        SplittableRandom random = new SplittableRandom(kase.toString().hashCode());
        List<Configuration> chosen = new ArrayList<>(List.of(kernel.space().defaultConfiguration()));
        chosen.addAll(kernel.userConfigurations());
        for (int i = 0; i < configurations; i++) {
            chosen.add(kernel.space().random(random));
        }
        for (Configuration configuration : chosen) {
            CompileOutcome outcome = pool.compile(new CompileJob(
                    kase.kernel(),
                    kernel.generate(configuration).text(),
                    kase.kernel(),
                    kernel.arguments().toJson(),
                    target.toString(),
                    kase.kernel()));
            if (outcome instanceof CompileOutcome.Failed failed) {
                mistakes.append(failed)
                        .append(" with ")
                        .append(configuration.toJson())
                        .append('\n');
            }
        }
        return mistakes.toString();
    }
}
