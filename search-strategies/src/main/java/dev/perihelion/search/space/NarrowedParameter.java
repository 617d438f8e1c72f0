package dev.perihelion.search.space;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * A parameter of whose values some are known to give the same program as others. Configurations may hold any of them; a search draws
 * and steps among those that differ.
 *
 * @param own the parameter as configurations know it
 * @param searched the same parameter with the values that differ
 * @param reason why the others make no difference, as a full sentence
 */
public record NarrowedParameter(Parameter own, Parameter searched, String reason) implements Parameter {

    public NarrowedParameter {
        if (!own.name().equals(searched.name()) || !own.kind().equals(searched.kind())) {
            throw new IllegalArgumentException("`" + own.name() + "` cannot be narrowed to `" + searched.name()
                    + "` of kind " + searched.kind() + ".");
        }
        if (!own.defaultValue().equals(searched.defaultValue())) {
            throw new IllegalArgumentException("`" + own.name() + "` must keep its default when it is narrowed.");
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

    /** How many values differ. */
    @Override
    public double cardinality() {
        return searched.cardinality();
    }

    @Override
    public Object valueAt(long position) {
        return searched.valueAt(position);
    }

    /** The values it may hold; {@code searched}, those that differ; {@code because}. */
    @Override
    public Map<String, Object> domain() {
        Map<String, Object> domain = new LinkedHashMap<>(own.domain());
        domain.put("searched", searched.domain());
        domain.put("because", reason);
        return domain;
    }

    @Override
    public Object random(RandomGenerator random) {
        return searched.random(random);
    }

    /** From a value that is not searched, the default. */
    @Override
    public List<Object> neighbours(Object value) {
        return searched.contains(value) ? searched.neighbours(value) : List.of(searched.defaultValue());
    }

    @Override
    public int encodedWidth() {
        return own.encodedWidth();
    }

    @Override
    public boolean isOrdered() {
        return searched.isOrdered();
    }

    @Override
    public void encode(Object value, double[] target, int offset) {
        own.encode(value, target, offset);
    }
}
