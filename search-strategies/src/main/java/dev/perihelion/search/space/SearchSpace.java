package dev.perihelion.search.space;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The configurations a search may try: the product of its parameters' values, less what the constraints forbid. Immutable;
 * two spaces with equal parameters and constraints are equal.
 */
public final class SearchSpace {

    /** Draws before a random configuration is repaired rather than drawn again. */
    private static final int MAX_DRAWS = 64;

    /** Draws of one value before a parameter is taken for unchangeable. */
    private static final int MAX_REDRAWS = 8;

    /** In {@link #lengths}: the key holds one value, not a list. */
    private static final int SCALAR = -1;

    private final List<Parameter> parameters;
    private final List<Constraint> constraints;
    private final Map<ParameterName, Parameter> byName = new HashMap<>();
    private final Map<String, Integer> lengths = new TreeMap<>();
    private final Configuration defaults;
    private final int encodedWidth;

    /** The keys of every configuration, in alphabetical order. */
    private final String[] keys;

    /** For each parameter its key's position among {@link #keys}. */
    private final int[] keyOf;

    /** For each of {@link #keys} how many values its list holds; {@link #SCALAR} where it holds one value. */
    private final int[] lengthOfKey;

    /** For each parameter its position in its key's list; {@link #SCALAR} where the key holds one value. */
    private final int[] elementOf;

    private final Repair repair = new Repair(this);

    /** The legal configurations, where a constraint lists them; otherwise null. */
    private final Listing listing;

    /**
     * @param parameters in the order that encodings, neighbours and enumerations follow
     * @param constraints checked in this order
     * @throws IllegalArgumentException if a name stands twice, a list has a gap, a constraint names an unknown parameter
     *     or the default configuration violates a constraint
     */
    public SearchSpace(List<? extends Parameter> parameters, List<? extends Constraint> constraints) {
        this.parameters = List.copyOf(parameters);
        this.constraints = List.copyOf(constraints);
        this.parameters.forEach(this::register);
        requireNoGaps();
        requireKnownNames();
        this.encodedWidth =
                this.parameters.stream().mapToInt(Parameter::encodedWidth).sum();
        this.keys = lengths.keySet().toArray(String[]::new);
        this.lengthOfKey = lengths.values().stream().mapToInt(Integer::intValue).toArray();
        this.keyOf = this.parameters.stream()
                .mapToInt(
                        parameter -> Arrays.binarySearch(keys, parameter.name().key()))
                .toArray();
        this.elementOf = this.parameters.stream()
                .mapToInt(parameter -> parameter.name().index().orElse(SCALAR))
                .toArray();
        this.listing = listing();
        this.defaults =
                assemble(this.parameters.stream().map(Parameter::defaultValue).toArray());
        violation(defaults).ifPresent(reason -> {
            throw new IllegalArgumentException("The default configuration is not legal: " + reason);
        });
    }

    /** The dimensions, in their fixed order. */
    public List<Parameter> parameters() {
        return parameters;
    }

    /** What forbids combinations, in the order of checking. */
    public List<Constraint> constraints() {
        return constraints;
    }

    /**
     * The parameter of this name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Parameter parameter(ParameterName name) {
        Parameter parameter = byName.get(name);
        if (parameter == null) {
            throw new IllegalArgumentException("The search space has no parameter `" + name + "`.");
        }
        return parameter;
    }

    /** Every parameter at its default; always legal. */
    public Configuration defaultConfiguration() {
        return defaults;
    }

    /** Whether the configuration has exactly this space's keys, with values that are allowed alone and together. */
    public boolean contains(Configuration configuration) {
        if (listing != null) {
            return listing.contains(configuration);
        }
        return hasShape(configuration) && isAllowed(configuration);
    }

    /** The first reason why the configuration is not in this space, as a full sentence; empty if it is. */
    public Optional<String> violation(Configuration configuration) {
        if (listing != null && listing.contains(configuration)) {
            return Optional.empty();
        }
        Optional<String> shape = shapeViolation(configuration);
        return shape.isPresent() ? shape : constraintViolation(configuration);
    }

    /**
     * A legal configuration. Each parameter is drawn alone; a parameter that has no meaning beside the others' values gets
     * its neutral value, so the values of the parameter that decides stay equally likely; what is then still illegal is
     * drawn again, and after some draws repaired. Where the legal configurations are listed, each is equally likely.
     */
    public Configuration random(RandomGenerator random) {
        if (listing != null) {
            return listing.random(random);
        }
        Configuration draw = defaults;
        for (int i = 0; i < MAX_DRAWS; i++) {
            draw = repair.settle(assemble(parameters.stream()
                    .map(parameter -> parameter.random(random))
                    .toArray()));
            if (isAllowed(draw)) {
                return draw;
            }
        }
        return repair.repair(draw);
    }

