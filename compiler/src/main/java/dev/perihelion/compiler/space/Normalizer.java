package dev.perihelion.compiler.space;

import dev.perihelion.compiler.InvalidConfigurationException;
import dev.perihelion.compiler.Target;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.EnumParameter;
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
import java.util.TreeMap;

/** Brings a user's configuration to the form of a kernel's space: every key, every element, checked values. */
public final class Normalizer {

    private static final List<Object> EPILOGUE_PIECES = Arrays.asList(null, false, true, 0L, 1L, 2L, 4L);

    private final SpaceBuilder.Derived derived;
    private final Target target;
    private final LoopSlots slots;
    private final Map<String, List<Parameter>> byKey = new LinkedHashMap<>();

    public Normalizer(SpaceBuilder.Derived derived, LoopFacts facts, Target target) {
        this.derived = derived;
        this.target = target;
        this.slots = facts.slots();
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
        return Configuration.of(values);
    }

    private void accept(String key, Object value, Map<String, Object> values) {
        String plural = Keys.SINGULAR.get(key);
        if (plural != null && !byKey.containsKey(key)) {
            if (values.containsKey(plural)) {
                throw new InvalidConfigurationException("Both `" + key + "` and `" + plural + "` are given.");
            }
            List<Object> list = new ArrayList<>();
            byKey.getOrDefault(plural, List.of()).forEach(parameter -> list.add(value));
            accept(plural, list, values);
        } else if (byKey.containsKey(key)) {
            if (values.containsKey(key)) {
                throw new InvalidConfigurationException("`" + key + "` and its singular spelling are both given.");
            }
            values.put(key, value);
        } else if (key.equals(Keys.EPILOGUE_SUBTILE)) {
            if (!EPILOGUE_PIECES.contains(value)) {
                throw new InvalidConfigurationException("`" + key + "` can be null, 2 or 4, not " + value + ".");
            }
        } else if (Keys.LISTS.contains(key)) {
            checkAbsent(key, value);
        } else if (!(target.isCuda() && isForAmd(key, value)) && !(value == null && isForCuda(key))) {
            throw new InvalidConfigurationException("This kernel's configuration has no key `" + key
                    + "`. Its keys are: " + String.join(", ", byKey.keySet()) + ".");
        }
    }

    /** Neutral values of the other vendor's keys say nothing. */
    private static boolean isForAmd(String key, Object value) {
        return key.equals(Keys.XCD_REMAP.key()) && Boolean.FALSE.equals(value);
    }

    private static boolean isForCuda(String key) {
        return key.equals(Keys.MAXNREG.key());
    }

    /** A list-valued key without elements in this kernel. */
    private static void checkAbsent(String key, Object value) {
        boolean nothing = value == null || value instanceof List<?> list && list.isEmpty();
        boolean forAll = value instanceof String && (key.equals(Keys.INDEXING) || key.equals(Keys.ATOMIC_INDEXING));
        boolean neutral = value instanceof List<?> list
                && (key.equals(Keys.RANGE_WARP_SPECIALIZES) || key.equals(Keys.RANGE_NUM_STAGES))
                && list.stream().allMatch(element -> element == null || element.equals(false) || element.equals(0L));
        if (!nothing && !forAll && !neutral) {
            throw new InvalidConfigurationException("Too many values for `" + key + "`: this kernel has 0 of them.");
        }
    }

    private void checkDependents(Map<String, Object> values) {
        Object type = values.getOrDefault(
                Keys.PID_TYPE.key(), space().parameter(Keys.PID_TYPE).defaultValue());
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
            return present ? checked(first, given) : first.defaultValue();
        }
        List<?> list = listed(key, parameters, given, present);
        boolean open = key.equals(Keys.INDEXING) || key.equals(Keys.ATOMIC_INDEXING) || isPolicies(key);
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
            values.add(i < list.size() ? checked(parameter, list.get(i)) : missing(key, parameter));
        }
        return values;
    }

    private static boolean isPolicies(String key) {
        return key.equals(Keys.LOAD_EVICTION_POLICIES);
    }

    /** What an element that is left out means; whole rows for {@code reduction_loops} even where the default cuts them. */
    private static Object missing(String key, Parameter parameter) {
        return key.equals(Keys.REDUCTION_LOOPS) ? ((PowerOfTwoParameter) parameter).high() : parameter.defaultValue();
    }

    private static List<?> listed(String key, List<Parameter> parameters, Object given, boolean present) {
        if (!present || given == null) {
            return List.of();
        }
        if (key.equals(Keys.INDEXING) || key.equals(Keys.ATOMIC_INDEXING)) {
            if (given instanceof String) {
                return Collections.nCopies(parameters.size(), given);
            }
        }
        if (!(given instanceof List<?> list)) {
            throw new InvalidConfigurationException("`" + key + "` is a list, not " + given + ".");
        }
        boolean nested = !list.isEmpty() && list.get(0) instanceof List<?>;
        if (key.equals(Keys.LOOP_ORDERS)) {
            return parameters.size() == 1 && !list.isEmpty() && !nested ? List.of(list) : list;
        }
        if (!nested) {
            return list;
        }
        List<Object> flat = new ArrayList<>();
        list.forEach(element -> {
            if (element instanceof List<?> inner) {
                flat.addAll(inner);
            } else {
                flat.add(element);
            }
        });
        return flat;
    }

    private Object checked(Parameter parameter, Object value) {
        String key = parameter.name().key();
        if (parameter instanceof PowerOfTwoParameter power) {
            return powerOfTwo(power, key, value);
        }
        if (key.equals(Keys.INDEXING) && target.isCuda() && Keys.BLOCK_POINTER.equals(value)) {
            return value;
        }
        boolean emptyForNull =
                parameter instanceof EnumParameter choices && choices.choices().contains(null) && "".equals(value);
        return emptyForNull ? null : inRange(parameter, value);
    }

    private Object powerOfTwo(PowerOfTwoParameter power, String key, Object value) {
        boolean chunk = key.equals(Keys.REDUCTION_LOOPS);
        if (value == null && chunk) {
            return power.high();
        }
        if (!(value instanceof Long number) || number < 1 || Long.bitCount(number) != 1) {
            throw new InvalidConfigurationException(
                    "`" + power.name() + "` must be a power of two, not " + value + ".");
        }
        if (chunk) {
            return Math.max(power.low(), Math.min(power.high(), number));
        }
        return key.equals(Keys.BLOCK_SIZES)
                ? Math.max(derived.minimums().get(power.name()), number)
                : inRange(power, value);
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

    private static Object inRange(Parameter parameter, Object value) {
        if (!parameter.contains(value)) {
            throw new InvalidConfigurationException(
                    "`" + parameter.name() + "` cannot be " + value + "; it is " + parameter.domain() + ".");
        }
        return value;
    }
}
