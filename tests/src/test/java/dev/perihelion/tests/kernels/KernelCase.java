package dev.perihelion.tests.kernels;

import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.compiler.Target;
import dev.perihelion.compiler.TileCompiler;
import dev.perihelion.compiler.args.Arguments;
import dev.perihelion.compiler.syntax.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A kernel of {@code tests/kernels} with one set of inputs. There a kernel {@code f} stands under one comment line
 * {@code # inputs: NAME=VALUE; NAME=VALUE} for each set, values as on the command line, and {@code f_reference} tells
 * what it computes. Lines {@code # others: ...} are inputs for which the same module must be right.
 *
 * @param file where it stands
 * @param source the whole file
 * @param kernel the function
 * @param inputs parameter name to value
 * @param others more inputs that the module for {@code inputs} is run with
 */
record KernelCase(
        Path file, String source, String kernel, Map<String, String> inputs, List<Map<String, String>> others) {

    private static final Path FOLDER = Path.of(System.getenv("PERIHELION_ROOT"), "tests", "kernels");
    /** A part of the names of the files that are read; all by default. */
    private static final String FILES = System.getProperty("perihelion.kernels", "");

    private static final Pattern LINE =
            Pattern.compile("(?m)^(?:# inputs: (.*)|# others: (.*)|def (\\w+)\\(.*|(\\w+) = helion\\.kernel\\(.*)$");

    /** Every case of every file, in order. */
    static List<KernelCase> all() throws IOException {
        List<KernelCase> cases = new ArrayList<>();
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file : files.filter(path ->
                            path.toString().endsWith(".py") && path.toString().contains(FILES))
                    .sorted()
                    .toList()) {
                read(file, cases);
            }
        }
        return cases;
    }

    private static void read(Path file, List<KernelCase> cases) throws IOException {
        String source = Files.readString(file);
        List<String> waiting = new ArrayList<>();
        List<Map<String, String>> others = new ArrayList<>();
        Matcher lines = LINE.matcher(source);
        while (lines.find()) {
            if (lines.group(1) != null) {
                waiting.add(lines.group(1));
            } else if (lines.group(2) != null) {
                others.add(parse(lines.group(2)));
            } else {
                String kernel = lines.group(3) != null ? lines.group(3) : lines.group(4);
                List<Map<String, String>> more = List.copyOf(others);
                waiting.forEach(inputs -> cases.add(new KernelCase(file, source, kernel, parse(inputs), more)));
                waiting.clear();
                others.clear();
            }
        }
    }

    private static Map<String, String> parse(String line) {
        Map<String, String> inputs = new LinkedHashMap<>();
        for (String part : line.split("; ", -1)) {
            int equals = part.indexOf('=');
            inputs.put(part.substring(0, equals), part.substring(equals + 1));
        }
        return inputs;
    }

    AnalyzedKernel analyze(Target target) {
        SourceFile named = new SourceFile(file.getFileName().toString(), source);
        return TileCompiler.analyze(named, kernel, Arguments.parse(inputs), target);
    }

    @Override
    public String toString() {
        return kernel + " " + inputs;
    }
}
