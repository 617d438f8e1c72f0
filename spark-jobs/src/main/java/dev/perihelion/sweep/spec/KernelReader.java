package dev.perihelion.sweep.spec;

import dev.perihelion.compiler.diagnostics.CompileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the entries of {@code kernels} and compares them with the Python files that they name. */
final class KernelReader {

    private static final List<String> KEYS = List.of(
            "kernel",
            "reference",
            "args",
            "inputs",
            "shapes",
            "dtypes",
            "targets",
            "strategy",
            "budget",
            "measure",
            "priority");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_]\\w*");

    private final Mistakes mistakes;
    private final Path folder;
    private final KernelSettings defaults;
    private final Map<Path, Optional<KernelSource>> sources = new HashMap<>();

    KernelReader(Mistakes mistakes, Path folder, KernelSettings defaults) {
        this.mistakes = mistakes;
        this.folder = folder;
        this.defaults = defaults;
    }

    /** The entry; its mistakes are kept, and what has some is left out of it. */
    KernelEntry read(SpecNode entry) {
        Map<String, SpecNode> map = entry.map(KEYS);
        if (map.containsKey("inputs") && map.containsKey("args")) {
            entry.key("inputs").report("give either `args` or `inputs`, not both.");
        }
        if (!map.containsKey("kernel")) {
            entry.report("`kernel` is missing. Write `kernel: file.py::name`.");
        }
        Optional<KernelPlace> place =
                Optional.ofNullable(map.get("kernel")).flatMap(node -> mistakes.attempt(() -> place(node)));
        Optional<String> inputs = text(map, "inputs");
        KernelSettings settings = SettingsReader.read(map, defaults);
        List<ArgumentSet> sets = sets(entry, map, place, inputs);
        return new KernelEntry(
                place.map(found -> found.file().toString()).orElse(""),
                place.map(KernelPlace::text).orElse(""),
                place.map(KernelPlace::kernel).orElse(""),
                text(map, "reference"),
                inputs,
                settings,
                sets);
    }

    private List<ArgumentSet> sets(
            SpecNode entry, Map<String, SpecNode> map, Optional<KernelPlace> place, Optional<String> inputs) {
        Optional<KernelSource> source = place.flatMap(KernelPlace::source);
        source.ifPresent(functions -> Signatures.requireFunctions(place.get(), functions, map));
        Set<String> symbols = ShapeReader.symbols(map);
        List<ShapePoint> points =
                mistakes.attempt(() -> ShapeReader.read(entry, map)).orElse(List.of());
        int priority = Optional.ofNullable(map.get("priority"))
                .flatMap(node -> mistakes.attempt(node::integer))
                .orElse(0);
        List<ArgumentSet> sets = new ArrayList<>();
        if (map.containsKey("inputs")) {
            inputs.ifPresent(name -> source.ifPresent(
                    functions -> Signatures.requireInputsFit(functions, map.get("inputs"), name, symbols)));
            points.forEach(point -> sets.add(set(Optional.empty(), point, priority)));
            return sets;
        }
        Optional<Map<String, SpecNode>> arguments = map.containsKey("args")
                ? mistakes.attempt(() -> map.get("args").map(List.of()))
                : Optional.of(Map.of());
        if (arguments.isEmpty()) {
            return List.of();
        }
        source.ifPresent(functions -> Signatures.requireArgumentsFit(place.get(), functions, entry, arguments.get()));
        ArgumentReader reader = new ArgumentReader(arguments.get(), map, symbols, mistakes);
        for (ShapePoint point : points) {
            reader.values(point).ifPresent(values -> sets.add(set(Optional.of(values), point, priority)));
        }
        return sets;
    }

    private ArgumentSet set(Optional<Map<String, String>> values, ShapePoint point, int priority) {
        Map<String, Object> symbols = new LinkedHashMap<>(point.dtypes());
        symbols.putAll(point.extents());
        return new ArgumentSet(
                values,
                symbols,
                point.priority().orElse(priority),
                point.place().line(),
                point.place().column());
    }

    private Optional<String> text(Map<String, SpecNode> map, String key) {
        return Optional.ofNullable(map.get(key)).flatMap(node -> mistakes.attempt(node::text));
    }

    private KernelPlace place(SpecNode node) {
        String[] parts = node.text().split("::", -1);
        if (parts.length != 2 || parts[0].isEmpty() || !NAME.matcher(parts[1]).matches()) {
            throw node.error("`" + node.text() + "` does not name a kernel. Write `kernel: file.py::name`.");
        }
        Path file = find(node, parts[0]);
        String text = read(node, file);
        return new KernelPlace(
                file, text, parts[1], node, sources.computeIfAbsent(file, path -> parse(node, path, text)));
    }

    private Optional<KernelSource> parse(SpecNode node, Path file, String text) {
        try {
            return Optional.of(new KernelSource(file.toString(), text));
        } catch (CompileException e) {
            node.report("the kernel's file cannot be read: " + KernelSource.oneLine(e));
            return Optional.empty();
        }
    }

    private Path find(SpecNode place, String path) {
        Path beside = folder.resolve(path);
        if (Files.isRegularFile(beside)) {
            return beside.normalize();
        }
        Path here = Path.of(path);
        if (Files.isRegularFile(here)) {
            return here;
        }
        throw place.error(
                "there is no file `" + path + "`, neither beside the specification nor in the working directory.");
    }

    private static String read(SpecNode place, Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw place.error("cannot read `" + file + "`: " + e.getMessage() + ".");
        }
    }
}
