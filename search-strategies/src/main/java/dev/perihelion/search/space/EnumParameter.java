package dev.perihelion.search.space;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * One of a few values without an order among them, for example a program-id mapping.
 *
 * @param name where it stands
 * @param choices the values, in the order that the encoding uses; one of them may be {@code null}, Python's None
 * @param defaultValue one of the choices
 */
public record EnumParameter(ParameterName name, List<Object> choices, Object defaultValue) implements Parameter {

    public EnumParameter {
        choices = Parameters.canonical(choices);
        defaultValue = Configuration.canonical(defaultValue);
        if (new HashSet<>(choices).size() != choices.size()) {
            throw new IllegalArgumentException("`" + name + "` has a choice twice: " + choices + ".");
        }
        if (!choices.contains(defaultValue)) {
            throw new IllegalArgumentException(
                    "The default of `" + name + "` is " + defaultValue + ", which is not among " + choices + ".");
        }
    }

    @Override
    public String kind() {
        return "enum";
    }

    @Override
    public boolean contains(Object value) {
        return choices.contains(value);
    }

    @Override
    public double cardinality() {
        return choices.size();
    }

    @Override
    public Object valueAt(long position) {
        return choices.get((int) Parameters.requirePosition(this, position));
    }

    @Override
    public Map<String, Object> domain() {
        Map<String, Object> domain = new LinkedHashMap<>();
        domain.put("choices", choices);
        return domain;
    }

    @Override
    public Object random(RandomGenerator random) {
        return choices.get(random.nextInt(choices.size()));
    }

    @Override
    public List<Object> neighbours(Object value) {
        List<Object> neighbours = new ArrayList<>(choices);
        neighbours.remove(Parameters.requireValue(this, value));
        return neighbours;
    }

    @Override
    public int encodedWidth() {
        return choices.size();
    }

    @Override
    public void encode(Object value, double[] target, int offset) {
        Arrays.fill(target, offset, offset + choices.size(), 0);
        target[offset + choices.indexOf(Parameters.requireValue(this, value))] = 1;
    }
}
