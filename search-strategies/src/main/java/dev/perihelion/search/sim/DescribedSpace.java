package dev.perihelion.search.sim;

import dev.perihelion.search.space.BooleanParameter;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.EnumParameter;
import dev.perihelion.search.space.IntegerParameter;
import dev.perihelion.search.space.ListedConfigurations;
import dev.perihelion.search.space.Parameter;
import dev.perihelion.search.space.ParameterName;
import dev.perihelion.search.space.PermutationParameter;
import dev.perihelion.search.space.PowerOfTwoParameter;
import dev.perihelion.search.space.SearchSpace;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The search space of a recording that came with a description of its parameters, as {@link SearchSpace#describe} gives it. */
public final class DescribedSpace {

    private DescribedSpace() {}

    /**
     * The described parameters, narrowed to the values that occur, with exactly the listed configurations legal.
     *
     * @param description one map for each parameter: {@code key}, {@code index}, {@code kind}, its domain and {@code default}
     * @param legal the configurations; the description's default is one of them
     * @throws IllegalArgumentException if the description is not one, or does not fit the configurations
     */
    public static SearchSpace of(List<Map<String, Object>> description, List<Configuration> legal) {
        List<Parameter> parameters = new ArrayList<>();
        for (Map<String, Object> row : description) {
            ParameterName name = row.get("index") instanceof Number index
                    ? ParameterName.element(String.valueOf(row.get("key")), index.intValue())
                    : ParameterName.scalar(String.valueOf(row.get("key")));
            Set<Object> occurring = legal.stream()
                    .map(configuration -> Optional.ofNullable(configuration.get(name)))
                    .distinct()
                    .map(value -> value.orElse(null))
                    .collect(Collectors.toCollection(LinkedHashSet::new));
            parameters.add(parameter(name, row, occurring));
        }
        List<ParameterName> names = parameters.stream().map(Parameter::name).toList();
        return new SearchSpace(parameters, List.of(new ListedConfigurations(names, legal)));
    }

    private static Parameter parameter(ParameterName name, Map<String, Object> row, Set<Object> occurring) {
        Object initial = Configuration.of(Collections.singletonMap("value", row.get("default")))
                .values()
                .get("value");
        String kind = String.valueOf(row.get("kind"));
        return switch (kind) {
            case "power_of_two" -> new PowerOfTwoParameter(name, least(occurring), most(occurring), (Long) initial);
            case "integer" -> new IntegerParameter(name, least(occurring), most(occurring), (Long) initial);
            case "boolean" -> new BooleanParameter(name, (Boolean) initial);
            case "enum" -> new EnumParameter(name, choices(row, occurring), initial);
            case "permutation" -> new PermutationParameter(name, ((List<?>) initial).size());
            default ->
                throw new IllegalArgumentException("`" + name + "` is of kind `" + kind + "`, which is not known.");
        };
    }

    private static List<Object> choices(Map<String, Object> row, Set<Object> occurring) {
        List<Object> choices = new ArrayList<>();
        for (Object choice : (List<?>) row.get("choices")) {
            Object canonical = Configuration.of(Collections.singletonMap("value", choice))
                    .values()
                    .get("value");
            if (occurring.contains(canonical)) {
                choices.add(canonical);
            }
        }
        return choices;
    }

    private static long least(Set<Object> values) {
        return values.stream().mapToLong(value -> (Long) value).min().orElseThrow();
    }

    private static long most(Set<Object> values) {
        return values.stream().mapToLong(value -> (Long) value).max().orElseThrow();
    }
}
