package dev.perihelion.compiler.speed;

import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.compiler.GeneratedModule;
import dev.perihelion.compiler.Target;
import dev.perihelion.compiler.TileCompiler;
import dev.perihelion.compiler.args.Arguments;
import dev.perihelion.compiler.syntax.SourceFile;
import dev.perihelion.search.space.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The compiler's own speed, warm, on one thread, for kernels of {@code bench/speed/kernels}. {@code bench/jmh.sh} runs
 * it; docs/benchmarks.md has the figures.
 */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class CompilerBenchmark {

    private static final int CONFIGURATIONS = 256;
    private static final Map<String, Map<String, String>> INPUTS = Map.of(
            "softmax", Map.of("x", "bf16[4096,8192]"),
            "attention", Map.of("q", "bf16[64,2048,128]", "k", "bf16[64,2048,128]", "v", "bf16[64,2048,128]"));

    /** The kernel; its file has the same name. */
    @Param({"softmax", "attention"})
    public String kernel = "softmax";

    private SourceFile file;
    private Arguments arguments;
    private AnalyzedKernel analyzed;
    private List<Configuration> configurations;
    private int next;

    /** Reads the kernel and draws the configurations. */
    @Setup
    public void read() throws IOException {
        String root = System.getenv().getOrDefault("PERIHELION_ROOT", ".");
        Path path = Path.of(root, "bench", "speed", "kernels", kernel + ".py");
        file = new SourceFile(path.getFileName().toString(), Files.readString(path));
        arguments = Arguments.parse(INPUTS.get(kernel));
        analyzed = analysis();
        SplittableRandom random = new SplittableRandom(1);
        configurations = new ArrayList<>();
        while (configurations.size() < CONFIGURATIONS) {
            configurations.add(analyzed.space().random(random));
        }
    }

    /** File to kernel: parsing, types and search space. */
    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    @OutputTimeUnit(TimeUnit.MILLISECONDS)
    public AnalyzedKernel analysis() {
        return TileCompiler.analyze(file, kernel, arguments, Target.parse("cuda:90"));
    }

    /** Configuration to Triton text, a different random configuration each time. */
    @Benchmark
    @BenchmarkMode(Mode.Throughput)
    @OutputTimeUnit(TimeUnit.SECONDS)
    public GeneratedModule generation() {
        next = (next + 1) % CONFIGURATIONS;
        return analyzed.generate(configurations.get(next));
    }
}
