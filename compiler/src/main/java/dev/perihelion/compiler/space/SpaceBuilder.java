package dev.perihelion.compiler.space;

import dev.perihelion.compiler.Target;
import dev.perihelion.compiler.frontend.Sizes;
import dev.perihelion.compiler.ir.BlockTable;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.KernelIr;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operands;
import dev.perihelion.compiler.ir.Tunable;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.Constraint;
import dev.perihelion.search.space.EnumParameter;
import dev.perihelion.search.space.IntegerParameter;
import dev.perihelion.search.space.OnlyWhen;
import dev.perihelion.search.space.Parameter;
import dev.perihelion.search.space.ParameterName;
import dev.perihelion.search.space.PermutationParameter;
import dev.perihelion.search.space.PowerOfTwoParameter;
import dev.perihelion.search.space.SearchSpace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Derives a kernel's search space from its loops, shapes and products. */
public final class SpaceBuilder {

    private static final long ELEMENT_LIMIT = 1L << 20;
    private static final long WHOLE_REDUCTION_DEFAULT = 4096;
    private static final double MOST_PER_THREAD = 128;
    private static final double MOST_UNROLLED_PER_THREAD = 256;

    private final KernelIr ir;
    private final Target target;
    private final LoopFacts facts;
    private final List<Parameter> parameters = new ArrayList<>();
    private final List<Constraint> constraints = new ArrayList<>();
    private final Map<Integer, ParameterName> blockNames = new HashMap<>();
    private final Map<Long, ParameterName> chunkNames = new HashMap<>();

    private SpaceBuilder(KernelIr ir, LoopFacts facts, Target target) {
        this.ir = ir;
        this.target = target;
        this.facts = facts;
    }

    /** The space of a kernel for a target. */
    public static SearchSpace build(KernelIr ir, LoopFacts facts, Target target) {
        return new SpaceBuilder(ir, facts, target).build();
    }

    private SearchSpace build() {
        List<Parameter> blocks = blockSizes();
        loopOrders();
        groupings();
        reductionLoops();
        ranges();
        parameters.add(new PowerOfTwoParameter(Keys.NUM_WARPS, 1, target.isCuda() ? 32 : 16, 4));
        parameters.add(new IntegerParameter(Keys.NUM_STAGES, 1, target.isCuda() ? 8 : 4, 1));
        programIds();
        for (int i = 0; i < facts.loads(); i++) {
            parameters.add(
                    new EnumParameter(Keys.element(Keys.LOAD_EVICTION_POLICIES, i), List.of("", "first", "last"), ""));
        }
        for (List<Dim> shape : facts.shapes()) {
            boolean varies = shape.stream()
                    .anyMatch(dim -> dim instanceof Dim.Block block && blockNames.containsKey(block.id()));
            if (varies) {
                constraints.add(constraint(shape));
            }
        }
        List<Parameter> all = new ArrayList<>(shrunk(blocks));
        all.addAll(parameters);
        constraints.addAll(threadLimits(all));
        return new SearchSpace(all, constraints);
    }

    /** Limits on what one thread holds; the default configuration is always within them. */
    private List<Constraint> threadLimits(List<Parameter> all) {
        Configuration standard = new SearchSpace(all, List.of()).defaultConfiguration();
        int threadsPerWarp = target.isCuda() ? 32 : 64;
        List<Optional<ParameterName>> unrolls = new ArrayList<>(List.of(Optional.empty()));
        all.stream()
                .map(Parameter::name)
                .filter(name -> name.key().equals(Keys.RANGE_UNROLL_FACTORS))
                .forEach(name -> unrolls.add(Optional.of(name)));
        List<Constraint> limits = new ArrayList<>();
        for (Constraint constraint : constraints) {
            if (constraint instanceof TileElements tile) {
                for (Optional<ParameterName> unroll : unrolls) {
                    double most = unroll.isPresent() ? MOST_UNROLLED_PER_THREAD : MOST_PER_THREAD;
                    ThreadElements limit = new ThreadElements(tile, unroll, threadsPerWarp, most);
                    double needed = limit.perThread(standard);
                    limits.add(needed <= most ? limit : new ThreadElements(tile, unroll, threadsPerWarp, needed));
                }
            }
        }
        return limits;
    }

    private TileElements constraint(List<Dim> shape) {
        Map<Integer, ParameterName> blocks = new HashMap<>();
        Map<Long, ParameterName> chunks = new HashMap<>();
        for (Dim dim : shape) {
            if (dim instanceof Dim.Block block && blockNames.containsKey(block.id())) {
                blocks.put(block.id(), blockNames.get(block.id()));
            } else if (dim instanceof Dim.Static known && chunkNames.containsKey(known.size())) {
                chunks.put(known.size(), chunkNames.get(known.size()));
            }
        }
        return new TileElements(shape, blocks, chunks);
    }

