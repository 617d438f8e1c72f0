package dev.perihelion.cli;

import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.compiler.Target;
import dev.perihelion.compiler.TileCompiler;
import dev.perihelion.compiler.args.Arguments;
import dev.perihelion.compiler.syntax.SourceFile;
import dev.perihelion.executor.InputsOutcome;
import dev.perihelion.executor.KernelBuilder;
import dev.perihelion.executor.KernelFile;
import dev.perihelion.sweep.run.PerihelionToolchain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which kernel, with what arguments: shared by the commands that take a kernel. */
final class KernelOptions {

    @Parameters(paramLabel = "FILE::KERNEL", description = "The Python file and the kernel in it.")
    private String kernel;

    @Option(
            names = "--arg",
            paramLabel = "NAME=VALUE",
            description =
                    "A kernel argument, once for each parameter: f16[4096,2560], i64[64]:randint(0,9), 1e-5, none, torch.float16, (1,2), \"text\", @function, @expression ...")
    private List<String> arguments = List.of();

    @Option(
            names = "--inputs",
            paramLabel = "FUNCTION",
            description = "A function of FILE that takes a device and returns the arguments; in place of --arg.")
    private String inputs;

    /** For picocli, which fills it in. */
    KernelOptions() {}

    /** As if given on the command line. */
    KernelOptions(String kernel, List<String> arguments, String inputs) {
        this.kernel = kernel;
        this.arguments = arguments;
        this.inputs = inputs;
    }

    String file() {
        return split()[0];
    }

    String kernelName() {
        return split()[1];
    }

    private String[] split() {
        int at = kernel.lastIndexOf("::");
        if (at <= 0 || at + 2 >= kernel.length()) {
            throw new UserMistake("Name the kernel as FILE::KERNEL, for example `examples/softmax.py::softmax`, not `"
                    + kernel + "`.");
        }
        return new String[] {kernel.substring(0, at), kernel.substring(at + 2)};
    }

    String source() {
        return read(file());
    }

    static String read(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (NoSuchFileException e) {
            throw new UserMistake("There is no file `" + file + "`.");
        } catch (IOException e) {
            throw new UserMistake("Cannot read `" + file + "`: " + e.getMessage() + ".");
        }
    }

    /** Who runs an input function. */
    interface InputFunctions {

        InputsOutcome describe(KernelFile file, String function, List<String> names, Map<String, Object> symbols)
                throws InterruptedException;
    }

    /** VALUE texts by parameter name; an input function runs in a worker of its own, which ends then. */
    Map<String, String> argumentValues() {
        return argumentValues(KernelOptions::describeAlone);
    }

    /** Asks an input function in a worker that starts and ends with it. */
    static InputsOutcome describeAlone(
            KernelFile file, String function, List<String> names, Map<String, Object> symbols)
            throws InterruptedException {
        try (KernelBuilder worker = new PerihelionToolchain().openBuilder(1)) {
            return worker.describeInputs(file, function, names, symbols);
        }
    }

    /** VALUE texts by parameter name. */
    Map<String, String> argumentValues(InputFunctions functions) {
        if (inputs != null) {
            if (!arguments.isEmpty()) {
                throw new UserMistake("Give either `--arg` or `--inputs`, not both.");
            }
            return fromFunction(functions);
        }
        return parse(arguments);
    }

    static Map<String, String> parse(List<String> arguments) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (equals <= 0) {
                throw new UserMistake(
                        "Write `--arg NAME=VALUE`, for example `--arg 'x=f16[4096,2560]'`, not `" + argument + "`.");
            }
            if (values.put(
                            argument.substring(0, equals).strip(),
                            argument.substring(equals + 1).strip())
                    != null) {
                throw new UserMistake("The argument `" + argument.substring(0, equals) + "` is given twice.");
            }
        }
        return values;
    }

    private Map<String, String> fromFunction(InputFunctions functions) {
        KernelFile file = new KernelFile(Path.of(file()).toAbsolutePath().toString(), source());
        List<String> names = ParameterNames.of(new SourceFile(file(), source()), kernelName());
        try {
            InputsOutcome outcome = functions.describe(file, inputs, names, Map.of());
            if (outcome instanceof InputsOutcome.Described described) {
                return InputValues.fromJson(described.argumentsJson());
            }
            throw new UserMistake(
                    "The input function `" + inputs + "` failed: " + ((InputsOutcome.Failed) outcome).reason());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserMistake("Interrupted.");
        }
    }

    /** The arguments, read. */
    static Arguments read(Map<String, String> values) {
        try {
            return Arguments.parse(values);
        } catch (IllegalArgumentException e) {
            throw new UserMistake(e.getMessage());
        }
    }

    /** The kernel, analysed for a target. */
    AnalyzedKernel analyze(Target target) {
        return TileCompiler.analyze(new SourceFile(file(), source()), kernelName(), read(argumentValues()), target);
    }
}
