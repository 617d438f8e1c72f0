package dev.perihelion.search.space;

import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * A switch.
 *
 * @param name where it stands
 * @param start the default value
 */
public record BooleanParameter(ParameterName name, boolean start) implements Parameter {

    public BooleanParameter {
        if (name == null) {
            throw new IllegalArgumentException("A switch needs a name.");
        }
    }

    @Override
    public String kind() {
        return "boolean";
    }

    @Override
    public Object defaultValue() {
        return start;
    }

    @Override
    public boolean contains(Object value) {
        return value instanceof Boolean;
    }

    @Override
    public double cardinality() {
        return 2;
    }

    @Override
    public Object valueAt(long position) {
        return Parameters.requirePosition(this, position) == 1;
    }

    @Override
    public Map<String, Object> domain() {
        return Map.of();
    }

    @Override
    public Object random(RandomGenerator random) {
        return random.nextBoolean();
    }

    @Override
    public List<Object> neighbours(Object value) {
        return List.of(!(Boolean) Parameters.requireValue(this, value));
    }

    @Override
    public int encodedWidth() {
        return 1;
    }

    @Override
    public void encode(Object value, double[] target, int offset) {
        target[offset] = (Boolean) Parameters.requireValue(this, value) ? 1 : 0;
    }
}
