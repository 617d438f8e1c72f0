package dev.perihelion.cli;

import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.compiler.GeneratedModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code perihelion compile}, for one kernel or a batch. */
@Command(
        name = "compile",
        mixinStandardHelpOptions = true,
        description = "Prints the standalone Triton module of a kernel for one configuration.")
final class CompileCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "FILE::KERNEL",
            arity = "0..1",
            description = "The Python file and the kernel in it; not with --batch.")
    private String kernel;

    @Option(names = "--arg", paramLabel = "NAME=VALUE", description = "A kernel argument, once for each parameter.")
    private List<String> arguments = List.of();

    @Option(names = "--inputs", paramLabel = "FUNCTION", description = "A function of FILE that returns the arguments.")
    private String inputs;

    @Mixin
    private TargetOption target;

    @Option(
            names = "--config",
            paramLabel = "C",
            defaultValue = "default",
            description =
                    "default, random:SEED, suggested:INDEX, a JSON object, or @file.json (default: ${DEFAULT-VALUE})")
    private String config;

    @Option(names = "--output", paramLabel = "FILE", description = "Where the module goes; a folder with --batch.")
    private Path output;

    @Option(
            names = "--batch",
            paramLabel = "REQUESTS.jsonl",
            description = "Compiles many kernels in one run, one JSON request a line; see docs/cli.md.")
    private Path batch;

    @Override
    public Integer call() throws IOException {
        if (batch != null) {
            if (kernel != null || output == null) {
                throw new UserMistake("With `--batch`, give `--output DIR` and no kernel.");
            }
            return new BatchCompiler(target.read(), output, spec.commandLine().getOut()).run(batch);
        }
        if (kernel == null) {
            throw new UserMistake("Name a kernel as FILE::KERNEL, or give `--batch REQUESTS.jsonl`.");
        }
        AnalyzedKernel analyzed = new KernelOptions(kernel, arguments, inputs).analyze(target.read());
        GeneratedModule module = analyzed.generate(ConfigurationOption.read(config, analyzed));
        module.feasibility().refusal().ifPresent(reason -> {
            spec.commandLine()
                    .getErr()
                    .println("warning: " + target.read() + " cannot run this configuration. " + reason);
            spec.commandLine().getErr().flush();
        });
        String text = module.text();
        if (output == null) {
            spec.commandLine().getOut().print(text);
            spec.commandLine().getOut().flush();
        } else {
            try {
                Files.writeString(output, text);
            } catch (IOException e) {
                throw new UserMistake("Cannot write `" + output + "`: " + e + ".");
            }
        }
        return ExitStatus.DONE;
    }
}
