package dev.perihelion.search.sim;

import dev.perihelion.search.space.BooleanParameter;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.EnumParameter;
import dev.perihelion.search.space.IntegerParameter;
import dev.perihelion.search.space.ListedConfigurations;
import dev.perihelion.search.space.Parameter;
import dev.perihelion.search.space.ParameterName;
import dev.perihelion.search.space.PowerOfTwoParameter;
import dev.perihelion.search.space.SearchSpace;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The search space of a table that came without one: parameters with the values that occur, and exactly the table's
 * configurations legal.
 */
final class TableSpaces {

    private TableSpaces() {}

    /**
     * The space of these rows. Foreign tables name no default; the row that works and stands nearest to the middle of
     * every parameter's values is taken, which looks at no latency.
     *
     * @param keys the parameters in their order; every configuration has exactly these
     */
    static SearchSpace of(List<String> keys, Collection<RecordedRow> rows) {
        Map<String, List<Object>> values = new LinkedHashMap<>();
        keys.forEach(key -> values.put(key, valuesOf(key, rows)));
        Configuration start = middle(values, rows);
        List<Parameter> parameters = new ArrayList<>();
        values.forEach((key, choices) -> parameters.add(parameter(key, choices, start)));
        List<Configuration> members =
                rows.stream().map(RecordedRow::configuration).toList();
        List<ParameterName> names = parameters.stream().map(Parameter::name).toList();
        return new SearchSpace(parameters, List.of(new ListedConfigurations(names, members)));
    }

    private static List<Object> valuesOf(String key, Collection<RecordedRow> rows) {
        Set<Object> values = new TreeSet<>(TableSpaces::compare);
        for (RecordedRow row : rows) {
            if (!row.configuration().values().containsKey(key)) {
                throw new IllegalArgumentException(
                        "The configuration " + row.configuration() + " has no `" + key + "`, which others have.");
            }
            values.add(row.configuration().values().get(key));
        }
        return new ArrayList<>(values);
    }

    /** Numbers by size, then everything else by its text. */
    private static int compare(Object left, Object right) {
        if (left instanceof Number a && right instanceof Number b) {
            return Double.compare(a.doubleValue(), b.doubleValue());
        }
        if (left instanceof Number || right instanceof Number) {
            return left instanceof Number ? -1 : 1;
        }
        return String.valueOf(left).compareTo(String.valueOf(right));
    }

    private static Configuration middle(Map<String, List<Object>> values, Collection<RecordedRow> rows) {
        return rows.stream()
                .filter(row -> row.latencyNanos().isPresent())
                .map(RecordedRow::configuration)
                .min(Comparator.comparingDouble((Configuration configuration) -> distance(values, configuration))
                        .thenComparing(Configuration::toJson))
                .orElseThrow(() -> new IllegalArgumentException("No configuration of the table works."));
    }

    /** How far from the middle of each parameter's values, each within 0 and a half, summed. */
    private static double distance(Map<String, List<Object>> values, Configuration configuration) {
        double sum = 0;
        for (Map.Entry<String, List<Object>> entry : values.entrySet()) {
            int last = entry.getValue().size() - 1;
            if (last > 0) {
                int position = entry.getValue().indexOf(configuration.values().get(entry.getKey()));
                sum += Math.abs((double) position / last - 0.5);
            }
        }
        return sum;
    }

    /** Whole numbers are ordered; the list of configurations says which of them occur, so gaps do no harm. */
    private static Parameter parameter(String key, List<Object> choices, Configuration start) {
        ParameterName name = ParameterName.scalar(key);
        Object initial = start.values().get(key);
        if (choices.size() > 1 && choices.stream().allMatch(Long.class::isInstance)) {
            long low = (Long) choices.get(0);
            long high = (Long) choices.get(choices.size() - 1);
            boolean powers = choices.stream().allMatch(value -> (Long) value > 0 && Long.bitCount((Long) value) == 1);
            return powers && choices.size() > 2
                    ? new PowerOfTwoParameter(name, low, high, (Long) initial)
                    : new IntegerParameter(name, low, high, (Long) initial);
        }
        if (choices.size() == 2 && choices.stream().allMatch(Boolean.class::isInstance)) {
            return new BooleanParameter(name, (Boolean) initial);
        }
        return new EnumParameter(name, choices, initial);
    }
}
