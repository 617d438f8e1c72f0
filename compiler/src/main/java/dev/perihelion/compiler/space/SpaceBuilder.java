package dev.perihelion.compiler.space;

import dev.perihelion.compiler.Target;
import dev.perihelion.compiler.frontend.Sizes;
import dev.perihelion.compiler.ir.BlockTable;
import dev.perihelion.compiler.ir.KernelIr;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.ir.TileAxis;
import dev.perihelion.compiler.ir.Tunable;
import dev.perihelion.search.space.BooleanParameter;
import dev.perihelion.search.space.Constraint;
import dev.perihelion.search.space.EnumParameter;
import dev.perihelion.search.space.IntegerParameter;
import dev.perihelion.search.space.NarrowedParameter;
import dev.perihelion.search.space.OnlyWhen;
import dev.perihelion.search.space.Parameter;
import dev.perihelion.search.space.ParameterName;
import dev.perihelion.search.space.PermutationParameter;
import dev.perihelion.search.space.PowerOfTwoParameter;
import dev.perihelion.search.space.SearchSpace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** Derives a kernel's search space from its loops, shapes and products; keys, bounds and defaults are Helion's. */
public final class SpaceBuilder {

    private static final long WHOLE_REDUCTION_DEFAULT = 4096;

    /** The first extent of the launch grid's second axis that is too long. */
    private static final long GRID_AXIS_LIMIT = 65535;

    private static final String FEW_STAGES =
            "Without a matrix product Triton pipelines stores by descriptors alone, with any number of stages above 1.";

    private final KernelIr ir;
    private final Target target;
    private final LoopFacts facts;
    private final List<Parameter> parameters = new ArrayList<>();
    private final List<Constraint> constraints = new ArrayList<>();

    private SpaceBuilder(KernelIr ir, LoopFacts facts, Target target) {
        this.ir = ir;
        this.target = target;
        this.facts = facts;
    }

    /**
     * A kernel's space and what a user's configuration may have beyond it.
     *
     * @param minimums the smallest value of each block size; what the search tries may begin above
     * @param outer for block sizes of loops over another loop's tile, that loop's block size
     */
    public record Derived(
            SearchSpace space, Map<ParameterName, Long> minimums, Map<ParameterName, ParameterName> outer) {}

    /** The space of a kernel for a target. */
    public static Derived build(KernelIr ir, LoopFacts facts, Target target) {
        return new SpaceBuilder(ir, facts, target).build();
    }

    private Derived build() {
        Map<ParameterName, ParameterName> outer = SubTiles.outer(ir, facts.slots());
        BlockSizes blocks = new BlockSizes(ir, facts, outer, target);
        loopOrders();
        flattens();
        groupings();
        reductionLoops();
        ranges();
        staticRanges();
        parameters.add(new PowerOfTwoParameter(Keys.NUM_WARPS, 1, target.isCuda() ? 32 : 16, 4));
        stages();
        indexing();
        programIds();
        for (int i = 0; i < facts.rolls().loads(); i++) {
            parameters.add(
                    new EnumParameter(Keys.element(Keys.LOAD_EVICTION_POLICIES, i), List.of("", "first", "last"), ""));
        }
        vendor();
        ir.tunables().forEach(tunable -> parameters.add(parameter(tunable)));
        TileLimits limits = new TileLimits(ir, facts, target);
        List<Parameter> all = new ArrayList<>(limits.shrunk(blocks.parameters(), parameters));
        outer.forEach((inner, bound) -> constraints.add(bounded(all, inner, bound)));
        partsOf(all);
        all.addAll(parameters);
        constraints.addAll(limits.constraints(all));
        return new Derived(new SearchSpace(all, constraints), blocks.minimums(), outer);
    }

    /** Blocks whose parts the kernel works with are not so short that a part is empty; defaults are raised. */
    private void partsOf(List<Parameter> blocks) {
        for (Size length : PartLengths.of(ir)) {
            for (int block : length.blocks()) {
                int slot = facts.slots().slot(block);
                if (slot < 0 || !(blocks.get(slot) instanceof PowerOfTwoParameter own)) {
                    continue;
                }
                long least = PartLengths.leastBlock(length, own.high()).orElse(1L);
                if (least > own.low()) {
                    blocks.set(
                            slot,
                            new PowerOfTwoParameter(own.name(), own.low(), own.high(), Math.max(least, own.start())));
                    constraints.add(new LongEnough(own.name(), least));
                }
            }
        }
    }

