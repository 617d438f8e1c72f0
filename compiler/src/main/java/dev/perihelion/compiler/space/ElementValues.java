package dev.perihelion.compiler.space;

import dev.perihelion.compiler.InvalidConfigurationException;
import dev.perihelion.compiler.Target;
import dev.perihelion.search.space.EnumParameter;
import dev.perihelion.search.space.Parameter;
import dev.perihelion.search.space.PowerOfTwoParameter;

/**
 * What one value of a user's configuration becomes. The bounds of the search do not bind users, only what the compiler,
 * Triton and the device can have.
 */
final class ElementValues {

    private static final long MOST_PROGRAMS_PER_PROCESSOR = 128;
    private static final long MOST_REGISTERS = 256;
    private static final int MOST_GRID_AXES = 3;

    private final SpaceBuilder.Derived derived;
    private final LoopFacts facts;
    private final Target target;

    ElementValues(SpaceBuilder.Derived derived, LoopFacts facts, Target target) {
        this.derived = derived;
        this.facts = facts;
        this.target = target;
    }

    /**
     * The value in the form of the space.
     *
     * @throws InvalidConfigurationException where it cannot be
     */
    Object checked(Parameter parameter, Object value) {
        switch (parameter.name().key()) {
            case Keys.BLOCK_SIZES:
                return Math.max(derived.minimums().get(parameter.name()), powerOfTwo(parameter, value));
            case Keys.REDUCTION_LOOPS:
                return chunk((PowerOfTwoParameter) parameter, value);
            case Keys.L2_GROUPINGS:
                return powerOfTwo(parameter, value);
            case Keys.RANGE_UNROLL_FACTORS:
            case Keys.RANGE_NUM_STAGES:
                return number(parameter, value, 0, Integer.MAX_VALUE);
            case "num_stages":
                return number(parameter, value, 1, Integer.MAX_VALUE);
            case "num_sm_multiplier":
                return number(parameter, value, 1, MOST_PROGRAMS_PER_PROCESSOR);
            case "maxnreg":
                return value == null || value.equals("") ? null : number(parameter, value, 1, MOST_REGISTERS);
            default:
                return choice(parameter, value);
        }
    }

    private static long powerOfTwo(Parameter parameter, Object value) {
        if (!(value instanceof Long number) || number < 1 || Long.bitCount(number) != 1) {
            throw new InvalidConfigurationException(
                    "`" + parameter.name() + "` must be a power of two, not " + value + ".");
        }
        return number;
    }

    /** A chunk that holds the extent is the whole of it; one of a single element is none. */
    private long chunk(PowerOfTwoParameter parameter, Object value) {
        if (value == null) {
            return parameter.high();
        }
        long given = powerOfTwo(parameter, value);
        long length = given == 1 ? parameter.low() : given;
        long extent = facts.rollable().get(parameter.name().index().getAsInt());
        return length >= extent ? parameter.high() : length;
    }

    private static long number(Parameter parameter, Object value, long least, long most) {
        if (!(value instanceof Long number) || number < least || number > most) {
            String bounds = most == Integer.MAX_VALUE ? "from " + least + " on" : "from " + least + " to " + most;
            throw new InvalidConfigurationException(
                    "`" + parameter.name() + "` is a whole number " + bounds + ", not " + value + ".");
        }
        return number;
    }

    private Object choice(Parameter parameter, Object value) {
        boolean beyondSearch = parameter.name().key().equals(Keys.INDEXING)
                        && target.isCuda()
                        && Keys.BLOCK_POINTER.equals(value)
                || parameter.name().equals(Keys.PID_TYPE) && Keys.XYZ.equals(value) && mayHaveGridAxes(parameter);
        if (beyondSearch) {
            return value;
        }
        boolean emptyForNull =
                parameter instanceof EnumParameter choices && choices.choices().contains(null) && "".equals(value);
        if (emptyForNull) {
            return null;
        }
        if (!parameter.contains(value)) {
            throw new InvalidConfigurationException(
                    "`" + parameter.name() + "` cannot be " + value + "; it is " + parameter.domain() + ".");
        }
        return value;
    }

    /** Whether the axes of the root loop can be those of the launch grid, be it too long for the search to try. */
    private boolean mayHaveGridAxes(Parameter types) {
        long roots = facts.loops().stream().filter(LoopFacts.Loop::isRoot).count();
        return types.contains(Keys.FLAT)
                && roots == 1
                && facts.loops().stream()
                        .filter(LoopFacts.Loop::isRoot)
                        .allMatch(loop -> loop.axes().size() <= MOST_GRID_AXES);
    }
}
