package dev.perihelion.compiler.space;

import dev.perihelion.compiler.InvalidConfigurationException;
import dev.perihelion.compiler.Target;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.Parameter;
import dev.perihelion.search.space.ParameterName;
import dev.perihelion.search.space.PowerOfTwoParameter;
import dev.perihelion.search.space.SearchSpace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Brings a user's configuration to the form of a kernel's space: every key, every element, checked values. */
public final class Normalizer {

    private static final List<Object> NO_PIECES = Arrays.asList(null, false, 0L, "");
    private static final Set<Object> PIECES = Set.of(2L, 4L);

    private final SpaceBuilder.Derived derived;
    private final Target target;
    private final LoopSlots slots;
    private final ElementValues elements;
    private final Map<String, List<Parameter>> byKey = new LinkedHashMap<>();

    public Normalizer(SpaceBuilder.Derived derived, LoopFacts facts, Target target) {
        this.derived = derived;
        this.target = target;
        this.slots = facts.slots();
        this.elements = new ElementValues(derived, facts, target);
        space().parameters()
                .forEach(parameter -> byKey.computeIfAbsent(parameter.name().key(), key -> new ArrayList<>())
                        .add(parameter));
    }

    /** The space that configurations are normalised to. */
    public SearchSpace space() {
        return derived.space();
    }

    /**
     * The full configuration.
     *
     * @throws InvalidConfigurationException for unknown keys, too many elements, and values that cannot be
     */
    public Configuration normalize(Configuration given) {
        Map<String, Object> values = new TreeMap<>();
        given.values().forEach((key, value) -> accept(key, value, values));
        checkDependents(values);
        byKey.forEach((key, parameters) ->
                values.put(key, complete(key, parameters, values.get(key), values.containsKey(key))));
        if (byKey.containsKey(Keys.BLOCK_SIZES)) {
            values.put(Keys.BLOCK_SIZES, bounded(values));
        }
        resetUnread(values);
        if (values.containsKey(Keys.EPILOGUE_SUBTILE.key())
                && values.get(Keys.FLATTEN_LOOPS) instanceof List<?> flat
                && flat.contains(true)) {
            throw new InvalidConfigurationException(
                    "`" + Keys.EPILOGUE_SUBTILE + "` cannot stand beside `" + Keys.FLATTEN_LOOPS + "` true.");
        }
        return Configuration.of(values);
    }

    private void accept(String key, Object value, Map<String, Object> values) {
        String plural = Keys.SINGULAR.get(key);
        if (plural != null) {
            if (values.containsKey(plural)) {
                throw bothGiven(key, plural);
            }
            // The first element; a chunk's length is for all extents.
            int times = plural.equals(Keys.REDUCTION_LOOPS)
                    ? byKey.getOrDefault(plural, List.of()).size()
                    : 1;
            accept(plural, Collections.nCopies(Math.max(1, times), value), values);
        } else if (byKey.containsKey(key)) {
            if (values.containsKey(key)) {
                throw bothGiven(key, key);
            }
            values.put(key, value);
        } else if (key.equals(Keys.EPILOGUE_SUBTILE.key())) {
            acceptPieces(value, values);
        } else if (key.equals(Keys.ADVANCED_CONTROLS_FILE.key())) {
            acceptFile(value, values);
        } else if (Keys.LISTS.contains(key)) {
            checkAbsent(key, value);
        } else if (!isForOthers(key, value)) {
            throw new InvalidConfigurationException("This kernel's configuration has no key `" + key
                    + "`. Its keys are: " + String.join(", ", byKey.keySet()) + ".");
        }
    }

    private static InvalidConfigurationException bothGiven(String key, String plural) {
        return key.equals(plural)
                ? new InvalidConfigurationException("`" + key + "` and its singular spelling are both given.")
                : new InvalidConfigurationException("Both `" + key + "` and `" + plural + "` are given.");
    }