    /** Also lowers the inner loop's default and lower bound to the outer one's where they are above. */
    private static NotAbove bounded(List<Parameter> blocks, ParameterName inner, ParameterName outer) {
        int at = inner.index().getAsInt();
        PowerOfTwoParameter own = (PowerOfTwoParameter) blocks.get(at);
        long start = (Long) blocks.get(outer.index().getAsInt()).defaultValue();
        if (own.start() > start) {
            blocks.set(at, new PowerOfTwoParameter(inner, Math.min(own.low(), start), own.high(), start));
        }
        return new NotAbove(inner, outer);
    }

    private void loopOrders() {
        BlockItems orders = facts.slots().orders();
        for (int i = 0; i < orders.size(); i++) {
            ParameterName name = Keys.element(Keys.LOOP_ORDERS, i);
            PermutationParameter order =
                    new PermutationParameter(name, orders.items().get(i).size());
            parameters.add(order);
            onlyWhenNotFlat(order, orders.items().get(i));
        }
    }

    private void flattens() {
        for (int i = 0; i < facts.slots().flattenCount(); i++) {
            parameters.add(new BooleanParameter(Keys.element(Keys.FLATTEN_LOOPS, i), false));
        }
    }

    private void groupings() {
        for (int i = 0; i < facts.slots().groupCount(); i++) {
            ParameterName name = Keys.element(Keys.L2_GROUPINGS, i);
            PowerOfTwoParameter grouping = new PowerOfTwoParameter(name, 1, 64, 1);
            parameters.add(grouping);
            onlyWhenNotFlat(grouping, facts.slots().groupBlocks(i));
            constraints.add(new OnlyWhen(
                    name, 1L, Keys.PID_TYPE, Set.of(Keys.FLAT, Keys.PERSISTENT_BLOCKED, Keys.PERSISTENT_INTERLEAVED)));
        }
    }

    /** A loop over all elements at once has no order and no groups. */
    private void onlyWhenNotFlat(Parameter parameter, List<Integer> blocks) {
        OptionalInt flat = facts.slots().flattenOf(blocks);
        if (flat.isPresent()) {
            constraints.add(new OnlyWhen(
                    parameter.name(),
                    parameter.defaultValue(),
                    Keys.element(Keys.FLATTEN_LOOPS, flat.getAsInt()),
                    Set.of(false)));
        }
    }

    private void reductionLoops() {
        for (int i = 0; i < facts.rollable().size(); i++) {
            long high = Sizes.nextPowerOfTwo(Math.max(8, facts.rollable().get(i)));
            parameters.add(new PowerOfTwoParameter(
                    Keys.element(Keys.REDUCTION_LOOPS, i), 8, high, Math.min(high, WHOLE_REDUCTION_DEFAULT)));
        }
    }

    private void ranges() {
        boolean stages = !WrittenParameters.areIn(ir);
        for (String key : Keys.RANGES) {
            boolean exists = key.equals(Keys.RANGE_WARP_SPECIALIZES)
                    ? target.capability() >= 100
                    : stages || !key.equals(Keys.RANGE_NUM_STAGES);
            for (int i = 0; exists && i < facts.slots().ranges().size(); i++) {
                range(range(key, i), facts.slots().ranges().items().get(i));
            }
        }
    }

    private static Parameter range(String key, int slot) {
        ParameterName name = Keys.element(key, slot);
        return key.equals(Keys.RANGE_UNROLL_FACTORS) || key.equals(Keys.RANGE_NUM_STAGES)
                ? new IntegerParameter(name, 0, 4, 0)
                : new EnumParameter(name, Arrays.asList(null, false, true), null);
    }

    /** A root loop's entry counts only where one program runs many tiles; loops without turns have no options. */
    private void range(Parameter parameter, List<Integer> blocks) {
        parameters.add(parameter);
        if (facts.slots().isRoot(blocks)) {
            constraints.add(new OnlyWhen(parameter.name(), parameter.defaultValue(), Keys.PID_TYPE, Keys.PERSISTENT));
        }
        int unrolled = facts.slots().statics().indexOf(blocks.get(0));
        if (unrolled >= 0) {
            constraints.add(new OnlyWhen(
                    parameter.name(),
                    parameter.defaultValue(),
                    Keys.element(Keys.STATIC_RANGES, unrolled),
                    Set.of(false)));
        }
    }

