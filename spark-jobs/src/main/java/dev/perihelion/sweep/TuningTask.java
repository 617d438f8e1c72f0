package dev.perihelion.sweep;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.perihelion.compiler.args.ArgumentSpec;
import dev.perihelion.compiler.args.Arguments;
import dev.perihelion.compiler.syntax.SourceFile;
import dev.perihelion.executor.MeasurePolicy;
import dev.perihelion.search.space.Configuration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One kernel to tune for one set of arguments and one target. Travels to executors as {@link #toJson() JSON}.
 *
 * @param file the kernel's Python file as the user gave it; used where it exists
 * @param source the file's whole text when the sweep was made; this is what is compiled, everywhere
 * @param kernel the function to tune
 * @param argumentValues VALUE texts by parameter name (see docs/cli.md); parameters with a default may be missing
 * @param target {@code cuda:90}, {@code hip:gfx942} ... or {@code cuda:auto} until the devices are known
 * @param strategy a name that {@link dev.perihelion.search.strategy.Strategies} knows
 * @param seed of the strategy and of the inputs
 * @param budget when to end
 * @param reference a function of the same file that results are compared with; without one, the default configuration's results
 * @param policy how latencies are taken
 * @param configurations what to try first, and for the strategy {@code listed} all that is tried; mostly empty
 * @param priority tasks of higher priority go first; 0 where nothing is said. A wish for the schedule, and no part of the id
 */
public record TuningTask(
        String file,
        String source,
        String kernel,
        Map<String, String> argumentValues,
        String target,
        String strategy,
        long seed,
        Budget budget,
        Optional<String> reference,
        MeasurePolicy policy,
        List<Configuration> configurations,
        int priority) {

    /** The target that stands for whatever GPU is found. */
    public static final String AUTO = "cuda:auto";

    /** A task of priority 0. */
    public TuningTask(
            String file,
            String source,
            String kernel,
            Map<String, String> argumentValues,
            String target,
            String strategy,
            long seed,
            Budget budget,
            Optional<String> reference,
            MeasurePolicy policy,
            List<Configuration> configurations) {
        this(
                file,
                source,
                kernel,
                argumentValues,
                target,
                strategy,
                seed,
                budget,
                reference,
                policy,
                configurations,
                0);
    }

    /** A task that leaves all to the strategy, of priority 0. */
    public TuningTask(
            String file,
            String source,
            String kernel,
            Map<String, String> argumentValues,
            String target,
            String strategy,
            long seed,
            Budget budget,
            Optional<String> reference,
            MeasurePolicy policy) {
        this(file, source, kernel, argumentValues, target, strategy, seed, budget, reference, policy, List.of());
    }

    public TuningTask {
        configurations = List.copyOf(configurations);
        argumentValues = Collections.unmodifiableMap(new LinkedHashMap<>(argumentValues));
    }

    /**
     * Short, readable and safe as a file name: kernel, first tensor, target, and a hash of everything that makes the task but
     * its priority, as {@code softmax-4096x2560-f16-cuda90-1f2e3d}. Known only when the target is.
     */
    public String id() {
        if (target.equals(AUTO)) {
            throw new IllegalStateException("A task has an id once its target is resolved.");
        }
        StringBuilder id = new StringBuilder(kernel);
        arguments().byName().values().stream()
                .filter(ArgumentSpec.Tensor.class::isInstance)
                .map(ArgumentSpec.Tensor.class::cast)
                .findFirst()
                .ifPresent(tensor -> {
                    id.append('-');
                    id.append(tensor.shape().isEmpty() ? "scalar" : join(tensor));
                    id.append('-').append(tensor.dtype().shortName());
                });
        id.append('-').append(target.replace(":", ""));
        String readable = id.toString().replaceAll("[^A-Za-z0-9_.-]", "_");
        return readable.substring(0, Math.min(80, readable.length())) + "-"
                + Hashes.sha256(withPriority(0).toJson()).substring(0, 6);
    }

    /** The argument values, read. */
    public Arguments arguments() {
        return Arguments.parse(argumentValues);
    }

    /** The source for the compiler, named as the user named it. */
    public SourceFile sourceFile() {
        return new SourceFile(file, source);
    }

    /** This task for another target. */
    public TuningTask withTarget(String newTarget) {
        return new TuningTask(
                file,
                source,
                kernel,
                argumentValues,
                newTarget,
                strategy,
                seed,
                budget,
                reference,
                policy,
                configurations,
                priority);
    }

    /** This task with another place in the schedule. */
    public TuningTask withPriority(int newPriority) {
        return new TuningTask(
                file,
                source,
                kernel,
                argumentValues,
                target,
                strategy,
                seed,
                budget,
                reference,
                policy,
                configurations,
                newPriority);
    }

    /** Everything of this task as one JSON object. */
    public String toJson() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("file", file);
        map.put("source", source);
        map.put("kernel", kernel);
        map.put("arguments", argumentValues);
        map.put("target", target);
        map.put("strategy", strategy);
        map.put("seed", seed);
        map.put("budget", budget.toJsonMap());
        map.put("reference", reference.orElse(null));
        map.put("policy", policy);
        if (!configurations.isEmpty()) {
            map.put(
                    "configurations",
                    configurations.stream().map(Configuration::values).toList());
        }
        if (priority != 0) {
            map.put("priority", priority);
        }
        return Json.write(map);
    }

    /** Reads {@link #toJson()}. */
    public static TuningTask fromJson(String json) {
        Map<String, Object> map = Json.readObject(json);
        return new TuningTask(
                (String) map.get("file"),
                (String) map.get("source"),
                (String) map.get("kernel"),
                Json.convert(map.get("arguments"), new TypeReference<LinkedHashMap<String, String>>() {}),
                (String) map.get("target"),
                (String) map.get("strategy"),
                ((Number) map.get("seed")).longValue(),
                Budget.fromJsonMap((Map<?, ?>) map.get("budget")),
                Optional.ofNullable((String) map.get("reference")),
                Json.convert(map.get("policy"), new TypeReference<MeasurePolicy>() {}),
                configurations(map.get("configurations")),
                map.get("priority") instanceof Number number ? number.intValue() : 0);
    }

    private static List<Configuration> configurations(Object list) {
        if (list == null) {
            return List.of();
        }
        return Json.convert(list, new TypeReference<List<Map<String, Object>>>() {}).stream()
                .map(Configuration::of)
                .toList();
    }

    private static String join(ArgumentSpec.Tensor tensor) {
        return String.join("x", tensor.shape().stream().map(Object::toString).toList())
                .toLowerCase(Locale.ROOT);
    }
}