    private static void acceptPieces(Object value, Map<String, Object> values) {
        Object pieces = Boolean.TRUE.equals(value) ? (Object) 2L : value;
        if (PIECES.contains(pieces == null ? 0L : pieces)) {
            values.put(Keys.EPILOGUE_SUBTILE.key(), pieces);
        } else if (!NO_PIECES.contains(pieces)) {
            throw new InvalidConfigurationException(
                    "`" + Keys.EPILOGUE_SUBTILE + "` can be null, 2 or 4, not " + value + ".");
        }
    }

    private void acceptFile(Object value, Map<String, Object> values) {
        if (value != null && !(value instanceof String)) {
            throw new InvalidConfigurationException(
                    "`" + Keys.ADVANCED_CONTROLS_FILE + "` is the path of a file, not " + value + ".");
        }
        if (value != null && !value.equals("") && target.isCuda()) {
            values.put(Keys.ADVANCED_CONTROLS_FILE.key(), value);
        }
    }

    /** What says nothing on this target: programs have one die, or no limit of registers. */
    private boolean isForOthers(String key, Object value) {
        return key.equals(Keys.XCD_REMAP.key()) && value instanceof Boolean
                || key.equals(Keys.MAXNREG.key()) && value == null;
    }

    /** A list-valued key without elements in this kernel. */
    private static void checkAbsent(String key, Object value) {
        boolean nothing = value == null || value instanceof List<?> list && list.isEmpty();
        boolean neutral = value instanceof List<?> list
                && (key.equals(Keys.RANGE_WARP_SPECIALIZES) || key.equals(Keys.RANGE_NUM_STAGES))
                && list.stream().allMatch(element -> element == null || element.equals(false) || element.equals(0L));
        if (!nothing && !neutral && !Keys.FOR_ACCESSES.contains(key)) {
            throw new InvalidConfigurationException("Too many values for `" + key + "`: this kernel has 0 of them.");
        }
    }

    private void checkDependents(Map<String, Object> values) {
        Object type = values.getOrDefault(
                Keys.PID_TYPE.key(), space().parameter(Keys.PID_TYPE).defaultValue());
        if (Keys.XYZ.equals(type) && Boolean.TRUE.equals(values.get(Keys.XCD_REMAP.key()))) {
            throw new InvalidConfigurationException(
                    "`" + Keys.XCD_REMAP + "` true needs a `pid_type` other than " + Keys.XYZ + ".");
        }
        if (Keys.PERSISTENT.contains(type)) {
            if (values.get(Keys.MAXNREG.key()) instanceof Long registers) {
                Object warps = values.getOrDefault(Keys.NUM_WARPS.key(), 4L);
                if (warps instanceof Long number && number > 0 && registers > RegisterBudget.most(number)) {
                    throw new InvalidConfigurationException("`maxnreg` is " + registers
                            + ", but a thread beside `num_warps` " + number + " can have at most "
                            + RegisterBudget.most(number) + ".");
                }
            }
            return;
        }
        for (ParameterName name : List.of(Keys.NUM_SM_MULTIPLIER, Keys.MAXNREG)) {
            Object value = values.get(name.key());
            boolean neutral = value == null || value.equals("") || value.equals(1L);
            if (!neutral) {
                throw new InvalidConfigurationException(
                        "`" + name + "` " + value + " needs a persistent `pid_type`, which is " + type + " here.");
            }
        }
    }

