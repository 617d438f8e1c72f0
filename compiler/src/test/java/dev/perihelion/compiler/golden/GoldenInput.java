package dev.perihelion.compiler.golden;

import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.compiler.Target;
import dev.perihelion.compiler.TileCompiler;
import dev.perihelion.compiler.args.Arguments;
import dev.perihelion.compiler.syntax.SourceFile;
import dev.perihelion.search.space.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A file of {@code src/test/resources/kernels}. Its first comment lines say what to do with it: {@code # kernel: NAME},
 * {@code # arg NAME: VALUE}, {@code # config: default} or a JSON object, {@code # target: cuda:90}.
 */
record GoldenInput(Path path, SourceFile source, String kernel, Arguments arguments, String config, Target target) {

    static final Path FOLDER = Path.of("src/test/resources/kernels");

    /** The inputs of a folder below {@link #FOLDER}, by name. */
    static List<GoldenInput> all(String folder) throws IOException {
        try (Stream<Path> files = Files.list(FOLDER.resolve(folder))) {
            List<GoldenInput> inputs = new java.util.ArrayList<>();
            for (Path file : files.filter(path -> path.toString().endsWith(".py"))
                    .sorted()
                    .toList()) {
                inputs.add(read(file));
            }
            return inputs;
        }
    }

    private static GoldenInput read(Path file) throws IOException {
        String text = Files.readString(file);
        Map<String, String> header = new LinkedHashMap<>();
        Map<String, String> values = new LinkedHashMap<>();
        for (String line : text.lines().takeWhile(l -> l.startsWith("# ")).toList()) {
            int colon = line.indexOf(": ");
            String name = line.substring(2, colon);
            String value = line.substring(colon + 2);
            if (name.startsWith("arg ")) {
                values.put(name.substring(4), value);
            } else {
                header.put(name, value);
            }
        }
        return new GoldenInput(
                file,
                new SourceFile(file.getFileName().toString(), text),
                header.get("kernel"),
                Arguments.parse(values),
                header.getOrDefault("config", "default"),
                Target.parse(header.getOrDefault("target", "cuda:90")));
    }

    AnalyzedKernel analyze() {
        return TileCompiler.analyze(source, kernel, arguments, target);
    }

    Configuration configuration(AnalyzedKernel analyzed) {
        return config.equals("default") ? analyzed.space().defaultConfiguration() : Configuration.fromJson(config);
    }

    /**
     * Compares with the expectation beside the input. With {@code PERIHELION_ACCEPT=1} it is rewritten, and the message
     * says so, so that nobody accepts by accident.
     */
    Optional<String> compare(String ending, String actual) throws IOException {
        Path expected = Path.of(path.toString().replaceAll("\\.py$", ending));
        if ("1".equals(System.getenv("PERIHELION_ACCEPT"))) {
            Files.writeString(expected, actual);
            return Optional.of("Accepted " + expected + "; run again without PERIHELION_ACCEPT.");
        }
        if (!Files.exists(expected)) {
            return Optional.of("There is no " + expected + ".");
        }
        String text = Files.readString(expected);
        return text.equals(actual)
                ? Optional.empty()
                : Optional.of(expected + " has\n" + text + "\nbut the compiler gives\n" + actual);
    }

    @Override
    public String toString() {
        return path.getFileName().toString();
    }
}
