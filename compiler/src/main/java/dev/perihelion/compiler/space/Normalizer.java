package dev.perihelion.compiler.space;

import dev.perihelion.compiler.InvalidConfigurationException;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.EnumParameter;
import dev.perihelion.search.space.Parameter;
import dev.perihelion.search.space.PowerOfTwoParameter;
import dev.perihelion.search.space.SearchSpace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Brings a user's configuration to the form of a kernel's space: every key, every element, checked values. */
public final class Normalizer {

    private final SearchSpace space;
    private final Map<String, List<Parameter>> byKey = new LinkedHashMap<>();

    public Normalizer(SearchSpace space) {
        this.space = space;
        space.parameters()
                .forEach(parameter -> byKey.computeIfAbsent(parameter.name().key(), key -> new ArrayList<>())
                        .add(parameter));
    }

    /**
     * The full configuration.
     *
     * @throws InvalidConfigurationException for unknown keys, too many elements, and values that cannot be
     */
    public Configuration normalize(Configuration given) {
        Map<String, Object> values = new TreeMap<>();
        given.values().forEach((key, value) -> accept(key, value, values));
        byKey.forEach((key, parameters) ->
                values.put(key, complete(key, parameters, values.get(key), values.containsKey(key))));
        return Configuration.of(values);
    }

    private void accept(String key, Object value, Map<String, Object> values) {
        String plural = Keys.SINGULAR.get(key);
        if (plural != null) {
            if (values.containsKey(plural)) {
                throw new InvalidConfigurationException("Both `" + key + "` and `" + plural + "` are given.");
            }
            List<Parameter> parameters = byKey.getOrDefault(plural, List.of());
            List<Object> list = new ArrayList<>();
            parameters.forEach(parameter -> list.add(value));
            accept(plural, list, values);
        } else if (byKey.containsKey(key)) {
            values.put(key, value);
        } else if (Keys.NEUTRAL.containsKey(key)) {
            checkNeutral(key, value);
        } else if (!isEmptyList(value)) {
            throw new InvalidConfigurationException("This kernel's configuration has no key `" + key
                    + "`. Its keys are: " + String.join(", ", byKey.keySet()) + ".");
        }
    }

    private static boolean isEmptyList(Object value) {
        return value instanceof List<?> list && list.isEmpty();
    }

    private static void checkNeutral(String key, Object value) {
        List<?> elements = value instanceof List<?> list ? list : java.util.Collections.singletonList(value);
        for (Object element : elements) {
            if (!Keys.NEUTRAL.get(key).contains(element)) {
                throw new InvalidConfigurationException("`" + key + "` can only be " + Keys.NEUTRAL.get(key)
                        + " in this version, not " + element + ".");
            }
        }
    }

    private Object complete(String key, List<Parameter> parameters, Object given, boolean present) {
        Parameter first = parameters.get(0);
        if (first.name().index().isEmpty()) {
            return present ? checked(first, given) : first.defaultValue();
        }
        List<?> list = !present ? List.of() : given instanceof List<?> elements ? elements : null;
        if (list == null) {
            throw new InvalidConfigurationException("`" + key + "` is a list, not " + given + ".");
        }
        if (key.equals(Keys.LOOP_ORDERS)
                && parameters.size() == 1
                && !list.isEmpty()
                && !(list.get(0) instanceof List)) {
            list = List.of(list);
        }
        if (list.size() > parameters.size()) {
            throw new InvalidConfigurationException(
                    "`" + key + "` has " + list.size() + " values; this kernel has " + parameters.size() + " of them.");
        }
        if (key.equals(Keys.BLOCK_SIZES) && present && list.size() < parameters.size()) {
            throw new InvalidConfigurationException("Not enough values for `" + key + "`: this kernel has "
                    + parameters.size() + ", given are " + list.size() + ".");
        }
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < parameters.size(); i++) {
            values.add(
                    i < list.size()
                            ? checked(parameters.get(i), list.get(i))
                            : parameters.get(i).defaultValue());
        }
        return values;
    }

    private Object checked(Parameter parameter, Object value) {
        if (parameter instanceof PowerOfTwoParameter power) {
            boolean chunk = parameter.name().key().equals(Keys.REDUCTION_LOOPS);
            if (value == null && chunk) {
                return power.high();
            }
            if (!(value instanceof Long number) || number < 1 || Long.bitCount(number) != 1) {
                throw new InvalidConfigurationException(
                        "`" + parameter.name() + "` must be a power of two, not " + value + ".");
            }
            boolean block = parameter.name().key().equals(Keys.BLOCK_SIZES);
            if (chunk) {
                return Math.max(power.low(), Math.min(power.high(), number));
            }
            return block ? Math.max(power.low(), number) : inRange(parameter, value);
        }
        if (parameter instanceof EnumParameter choices
                && value != null
                && choices.choices().contains(null)
                && value.equals("")) {
            return null;
        }
        return inRange(parameter, value);
    }

    private static Object inRange(Parameter parameter, Object value) {
        if (!parameter.contains(value)) {
            throw new InvalidConfigurationException(
                    "`" + parameter.name() + "` cannot be " + value + "; it is " + parameter.domain() + ".");
        }
        return value;
    }

    /** The space that configurations are normalised to. */
    public SearchSpace space() {
        return space;
    }
}