    private Object complete(String key, List<Parameter> parameters, Object given, boolean present) {
        Parameter first = parameters.get(0);
        if (first.name().index().isEmpty()) {
            return present ? elements.checked(first, given) : first.defaultValue();
        }
        List<?> list = listed(key, parameters, given, present);
        boolean open = Keys.FOR_ACCESSES.contains(key);
        if (list.size() > parameters.size() && !open) {
            throw new InvalidConfigurationException("Too many values for `" + key + "`: this kernel has "
                    + parameters.size() + " of them, given are " + list.size() + ".");
        }
        if (key.equals(Keys.BLOCK_SIZES) && list.size() < parameters.size() && present) {
            throw new InvalidConfigurationException("Not enough values for `" + key + "`: this kernel has "
                    + parameters.size() + ", given are " + list.size() + ".");
        }
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < parameters.size(); i++) {
            Parameter parameter = parameters.get(i);
            values.add(i < list.size() ? elements.checked(parameter, list.get(i)) : missing(key, parameter));
        }
        return values;
    }

    /** What an element that is left out means; whole rows for {@code reduction_loops} even where the default cuts them. */
    private static Object missing(String key, Parameter parameter) {
        return key.equals(Keys.REDUCTION_LOOPS) ? ((PowerOfTwoParameter) parameter).high() : parameter.defaultValue();
    }

    private static List<?> listed(String key, List<Parameter> parameters, Object given, boolean present) {
        if (!present || given == null) {
            return List.of();
        }
        if (given instanceof String && Keys.FOR_ACCESSES.contains(key)) {
            return Collections.nCopies(parameters.size(), given);
        }
        if (!key.equals(Keys.LOOP_ORDERS)) {
            List<Object> flat = new ArrayList<>();
            flatten(given, flat);
            return flat;
        }
        if (given instanceof List<?> list) {
            return list;
        }
        throw new InvalidConfigurationException("`" + key + "` is a list, not " + given + ".");
    }

    private static void flatten(Object value, List<Object> flat) {
        if (value instanceof List<?> list) {
            list.forEach(element -> flatten(element, flat));
        } else {
            flat.add(value);
        }
    }

    /** Tiles of a loop over another loop's tile are at most as long as that. */
    private List<Object> bounded(Map<String, Object> values) {
        List<Object> sizes = new ArrayList<>((List<?>) values.get(Keys.BLOCK_SIZES));
        derived.outer().forEach((inner, outer) -> {
            long bound = (Long) sizes.get(outer.index().getAsInt());
            sizes.set(
                    inner.index().getAsInt(),
                    Math.min((Long) sizes.get(inner.index().getAsInt()), bound));
        });
        return sizes;
    }

    /** Options of loops that there are not: of unrolled ones, and of the root loop where each program has one tile. */
    private void resetUnread(Map<String, Object> values) {
        boolean persistent = Keys.PERSISTENT.contains(values.get(Keys.PID_TYPE.key()));
        for (String key : Keys.RANGES) {
            if (byKey.containsKey(key)) {
                List<Object> list = new ArrayList<>((List<?>) values.get(key));
                for (int i = 0; i < list.size(); i++) {
                    List<Integer> blocks = slots.ranges().items().get(i);
                    int unrolled = slots.statics().indexOf(blocks.get(0));
                    boolean isStatic = unrolled >= 0
                            && ((List<?>) values.get(Keys.STATIC_RANGES))
                                    .get(unrolled)
                                    .equals(true);
                    if (isStatic || !persistent && slots.isRoot(blocks)) {
                        list.set(i, byKey.get(key).get(i).defaultValue());
                    }
                }
                values.put(key, list);
            }
        }
        specializeOnce(values);
    }

    /** Only the first loop that asks for specialised warps gets them, and is not unrolled then. */
    private void specializeOnce(Map<String, Object> values) {
        if (!byKey.containsKey(Keys.RANGE_WARP_SPECIALIZES)) {
            return;
        }
        List<Object> asked = new ArrayList<>((List<?>) values.get(Keys.RANGE_WARP_SPECIALIZES));
        List<Object> unrolls = new ArrayList<>((List<?>) values.get(Keys.RANGE_UNROLL_FACTORS));
        boolean found = false;
        for (int i = 0; i < asked.size(); i++) {
            if (Boolean.TRUE.equals(asked.get(i))) {
                if (found) {
                    asked.set(i, null);
                } else if ((Long) unrolls.get(i) > 1) {
                    unrolls.set(i, 0L);
                }
                found = true;
            }
        }
        values.put(Keys.RANGE_WARP_SPECIALIZES, asked);
        values.put(Keys.RANGE_UNROLL_FACTORS, unrolls);
    }
}
