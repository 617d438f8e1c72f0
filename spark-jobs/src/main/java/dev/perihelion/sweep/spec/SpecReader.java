package dev.perihelion.sweep.spec;

import dev.perihelion.compiler.Target;
import dev.perihelion.compiler.args.Arguments;
import dev.perihelion.executor.MeasurePolicy;
import dev.perihelion.search.strategy.Strategies;
import dev.perihelion.sweep.Budget;
import dev.perihelion.sweep.TuningTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Turns the YAML tree into a {@link SweepSpec}; stops at the first mistake. */
final class SpecReader {

    private static final List<String> TOP =
            List.of("name", "kernels", "targets", "strategy", "budget", "measure", "kubernetes");
    private static final List<String> KERNEL = List.of("kernel", "reference", "args", "shapes");
    private static final List<String> STRATEGY = List.of("name", "seed");
    private static final List<String> BUDGET = List.of("evaluations", "gpu_seconds", "seconds");
    private static final List<String> MEASURE =
            List.of("l2", "rank_ms", "min_calls", "max_calls", "screen_calls", "screen_ratio", "run_timeout_ms");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_]\\w*");

    private final SpecNode root;
    private final String text;
    private final String fileName;
    private final Path folder;

    SpecReader(String fileName, String text, Path folder) {
        this.root = SpecNode.parse(fileName, text);
        this.text = text;
        this.fileName = fileName;
        this.folder = folder;
    }

    SweepSpec read() {
        Map<String, SpecNode> top = root.map(TOP);
        if (!top.containsKey("kernels")) {
            throw root.error(
                    "`kernels` is missing. Write `kernels: [{kernel: \"file.py::name\", args: {x: \"f32[4096]\"}}]`.");
        }
        List<KernelEntry> kernels = new ArrayList<>();
        for (SpecNode entry : top.get("kernels").list("`- kernel: file.py::name`")) {
            kernels.add(kernel(entry));
        }
        if (kernels.isEmpty()) {
            throw top.get("kernels").error("`kernels` has no entry. Write `- kernel: file.py::name`.");
        }
        String strategy = SweepSpec.DEFAULT_STRATEGY;
        long seed = 0;
        if (top.containsKey("strategy")) {
            SpecNode node = top.get("strategy");
            Map<String, SpecNode> map = node.isScalar() ? Map.of("name", node) : node.map(STRATEGY);
            strategy = map.containsKey("name") ? map.get("name").oneOf(Strategies.names()) : strategy;
            seed = map.containsKey("seed") ? map.get("seed").whole(0) : 0;
        }
        return new SweepSpec(
                top.containsKey("name") ? top.get("name").text() : baseName(),
                text,
                kernels,
                top.containsKey("targets") ? targets(top.get("targets")) : List.of(TuningTask.AUTO),
                strategy,
                seed,
                top.containsKey("budget") ? budget(top.get("budget")) : Budget.DEFAULT,
                top.containsKey("measure") ? policy(top.get("measure")) : MeasurePolicy.DEFAULT);
    }

    private String baseName() {
        return fileName.replaceAll(".*[/\\\\]", "").replaceAll("\\.ya?ml$", "");
    }

    private static List<String> targets(SpecNode node) {
        List<String> targets = new ArrayList<>();
        for (SpecNode item : node.isScalar() ? List.of(node) : node.list("`[cuda:auto, hip:gfx942]`")) {
            String target = item.text();
            if (!target.equals(TuningTask.AUTO)) {
                try {
                    Target.parse(target);
                } catch (IllegalArgumentException e) {
                    throw item.error(e.getMessage());
                }
            }
            if (targets.contains(target)) {
                throw item.error("the target `" + target + "` stands here twice.");
            }
            targets.add(target);
        }
        if (targets.isEmpty()) {
            throw node.error("`targets` is empty. Write `targets: [cuda:auto]` or leave it out.");
        }
        return targets;
    }

    private static Budget budget(SpecNode node) {
        if (node.isScalar()) {
            try {
                return Budget.parse(node.text());
            } catch (IllegalArgumentException e) {
                throw node.error(e.getMessage());
            }
        }
        Map<String, SpecNode> map = node.map(BUDGET);
        boolean timed = map.containsKey("gpu_seconds") || map.containsKey("seconds");
        int evaluations = timed ? Integer.MAX_VALUE : Budget.DEFAULT.evaluations();
        if (map.containsKey("evaluations")) {
            evaluations =
                    (int) Math.min(Integer.MAX_VALUE, map.get("evaluations").whole(1));
        }
        return new Budget(
                evaluations,
                map.containsKey("gpu_seconds") ? map.get("gpu_seconds").positive() : Double.POSITIVE_INFINITY,
                map.containsKey("seconds") ? map.get("seconds").positive() : Double.POSITIVE_INFINITY);
    }

    private static MeasurePolicy policy(SpecNode node) {
        Map<String, SpecNode> map = node.map(MEASURE);
        MeasurePolicy base = MeasurePolicy.DEFAULT;
        int minCalls = map.containsKey("min_calls") ? (int) map.get("min_calls").whole(1) : base.minCalls();
        int maxCalls = map.containsKey("max_calls") ? (int) map.get("max_calls").whole(1) : base.maxCalls();
        if (minCalls > maxCalls) {
            throw node.error(
                    "`measure.min_calls` is " + minCalls + ", more than `max_calls`, which is " + maxCalls + ".");
        }
        return new MeasurePolicy(
                base.timer(),
                map.containsKey("l2") ? map.get("l2").oneOf(List.of("cold", "warm")) : base.l2(),
                map.containsKey("screen_calls") ? (int) map.get("screen_calls").whole(1) : base.screenCalls(),
                map.containsKey("screen_ratio") ? map.get("screen_ratio").positive() : base.screenRatio(),
                map.containsKey("rank_ms") ? map.get("rank_ms").positive() : base.rankMillis(),
                minCalls,
                maxCalls,
                map.containsKey("run_timeout_ms") ? map.get("run_timeout_ms").whole(1) : base.runTimeoutMillis());
    }

    private KernelEntry kernel(SpecNode entry) {
        Map<String, SpecNode> map = entry.map(KERNEL);
        if (!map.containsKey("kernel")) {
            throw entry.error("`kernel` is missing. Write `kernel: file.py::name`.");
        }
        SpecNode place = map.get("kernel");
        String[] parts = place.text().split("::", -1);
        if (parts.length != 2 || parts[0].isEmpty() || !NAME.matcher(parts[1]).matches()) {
            throw place.error("`" + place.text() + "` does not name a kernel. Write `kernel: file.py::name`.");
        }
        Path file = find(place, parts[0]);
        Optional<String> reference = Optional.ofNullable(map.get("reference")).map(SpecNode::text);
        return new KernelEntry(file.toString(), read(place, file), parts[1], reference, argumentSets(map));
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

    private static List<Map<String, String>> argumentSets(Map<String, SpecNode> map) {
        Map<String, SpecNode> arguments =
                map.containsKey("args") ? map.get("args").map(List.of()) : Map.of();
        List<Map<String, Long>> shapes = map.containsKey("shapes") ? shapes(map.get("shapes")) : List.of(Map.of());
        requireUsed(arguments, shapes, map.get("shapes"));
        List<Map<String, String>> sets = new ArrayList<>();
        for (Map<String, Long> shape : shapes) {
            Map<String, String> set = new LinkedHashMap<>();
            arguments.forEach((name, node) -> set.put(name, argument(name, node, shape)));
            sets.add(set);
        }
        return sets;
    }

    private static String argument(String name, SpecNode node, Map<String, Long> shape) {
        String template = node.valueText();
        if (template.indexOf('[') >= 0 || template.indexOf('(') >= 0) {
            Set<String> missing = new TreeSet<>(Symbols.in(template));
            missing.removeAll(shape.keySet());
            missing.removeIf(word -> !word.matches("[A-Z]\\w*"));
            if (!missing.isEmpty()) {
                String symbol = missing.iterator().next();
                throw node.error("`" + symbol + "` in `" + name + ": " + template + "` has no value. Add it under "
                        + "`shapes`, as `shapes: {" + symbol + ": [1024, 4096]}`.");
            }
        }
        String text = Symbols.substitute(template, shape);
        try {
            Arguments.parse(Map.of(name, text));
            return text;
        } catch (IllegalArgumentException e) {
            throw node.error(e.getMessage());
        }
    }

    private static void requireUsed(Map<String, SpecNode> arguments, List<Map<String, Long>> shapes, SpecNode node) {
        Set<String> used = new TreeSet<>();
        arguments.values().forEach(value -> used.addAll(Symbols.in(value.valueText())));
        for (Map<String, Long> shape : shapes) {
            for (String symbol : shape.keySet()) {
                if (!used.contains(symbol)) {
                    throw node.error("no argument uses the symbol `" + symbol
                            + "`. Write it into a shape, as `x: \"f32[" + symbol + "]\"`, or take it out of `shapes`.");
                }
            }
        }
    }

    private static List<Map<String, Long>> shapes(SpecNode node) {
        List<Map<String, Long>> shapes = new ArrayList<>();
        if (node.isList()) {
            for (SpecNode item : node.list("`- {M: 2048, N: 4096}`")) {
                Map<String, Long> shape = new LinkedHashMap<>();
                item.map(List.of()).forEach((symbol, value) -> shape.put(symbol(item, symbol), value.whole(0)));
                shapes.add(shape);
            }
        } else {
            shapes.add(Map.of());
            for (Map.Entry<String, SpecNode> entry : node.map(List.of()).entrySet()) {
                shapes = product(shapes, symbol(node, entry.getKey()), entry.getValue());
            }
        }
        if (shapes.isEmpty()) {
            throw node.error("`shapes` gives no shape. Write `shapes: {M: [2048, 8192]}` or leave it out.");
        }
        return shapes;
    }

    private static List<Map<String, Long>> product(List<Map<String, Long>> shapes, String symbol, SpecNode values) {
        List<Map<String, Long>> product = new ArrayList<>();
        List<SpecNode> items = values.isScalar() ? List.of(values) : values.list("`[2048, 8192]`");
        for (Map<String, Long> shape : shapes) {
            for (SpecNode item : items) {
                Map<String, Long> next = new LinkedHashMap<>(shape);
                next.put(symbol, item.whole(0));
                product.add(next);
            }
        }
        return product;
    }

    private static String symbol(SpecNode node, String symbol) {
        if (!NAME.matcher(symbol).matches() || Symbols.isReserved(symbol)) {
            throw node.error("`" + symbol + "` cannot name an extent. Write a name as `M` or `hidden`.");
        }
        return symbol;
    }
}
