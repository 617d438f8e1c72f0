package dev.perihelion.cli;

import dev.perihelion.compiler.syntax.SourceFile;
import dev.perihelion.compiler.type.DType;
import dev.perihelion.executor.InputsOutcome;
import dev.perihelion.executor.KernelFile;
import dev.perihelion.sweep.spec.KernelEntry;
import dev.perihelion.sweep.spec.SweepSpec;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Asks the input functions of a specification in a Python worker. */
final class SweepInputs implements SweepSpec.InputFunctions {

    private final KernelOptions.InputFunctions worker;

    SweepInputs(KernelOptions.InputFunctions worker) {
        this.worker = worker;
    }

    @Override
    public Map<String, String> call(KernelEntry entry, Map<String, Object> symbols) throws InterruptedException {
        String function = entry.inputs().orElseThrow();
        List<String> names = ParameterNames.of(new SourceFile(entry.file(), entry.source()), entry.kernel());
        Map<String, Object> given = new LinkedHashMap<>(symbols);
        given.replaceAll((symbol, value) ->
                value instanceof String dtype ? DType.named(dtype).orElseThrow().torchName() : value);
        KernelFile file = new KernelFile(Path.of(entry.file()).toAbsolutePath().toString(), entry.source());
        InputsOutcome outcome = worker.describe(file, function, names, given);
        if (outcome instanceof InputsOutcome.Described described) {
            return InputValues.fromJson(described.argumentsJson());
        }
        throw new IllegalArgumentException("the input function `" + function + "` failed with " + symbols + ": "
                + ((InputsOutcome.Failed) outcome).reason().replaceFirst("^The input function failed: ", ""));
    }
}
