package dev.perihelion.search.space;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * A parameter that has no effect on this kernel for this target. Configurations may hold any of its values, and all of them are
 * the same program; so a search draws its default and takes no step along it.
 *
 * @param own the parameter as configurations know it
 * @param reason why it has no effect, as a full sentence
 */
public record IdleParameter(Parameter own, String reason) implements Parameter {

    public IdleParameter {
        Objects.requireNonNull(own, "own");
        if (own instanceof IdleParameter) {
            throw new IllegalArgumentException("`" + own.name() + "` has no effect already.");
        }
    }

    @Override
    public ParameterName name() {
        return own.name();
    }

    @Override
    public String kind() {
        return own.kind();
    }

    @Override
    public Object defaultValue() {
        return own.defaultValue();
    }

    @Override
    public boolean contains(Object value) {
        return own.contains(value);
    }

    /** One: values that make no difference count once. */
    @Override
    public double cardinality() {
        return 1;
    }

    @Override
    public Object valueAt(long position) {
        Parameters.requirePosition(this, position);
        return own.defaultValue();
    }

    /** The values it may hold, and {@code idle}: why they make no difference. */
    @Override
    public Map<String, Object> domain() {
        Map<String, Object> domain = new LinkedHashMap<>(own.domain());
        domain.put("idle", reason);
        return domain;
    }

    @Override
    public Object random(RandomGenerator random) {
        return own.defaultValue();
    }

    @Override
    public List<Object> neighbours(Object value) {
        return List.of();
    }

    @Override
    public int encodedWidth() {
        return own.encodedWidth();
    }

    /** No value lies between two others, as all are one. */
    @Override
    public boolean isOrdered() {
        return false;
    }

    @Override
    public void encode(Object value, double[] target, int offset) {
        own.encode(value, target, offset);
    }
}