    /**
     * A legal configuration near the given one, which may violate constraints: meaningless parameters go to their neutral
     * value, others walk toward the default. Where the legal configurations are listed, the one that differs in the fewest
     * parameters, then by the fewest steps. A legal configuration comes back as it is.
     *
     * @throws IllegalArgumentException if a key is missing or too many, or a value is not its parameter's
     */
    public Configuration repair(Configuration configuration) {
        shapeViolation(configuration).ifPresent(reason -> {
            throw new IllegalArgumentException(reason);
        });
        if (listing != null) {
            return listing.contains(configuration) ? configuration : listing.nearest(configuration);
        }
        return repair.repair(configuration);
    }

    /**
     * All legal configurations one step of one parameter away, in the parameters' order and without repetition. Where the
     * legal configurations are listed, a step leads to the next listed value, so gaps are stepped over.
     *
     * @throws IllegalArgumentException if the configuration is not in this space
     */
    public List<Configuration> neighbours(Configuration configuration) {
        requireLegal(configuration);
        List<Configuration> neighbours = new ArrayList<>();
        for (Parameter parameter : parameters) {
            if (listing != null) {
                neighbours.addAll(listing.steps(configuration, parameter));
                continue;
            }
            for (Object value : parameter.neighbours(configuration.get(parameter.name()))) {
                Configuration neighbour = configuration.with(parameter.name(), value);
                if (isAllowed(neighbour)) {
                    neighbours.add(neighbour);
                }
            }
        }
        return neighbours;
    }

    /**
     * The legal configurations that one step of one parameter leads to. Unlike {@link #neighbours} this goes on where a
     * step makes another parameter meaningless: that one goes neutral with it; otherwise a persistent kernel with a
     * multiplier could never become a flat one.
     *
     * @throws IllegalArgumentException if the configuration is not in this space
     */
    public List<Configuration> steps(Configuration configuration, Parameter parameter) {
        requireLegal(configuration);
        if (listing != null) {
            return listing.steps(configuration, parameter);
        }
        List<Configuration> steps = new ArrayList<>();
        for (Object value : parameter.neighbours(configuration.get(parameter.name()))) {
            Configuration step = repair.repair(configuration.with(parameter.name(), value));
            if (Objects.equals(step.get(parameter.name()), value)) {
                steps.add(step);
            }
        }
        return steps;
    }

    /**
     * The configuration with one value changed, others going neutral where they must; empty where that is not legal.
     *
     * @param configuration a legal one
     */
    public Optional<Configuration> change(Configuration configuration, Parameter parameter, Object value) {
        if (listing != null) {
            return listing.changed(configuration, parameter, value);
        }
        Configuration changed = configuration.with(parameter.name(), value);
        if (contains(changed)) {
            return Optional.of(changed);
        }
        Configuration repaired = repair(changed);
        return Objects.equals(repaired.get(parameter.name()), value) ? Optional.of(repaired) : Optional.empty();
    }

    /**
     * The configuration of these values, made legal near by where it is not; where the legal ones are listed, empty if it is
     * not among them.
     *
     * @param values one for each parameter, in their order
     */
    public Optional<Configuration> near(Object[] values) {
        return listing != null ? listing.find(values) : Optional.of(repair(assemble(values)));
    }

    /**
     * A legal configuration with another value of this parameter, which may be far from the present one; other parameters
     * change only where they lose their meaning. Empty where the draws found none.
     *
     * @throws IllegalArgumentException if the configuration is not in this space
     */
    public Optional<Configuration> redraw(Configuration configuration, Parameter parameter, RandomGenerator random) {
        requireLegal(configuration);
        if (listing != null) {
            List<Configuration> others = listing.line(configuration, parameter);
            return others.isEmpty() ? Optional.empty() : Optional.of(others.get(random.nextInt(others.size())));
        }
        Object now = configuration.get(parameter.name());
        for (int i = 0; i < MAX_REDRAWS; i++) {
            Object value = parameter.random(random);
            if (!Objects.equals(value, now)) {
                Configuration changed = repair.repair(configuration.with(parameter.name(), value));
                if (Objects.equals(changed.get(parameter.name()), value)) {
                    return Optional.of(changed);
                }
            }
        }
        return Optional.empty();
    }