    private void stages() {
        IntegerParameter stages = new IntegerParameter(Keys.NUM_STAGES, 1, target.isCuda() ? 8 : 4, 1);
        boolean few = target.isCuda() && !Products.mayBeIn(ir);
        parameters.add(
                few
                        ? new NarrowedParameter(stages, new IntegerParameter(Keys.NUM_STAGES, 1, 2, 1), FEW_STAGES)
                        : stages);
    }

    private void staticRanges() {
        for (int i = 0; i < facts.slots().statics().size(); i++) {
            parameters.add(new BooleanParameter(Keys.element(Keys.STATIC_RANGES, i), false));
        }
    }

    private void indexing() {
        boolean descriptors = target.capability() >= 90;
        List<Object> choices = List.of(Keys.POINTER, descriptors ? Keys.TENSOR_DESCRIPTOR : Keys.BLOCK_POINTER);
        for (int i = 0; i < facts.rolls().accesses(); i++) {
            parameters.add(new EnumParameter(Keys.element(Keys.INDEXING, i), choices, Keys.POINTER));
        }
        List<Object> atomics = descriptors ? choices : List.of(Keys.POINTER);
        for (int i = 0; i < facts.rolls().atomics(); i++) {
            parameters.add(new EnumParameter(Keys.element(Keys.ATOMIC_INDEXING, i), atomics, Keys.POINTER));
        }
    }

    private void programIds() {
        List<Object> types = new ArrayList<>(Keys.PID_TYPES);
        if (!hasShortGrid()) {
            types.remove(Keys.XYZ);
        }
        if (ir.roots().stream().anyMatch(root -> !root.hasHostBounds(ir.scalars()))) {
            types.removeAll(List.of(Keys.FLAT, Keys.XYZ));
        }
        if (ir.hasBarrier()) {
            types.retainAll(List.of(Keys.PERSISTENT_BLOCKED));
        }
        parameters.add(new EnumParameter(Keys.PID_TYPE, types, types.get(0)));
        if (target.hasChiplets()) {
            parameters.add(new BooleanParameter(Keys.XCD_REMAP, false));
            constraints.add(new OnlyWhen(
                    Keys.XCD_REMAP,
                    false,
                    Keys.PID_TYPE,
                    Set.of(Keys.FLAT, Keys.PERSISTENT_BLOCKED, Keys.PERSISTENT_INTERLEAVED)));
        }
        parameters.add(new PowerOfTwoParameter(Keys.NUM_SM_MULTIPLIER, 1, 128, 1));
        constraints.add(new OnlyWhen(Keys.NUM_SM_MULTIPLIER, 1L, Keys.PID_TYPE, Keys.PERSISTENT));
    }

    /** Whether the launch grid can have the loop's axes as its own. */
    private boolean hasShortGrid() {
        if (ir.roots().size() != 1) {
            return false;
        }
        List<TileAxis> axes = ir.roots().get(0).axes();
        Set<Integer> searched = new HashSet<>();
        facts.slots().blocks().forEach(block -> searched.add(block.id()));
        double programs = 1;
        for (TileAxis axis : axes) {
            BlockTable.Block block = ir.blocks().get(axis.block());
            if (!searched.contains(block.original())) {
                return false;
            }
            programs *= Math.max(1, block.sizeHint());
        }
        return axes.size() >= 2 && axes.size() <= 3 && programs < GRID_AXIS_LIMIT;
    }

    private void vendor() {
        if (target.isCuda()) {
            parameters.add(new EnumParameter(Keys.MAXNREG, Arrays.asList(null, 32L, 64L, 128L, 256L), null));
            constraints.add(new OnlyWhen(Keys.MAXNREG, null, Keys.PID_TYPE, Keys.PERSISTENT));
            constraints.add(new RegisterBudget());
        } else if (target.hasMatrixCores()) {
            parameters.add(new EnumParameter(Keys.WAVES_PER_EU, List.of(1L, 2L, 3L, 4L), 1L));
            parameters.add(new EnumParameter(Keys.MATRIX_INSTR_NONKDIM, List.of(0L, 16L, 32L), 0L));
        }
    }

    private static Parameter parameter(Tunable tunable) {
        ParameterName name = ParameterName.scalar(tunable.name());
        return switch (tunable.kind()) {
            case POWER_OF_TWO -> new PowerOfTwoParameter(name, tunable.low(), tunable.high(), tunable.standard());
            case INTEGER -> new IntegerParameter(name, tunable.low(), tunable.high(), tunable.standard());
            case ENUM -> new EnumParameter(name, new ArrayList<>(tunable.choices()), tunable.standard());
            case BOOLEAN -> new IntegerParameter(name, 0, 1, tunable.standard());
        };
    }
}