    private List<Parameter> blockSizes() {
        List<BlockTable.Block> slots = ir.blocks().slots();
        long reduction = facts.rollable().stream().map(Sizes::nextPowerOfTwo).reduce(1L, (a, b) -> a * b);
        List<Parameter> blocks = new ArrayList<>();
        for (int i = 0; i < slots.size(); i++) {
            BlockTable.Block block = slots.get(i);
            ParameterName name = Keys.element(Keys.BLOCK_SIZES, i);
            blockNames.put(block.id(), name);
            long high = Sizes.nextPowerOfTwo(block.sizeHint());
            long low = Math.min(Math.max(Sizes.nextPowerOfTwo(block.minimum()), dotMinimum(block.id())), high);
            if (dotMinimum(block.id()) > high) {
                low = dotMinimum(block.id());
                high = low;
            }
            long start = Math.min(high, Math.max(low, Math.min(high, standard(slots.size(), reduction))));
            blocks.add(new PowerOfTwoParameter(name, low, high, start));
        }
        for (BlockTable.Block block : ir.blocks().all()) {
            if (blockNames.containsKey(block.original())) {
                blockNames.put(block.id(), blockNames.get(block.original()));
            }
        }
        return blocks;
    }

    /** The default block size for a number of tiled axes beside reductions of a total length. */
    private static long standard(int axes, long reduction) {
        if (axes <= 2 && reduction <= 128) {
            return 32;
        }
        if (axes >= 3 && reduction > 1) {
            return Math.max(1, Sizes.floorPowerOfTwo((long) Math.pow(32768.0 / reduction, 1.0 / axes)));
        }
        return reduction <= 256 ? 16 : 1;
    }

    /** The shortest block that the target multiplies with, for an axis of a product; 1 for others. */
    private long dotMinimum(int block) {
        return ir.blocks().all().stream()
                .filter(same -> same.original() == block)
                .mapToLong(same -> dotMinimum(new Dim.Block(same.id())))
                .max()
                .orElse(1);
    }

    private long dotMinimum(Dim dim) {
        long minimum = 1;
        for (Op.Dot dot : facts.dots()) {
            int rank = dot.left().type().rank();
            List<Dim> left = dot.left().type().shape();
            List<Dim> right = dot.right().type().shape();
            if (left.get(rank - 1).equals(dim)) {
                minimum = Math.max(minimum, dot.left().type().dtype().bytes() == 1 ? 32 : 16);
            } else if (left.get(rank - 2).equals(dim) || right.get(rank - 1).equals(dim)) {
                minimum = Math.max(minimum, 16);
            }
        }
        return minimum;
    }

    /** Lowers the blocks' defaults until no value is over the limit of elements. */
    private List<Parameter> shrunk(List<Parameter> blocks) {
        List<Parameter> result = new ArrayList<>(blocks);
        while (true) {
            Map<String, Object> values = new HashMap<>();
            List<Object> sizes = new ArrayList<>();
            result.forEach(parameter -> sizes.add(parameter.defaultValue()));
            values.put(Keys.BLOCK_SIZES, sizes);
            List<Object> chunks = new ArrayList<>();
            parameters.stream()
                    .filter(parameter -> parameter.name().key().equals(Keys.REDUCTION_LOOPS))
                    .forEach(parameter -> chunks.add(parameter.defaultValue()));
            values.put(Keys.REDUCTION_LOOPS, chunks);
            Configuration configuration = Configuration.of(values);
            boolean legal = constraints.stream()
                    .filter(TileElements.class::isInstance)
                    .allMatch(constraint -> constraint.violation(configuration).isEmpty());
            int largest = largest(result);
            if (legal || largest < 0) {
                return result;
            }
            PowerOfTwoParameter old = (PowerOfTwoParameter) result.get(largest);
            result.set(
                    largest, new PowerOfTwoParameter(old.name(), old.low(), old.high(), (Long) old.defaultValue() / 2));
        }
    }

    private static int largest(List<Parameter> blocks) {
        int largest = -1;
        long length = 0;
        for (int i = 0; i < blocks.size(); i++) {
            PowerOfTwoParameter block = (PowerOfTwoParameter) blocks.get(i);
            long start = (Long) block.defaultValue();
            if (start > block.low() && start > length) {
                largest = i;
                length = start;
            }
        }
        return largest;
    }

