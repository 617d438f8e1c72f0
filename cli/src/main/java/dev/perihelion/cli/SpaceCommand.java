package dev.perihelion.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.compiler.space.Keys;
import dev.perihelion.search.space.Parameter;
import dev.perihelion.search.space.PowerOfTwoParameter;
import dev.perihelion.search.space.SearchSpace;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code perihelion space}. */
@Command(
        name = "space",
        mixinStandardHelpOptions = true,
        description = "Shows the search space that the compiler derives for a kernel.")
final class SpaceCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private KernelOptions kernel;

    @Mixin
    private TargetOption target;

    @Option(names = "--json", description = "Prints one JSON document.")
    private boolean json;

    @Option(
            names = "--vary",
            paramLabel = "NAME=VALUES",
            description =
                    "For --configs: a parameter and the values it takes, separated by commas; once for each that varies."
                            + " NAME[*] is all elements of a list together. The others stay at their default.")
    private List<String> vary = List.of();

    @Option(
            names = "--configs",
            paramLabel = "FILE",
            description =
                    "Writes the legal configurations of the sub-space that --vary gives, one JSON object a line, for"
                            + " `perihelion tune --configs`.")
    private Path configurations;

    @Override
    public Integer call() {
        AnalyzedKernel analyzed = kernel.analyze(target.read());
        PrintWriter out = spec.commandLine().getOut();
        if (configurations != null) {
            int count = ConfigurationLines.write(
                    configurations, VaryOption.read(analyzed.space(), vary).configurations());
            out.println(count + " configurations are in " + configurations + ".");
            return ExitStatus.DONE;
        }
        if (json) {
            out.println(toJson(analyzed, kernel.file()));
            return ExitStatus.DONE;
        }
        SearchSpace space = analyzed.space();
        out.printf(
                Locale.ROOT,
                "%s for %s: %d parameters, about 10^%.1f configurations%n%n",
                analyzed.kernelName(),
                analyzed.target(),
                space.parameters().size(),
                space.sizeLog10());
        List<List<String>> rows = new ArrayList<>();
        for (Parameter parameter : space.parameters()) {
            Map<String, Object> domain = parameter.domain();
            rows.add(List.of(
                    parameter.name().toString(),
                    parameter.kind(),
                    domain.toString().replaceAll("^\\{|}$", ""),
                    String.valueOf(parameter.defaultValue())));
        }
        TextTable.print(out, List.of("parameter", "kind", "values", "default"), rows);
        return ExitStatus.DONE;
    }

    /** The document of {@code --json}. */
    static String toJson(AnalyzedKernel analyzed, String file) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("kernel", analyzed.kernelName());
        document.put("file", file);
        document.put("target", analyzed.target().toString());
        document.put("parameters", analyzed.space().describe());
        document.put("default", standard(analyzed.space()));
        document.put("size_log10", analyzed.space().sizeLog10());
        try {
            return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A space is always JSON.", e);
        }
    }

    /** The default configuration as Helion writes it: null for rows that stay whole. */
    private static Map<String, Object> standard(SearchSpace space) {
        Map<String, Object> values =
                new LinkedHashMap<>(space.defaultConfiguration().values());
        List<Object> chunks = new ArrayList<>();
        for (Parameter parameter : space.parameters()) {
            if (parameter instanceof PowerOfTwoParameter chunk
                    && chunk.name().key().equals(Keys.REDUCTION_LOOPS)) {
                chunks.add(chunk.start() == chunk.high() ? null : chunk.start());
            }
        }
        if (!chunks.isEmpty()) {
            values.put(Keys.REDUCTION_LOOPS, chunks);
        }
        return values;
    }
}
