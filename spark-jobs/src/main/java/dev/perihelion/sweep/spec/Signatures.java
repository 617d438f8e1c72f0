package dev.perihelion.sweep.spec;

import dev.perihelion.compiler.syntax.Parameters;
import dev.perihelion.compiler.syntax.Parameters.Kind;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Compares what an entry says with the functions of its Python file. */
final class Signatures {

    private Signatures() {}

    /** The functions that an entry names are in the kernel's file. */
    static void requireFunctions(KernelPlace place, KernelSource source, Map<String, SpecNode> map) {
        if (!source.has(place.kernel())) {
            String known =
                    source.kernels().isEmpty() ? "" : " Its kernels are " + String.join(", ", source.kernels()) + ".";
            place.node()
                    .report("there is no kernel `" + place.kernel() + "` in `" + place.written() + "`"
                            + SpecNode.suggestion(place.kernel(), source.kernels()) + known);
        }
        for (String key : List.of("reference", "inputs")) {
            SpecNode node = map.get(key);
            Optional<String> function =
                    Optional.ofNullable(node).flatMap(given -> given.mistakes().attempt(given::text));
            function.filter(name -> !source.has(name))
                    .ifPresent(name -> node.report("there is no function `" + name + "` in `" + place.written() + "`"
                            + SpecNode.suggestion(name, source.helpers()) + " `" + key
                            + "` names a function of the kernel's file."));
        }
    }

    /** An input function is called as {@code function(device=..., M=..., N=...)}. */
    static void requireInputsFit(KernelSource source, SpecNode node, String function, Set<String> symbols) {
        List<Parameters.Parameter> parameters = source.parameters(function).orElse(List.of());
        if (parameters.isEmpty() || parameters.stream().anyMatch(each -> each.kind() == Kind.VAR_KEYWORD)) {
            return;
        }
        Set<String> names = parameters.stream()
                .map(Parameters.Parameter::name)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        for (String symbol : symbols) {
            if (!names.contains(symbol)) {
                node.report("the input function `" + function + "` has no parameter `" + symbol + "`"
                        + SpecNode.suggestion(symbol, names)
                        + " It is called with `device` and every symbol of `shapes` and `dtypes`, by name.");
            }
        }
        for (Parameters.Parameter parameter : parameters) {
            boolean given = parameter.name().equals("device")
                    || symbols.contains(parameter.name())
                    || parameter.defaultValue().isPresent()
                    || parameter.kind() == Kind.VAR_POSITIONAL;
            if (!given) {
                node.report("the input function `" + function + "` needs `" + parameter.name()
                        + "`. Give it values under `shapes` or `dtypes`, or give the parameter a default.");
            }
        }
    }

    /** Arguments have the names of parameters, and every parameter without a default has one. */
    static void requireArgumentsFit(
            KernelPlace place, KernelSource source, SpecNode entry, Map<String, SpecNode> arguments) {
        List<Parameters.Parameter> parameters =
                source.parameters(place.kernel()).orElse(null);
        if (parameters == null) {
            return;
        }
        List<String> names = parameters.stream().map(Parameters.Parameter::name).toList();
        SpecNode node = entry.value("args").orElse(entry);
        for (String name : arguments.keySet()) {
            if (!names.contains(name)) {
                node.key(name)
                        .report("`" + place.kernel() + "` has no parameter `" + name + "`"
                                + SpecNode.suggestion(name, names) + " It has " + String.join(", ", names) + ".");
            }
        }
        List<String> missing = parameters.stream()
                .filter(each -> each.defaultValue().isEmpty()
                        && each.kind() != Kind.VAR_POSITIONAL
                        && each.kind() != Kind.VAR_KEYWORD
                        && !arguments.containsKey(each.name()))
                .map(Parameters.Parameter::name)
                .toList();
        if (!missing.isEmpty()) {
            node.report("`" + place.kernel() + "` also needs "
                    + missing.stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "))
                    + ". Write under `args`, as `args: {" + missing.get(0)
                    + ": \"f32[4096]\"}`, or name an input function under `inputs`.");
        }
    }
}
