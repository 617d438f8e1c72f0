package dev.perihelion.search.sim;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.ParameterName;
import dev.perihelion.search.space.SearchSpace;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * The part of a search space that a recording covers: some parameters take some of their values, all others stay at their
 * default. Small enough to be measured whole, so that simulated searches in it need no guesses.
 *
 * @param space the whole
 * @param axes what varies; the last one fastest
 */
public record SubSpace(SearchSpace space, List<Axis> axes) {

    /** The most products that are looked at; a recording of more would not be measured whole. */
    private static final long MOST = 2_000_000;

    /**
     * One thing that varies.
     *
     * @param names one parameter, or several that always take the same value
     * @param values what they take
     */
    public record Axis(List<ParameterName> names, List<Object> values) {

        public Axis {
            names = List.copyOf(names);
            // One of the values may be null, Python's None.
            values = Collections.unmodifiableList(new ArrayList<>(values));
        }
    }

    public SubSpace {
        axes = List.copyOf(axes);
        double products = 1;
        for (Axis axis : axes) {
            for (ParameterName name : axis.names()) {
                for (Object value : axis.values()) {
                    Object canonical = canonical(value);
                    if (!space.parameter(name).contains(canonical)) {
                        throw new IllegalArgumentException("`" + name + "` cannot be " + value + ": it is of kind "
                                + space.parameter(name).kind() + " "
                                + space.parameter(name).domain() + ".");
                    }
                }
            }
            products *= axis.values().size();
        }
        if (products > MOST) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "The sub-space has %.0f products, more than %d. Vary less.", products, MOST));
        }
    }

    /** The legal configurations, in the order of the axes. */
    public List<Configuration> configurations() {
        List<Configuration> products = List.of(space.defaultConfiguration());
        for (Axis axis : axes) {
            List<Configuration> longer = new ArrayList<>();
            for (Configuration product : products) {
                for (Object value : axis.values()) {
                    Configuration next = product;
                    for (ParameterName name : axis.names()) {
                        next = next.with(name, value);
                    }
                    longer.add(next);
                }
            }
            products = longer;
        }
        return products.stream().distinct().filter(space::contains).toList();
    }

    private static Object canonical(Object value) {
        return Configuration.of(Collections.singletonMap("value", value))
                .values()
                .get("value");
    }
}