    /**
     * The values one step from this one: the parameter's, or where the legal configurations are listed, the next ones that
     * occur in the list. Beside other values they may be illegal.
     */
    public List<Object> neighbourValues(Parameter parameter, Object value) {
        return listing != null ? listing.neighbourValues(parameter, value) : parameter.neighbours(value);
    }

    /** Whether a {@link ListedConfigurations} says what is legal, which makes drawing and enumerating cheap. */
    public boolean isListed() {
        return listing != null;
    }

    /**
     * The configuration's values in the order of the parameters.
     *
     * @throws IllegalArgumentException if one is missing
     */
    public Object[] values(Configuration configuration) {
        Object[] values = new Object[keyOf.length];
        boolean shared = configuration.sharesKeys(keys);
        for (int p = 0; p < values.length; p++) {
            if (!shared) {
                values[p] = configuration.get(parameters.get(p).name());
                continue;
            }
            Object value = configuration.valueAt(keyOf[p]);
            values[p] = elementOf[p] == SCALAR ? value : ((List<?>) value).get(elementOf[p]);
        }
        return values;
    }

    /**
     * The configuration as numbers for a model, parameter by parameter.
     *
     * @return {@link #encodedWidth()} numbers
     * @throws IllegalArgumentException if a value is missing or not its parameter's
     */
    public double[] encode(Configuration configuration) {
        double[] encoded = new double[encodedWidth];
        int offset = 0;
        for (Parameter parameter : parameters) {
            parameter.encode(configuration.get(parameter.name()), encoded, offset);
            offset += parameter.encodedWidth();
        }
        return encoded;
    }

    /** How many numbers {@link #encode} gives. */
    public int encodedWidth() {
        return encodedWidth;
    }

    /** The decimal logarithm of the number of configurations, those that constraints forbid included unless listed. */
    public double sizeLog10() {
        if (listing != null) {
            return Math.log10(listing.rows().size());
        }
        return parameters.stream()
                .mapToDouble(parameter -> Math.log10(parameter.cardinality()))
                .sum();
    }

    /** Whether there are at most {@code limit} configurations, those that constraints forbid included unless listed. */
    public boolean isEnumerable(long limit) {
        return (listing != null ? listing.rows().size() : product()) <= limit;
    }

    /**
     * All legal configurations, in a fixed order: that of the list, or the last parameter changes fastest. Lazy.
     *
     * @throws IllegalStateException if there are more than 2^53 to look at
     */
    public Stream<Configuration> enumerate() {
        if (listing != null) {
            return listing.rows().stream();
        }
        if (!isEnumerable(1L << 53)) {
            throw new IllegalStateException("A space of 10^" + Math.round(sizeLog10()) + " cannot be enumerated.");
        }
        return LongStream.range(0, (long) product())
                .mapToObj(this::configurationAt)
                .filter(this::isAllowed);
    }

    /**
     * One row per parameter, ready for JSON: {@code key}, {@code index} (elements of lists only), {@code kind}, then
     * {@code low} and {@code high}, {@code choices} or {@code size} as the kind has them, and {@code default}.
     */
    public List<Map<String, Object>> describe() {
        return parameters.stream().map(SearchSpace::describe).toList();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SearchSpace that
                && parameters.equals(that.parameters)
                && constraints.equals(that.constraints);
    }

    @Override
    public int hashCode() {
        return 31 * parameters.hashCode() + constraints.hashCode();
    }

    @Override
    public String toString() {
        return "SearchSpace" + describe();
    }