    private void loopOrders() {
        int slot = 0;
        for (LoopFacts.Loop loop : facts.loops()) {
            if (loop.axes().size() >= 2) {
                parameters.add(new PermutationParameter(
                        Keys.element(Keys.LOOP_ORDERS, slot++), loop.axes().size()));
            }
        }
    }

    private void groupings() {
        int slot = 0;
        for (LoopFacts.Loop loop : facts.loops()) {
            if (loop.isRoot() && loop.axes().size() >= 2) {
                parameters.add(new PowerOfTwoParameter(Keys.element(Keys.L2_GROUPINGS, slot++), 1, 64, 1));
            }
        }
    }

    private void reductionLoops() {
        for (int i = 0; i < facts.rollable().size(); i++) {
            long extent = facts.rollable().get(i);
            ParameterName name = Keys.element(Keys.REDUCTION_LOOPS, i);
            chunkNames.put(extent, name);
            long high = Sizes.nextPowerOfTwo(Math.max(8, extent));
            parameters.add(new PowerOfTwoParameter(
                    name, 8, Math.min(high, ELEMENT_LIMIT), Math.min(high, WHOLE_REDUCTION_DEFAULT)));
        }
    }

    private void ranges() {
        boolean stages = !aliases();
        int slot = 0;
        for (LoopFacts.Loop loop : facts.loops()) {
            int entries = loop.isRoot() ? 1 : loop.axes().size();
            for (int i = 0; i < entries; i++) {
                range(slot++, loop.isRoot(), stages);
            }
        }
    }

    private void range(int slot, boolean isRoot, boolean stages) {
        rangeParameter(new IntegerParameter(Keys.element(Keys.RANGE_UNROLL_FACTORS, slot), 0, 4, 0), isRoot);
        if (stages) {
            rangeParameter(new IntegerParameter(Keys.element(Keys.RANGE_NUM_STAGES, slot), 0, 4, 0), isRoot);
        }
        for (String key : List.of(Keys.RANGE_MULTI_BUFFERS, Keys.RANGE_FLATTENS)) {
            rangeParameter(new EnumParameter(Keys.element(key, slot), Arrays.asList(null, false, true), null), isRoot);
        }
    }

    /** A root loop's entry counts only where one program runs many tiles. */
    private void rangeParameter(Parameter parameter, boolean isRoot) {
        parameters.add(parameter);
        if (isRoot) {
            constraints.add(new OnlyWhen(parameter.name(), parameter.defaultValue(), Keys.PID_TYPE, Keys.PERSISTENT));
        }
    }

    /** Whether some tensor is read and written: Triton's pipelining of such loops is not safe. */
    private boolean aliases() {
        Set<String> loaded = new HashSet<>();
        Set<String> stored = new HashSet<>();
        collect(ir.topLevelOps(), loaded, stored);
        return loaded.stream().anyMatch(stored::contains);
    }

    private static void collect(List<Op> body, Set<String> loaded, Set<String> stored) {
        for (Op op : body) {
            if (op instanceof Op.Load load) {
                loaded.add(load.tensor().name());
            } else if (op instanceof Op.Store store) {
                HostTensor tensor = store.tensor();
                stored.add(tensor.name());
            } else if (op instanceof Op.Atomic atomic) {
                stored.add(atomic.tensor().name());
            }
            collect(Operands.nested(op), loaded, stored);
        }
    }

    private void programIds() {
        boolean hostBounds = ir.roots().stream().allMatch(root -> root.hasHostBounds(ir.scalars()));
        List<Object> types = new ArrayList<>(List.of("persistent_blocked"));
        if (!ir.hasBarrier()) {
            types.add("persistent_interleaved");
            if (hostBounds) {
                types.add(0, "flat");
            }
        }
        parameters.add(new EnumParameter(Keys.PID_TYPE, types, types.get(0)));
        ir.tunables().forEach(tunable -> parameters.add(parameter(tunable)));
        parameters.add(new PowerOfTwoParameter(Keys.NUM_SM_MULTIPLIER, 1, 128, 1));
        constraints.add(new OnlyWhen(Keys.NUM_SM_MULTIPLIER, 1L, Keys.PID_TYPE, Keys.PERSISTENT));
        if (target.isCuda()) {
            parameters.add(new EnumParameter(Keys.MAXNREG, Arrays.asList(null, 32L, 64L, 128L, 256L), null));
            constraints.add(new OnlyWhen(Keys.MAXNREG, null, Keys.PID_TYPE, Keys.PERSISTENT));
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