    private static Map<String, Object> describe(Parameter parameter) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("key", parameter.name().key());
        parameter.name().index().ifPresent(index -> row.put("index", (long) index));
        row.put("kind", parameter.kind());
        row.putAll(parameter.domain());
        row.put("default", parameter.defaultValue());
        return row;
    }

    private void register(Parameter parameter) {
        ParameterName name = parameter.name();
        if (byName.put(name, parameter) != null) {
            throw new IllegalArgumentException("The search space has two parameters `" + name + "`.");
        }
        boolean scalar = name.index().isEmpty();
        Integer known = lengths.get(name.key());
        if (known != null && (scalar || known == SCALAR)) {
            throw new IllegalArgumentException("`" + name.key() + "` is both one value and a list.");
        }
        lengths.merge(name.key(), scalar ? SCALAR : name.index().getAsInt() + 1, Math::max);
    }

    private void requireNoGaps() {
        lengths.forEach((key, length) -> {
            for (int i = 0; i < length; i++) {
                if (!byName.containsKey(ParameterName.element(key, i))) {
                    throw new IllegalArgumentException("`" + key + "` has no parameter for position " + i + ".");
                }
            }
        });
    }

    private void requireKnownNames() {
        constraints.forEach(constraint -> constraint.parameters().forEach(this::parameter));
    }

    /** The rows of the listing constraints that are legal; null where no constraint lists any. */
    private Listing listing() {
        List<ListedConfigurations> lists = constraints.stream()
                .filter(ListedConfigurations.class::isInstance)
                .map(ListedConfigurations.class::cast)
                .toList();
        if (lists.isEmpty()) {
            return null;
        }
        lists.get(0)
                .rows()
                .forEach(row -> shapeViolation(row).ifPresent(reason -> {
                    throw new IllegalArgumentException("A listed configuration does not fit the space: " + reason);
                }));
        return new Listing(
                parameters,
                lists.get(0).rows().stream()
                        .filter(this::isAllowed)
                        .map(row -> assemble(values(row)))
                        .toList());
    }

    private void requireLegal(Configuration configuration) {
        violation(configuration).ifPresent(reason -> {
            throw new IllegalArgumentException(reason);
        });
    }

    private boolean hasShape(Configuration configuration) {
        if (!configuration.sharesKeys(keys)) {
            return shapeViolation(configuration).isEmpty();
        }
        // What shares the keys has them all, but its lists may have other lengths.
        for (int p = 0; p < keyOf.length; p++) {
            Object value = configuration.valueAt(keyOf[p]);
            if (elementOf[p] != SCALAR) {
                if (!(value instanceof List<?> list) || list.size() != lengthOfKey[keyOf[p]]) {
                    return false;
                }
                value = list.get(elementOf[p]);
            }
            if (!parameters.get(p).contains(value)) {
                return false;
            }
        }
        return true;
    }

    private boolean isAllowed(Configuration configuration) {
        for (Constraint constraint : constraints) {
            if (!constraint.allows(configuration)) {
                return false;
            }
        }
        return true;
    }

    private Optional<String> shapeViolation(Configuration configuration) {
        for (Parameter parameter : parameters) {
            if (!configuration.has(parameter.name())) {
                return Optional.of("`" + parameter.name() + "` is missing.");
            }
            Object value = configuration.get(parameter.name());
            if (!parameter.contains(value)) {
                return Optional.of("`" + parameter.name() + "` cannot be " + value + ": it is of kind "
                        + parameter.kind() + " " + parameter.domain() + ".");
            }
        }
        for (Map.Entry<String, Object> entry : configuration.values().entrySet()) {
            Integer length = lengths.get(entry.getKey());
            if (length == null) {
                return Optional.of("`" + entry.getKey() + "` is not a key of this search space.");
            }
            if (length != SCALAR && ((List<?>) entry.getValue()).size() > length) {
                return Optional.of("`" + entry.getKey() + "` has " + ((List<?>) entry.getValue()).size()
                        + " values where " + length + " belong.");
            }
        }
        return Optional.empty();
    }

    private Optional<String> constraintViolation(Configuration configuration) {
        for (Constraint constraint : constraints) {
            Optional<String> reason = constraint.violation(configuration);
            if (reason.isPresent()) {
                return reason;
            }
        }
        return Optional.empty();
    }

    private double product() {
        return parameters.stream().mapToDouble(Parameter::cardinality).reduce(1, (a, b) -> a * b);
    }

    private Configuration configurationAt(long position) {
        Object[] values = new Object[parameters.size()];
        long rest = position;
        for (int i = values.length - 1; i >= 0; i--) {
            long cardinality = (long) parameters.get(i).cardinality();
            values[i] = parameters.get(i).valueAt(rest % cardinality);
            rest /= cardinality;
        }
        return assemble(values);
    }

    private Configuration assemble(Object[] values) {
        Object[] whole = new Object[keys.length];
        Object[][] lists = new Object[keys.length][];
        for (int p = 0; p < values.length; p++) {
            int key = keyOf[p];
            if (elementOf[p] == SCALAR) {
                whole[key] = Configuration.canonical(values[p]);
                continue;
            }
            if (lists[key] == null) {
                lists[key] = new Object[lengthOfKey[key]];
            }
            lists[key][elementOf[p]] = values[p];
        }
        for (int key = 0; key < lists.length; key++) {
            if (lists[key] != null) {
                whole[key] = ValueList.of(Arrays.asList(lists[key]));
            }
        }
        return Configuration.of(keys, whole);
    }
}
