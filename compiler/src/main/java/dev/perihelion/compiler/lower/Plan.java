package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.Target;
import dev.perihelion.compiler.frontend.Sizes;
import dev.perihelion.compiler.ir.BlockTable;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.ir.TileAxis;
import dev.perihelion.compiler.space.Keys;
import dev.perihelion.compiler.space.LoopFacts;
import dev.perihelion.compiler.space.LoopSlots;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.ParameterName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** A normalised configuration, in the compiler's terms. */
final class Plan {

    private final Configuration configuration;
    private final Target target;
    private final LoopFacts facts;
    private final LoopSlots slots;
    private final long[] blocks;
    private final Map<Long, Long> chunks = new HashMap<>();
    private final Map<Integer, Long> addedBlocks = new HashMap<>();
    private final boolean hasDescriptors;

    Plan(LoopFacts facts, Configuration configuration, Target target) {
        this(facts, configuration, target, true);
    }

    private Plan(LoopFacts facts, Configuration configuration, Target target, boolean hasDescriptors) {
        this.hasDescriptors = hasDescriptors;
        this.configuration = configuration;
        this.target = target;
        this.facts = facts;
        this.slots = facts.slots();
        List<BlockTable.Block> all = slots.allBlocks();
        this.blocks = new long[all.size()];
        List<?> sizes = list(Keys.BLOCK_SIZES);
        for (BlockTable.Block block : all) {
            int slot = slots.slot(block.id());
            if (slot >= 0) {
                blocks[block.id()] = (Long) sizes.get(slot);
            }
        }
        for (BlockTable.Block block : all) {
            block.fixed().ifPresent(size -> blocks[block.id()] = Sizes.nextPowerOfTwo(evaluate(size)));
        }
        for (int i = 0; i < facts.rollable().size(); i++) {
            long extent = facts.rollable().get(i);
            long chunk = configuration.getLong(Keys.element(Keys.REDUCTION_LOOPS, i));
            if (chunk < extent && facts.cuttable().contains(extent)) {
                chunks.put(extent, chunk);
            }
        }
    }

    /** The same without tensor descriptors: with pointers in their place. */
    Plan withoutDescriptors() {
        return new Plan(facts, configuration, target, false);
    }

    Target target() {
        return target;
    }

    Configuration configuration() {
        return configuration;
    }

    /** The length of a block, a power of two. */
    long block(int id) {
        return id < blocks.length ? blocks[id] : addedBlocks.get(id);
    }

    /** Adds a block that only this configuration has, as a piece of another. */
    void addBlock(int id, long length) {
        addedBlocks.put(id, length);
    }

    /** Into how many pieces what is done last is cut; 1: not at all. */
    int epiloguePieces() {
        return configuration.has(Keys.EPILOGUE_SUBTILE)
                        && configuration.get(Keys.EPILOGUE_SUBTILE) instanceof Long count
                ? count.intValue()
                : 1;
    }

    /** The extents that are cut, with the length of a chunk. */
    Map<Long, Long> chunks() {
        return chunks;
    }

    /** The length of an axis in registers: a power of two that holds the extent, or a chunk of it. */
    long length(Dim dim) {
        if (dim instanceof Dim.Block block) {
            return block(block.id());
        }
        if (dim instanceof Dim.Merged merged) {
            return merged.parts().stream().mapToLong(this::length).reduce(1, (a, b) -> a * b);
        }
        long extent = evaluate(dim.length());
        return chunks.getOrDefault(extent, Sizes.nextPowerOfTwo(extent));
    }

    /** A size under this configuration. */
    long evaluate(Size size) {
        return size.evaluate(this::leaf);
    }

    /** A size under this configuration as Python text of the host. */
    String text(Size size) {
        return size.text(this::leaf);
    }

    private long leaf(Size size) {
        if (size instanceof Size.Block block) {
            return block(block.id());
        }
        return configuration.getLong(ParameterName.scalar(((Size.Tunable) size).name()));
    }

    /** The distance from one tile of an axis to the next. */
    long step(TileAxis axis) {
        return axis.fixedStep().map(this::evaluate).orElseGet(() -> block(axis.block()));
    }

    /** A list-valued key's elements; none where the kernel has none. */
    private List<?> list(String key) {
        return configuration.values().get(key) instanceof List<?> list ? list : List.of();
    }

    /** A list-valued key's element; empty where the list is shorter, or the element is null. */
    Optional<Object> element(String key, int index) {
        List<?> list = list(key);
        Object element = index >= 0 && index < list.size() ? list.get(index) : null;
        return Optional.ofNullable(!hasDescriptors && Keys.TENSOR_DESCRIPTOR.equals(element) ? Keys.POINTER : element);
    }

    /** The order of a multi-axis loop; the first is the fastest of a grid and the outermost of a nest. */
    List<Integer> loopOrder(List<TileAxis> axes) {
        Optional<Object> order = element(Keys.LOOP_ORDERS, slots.order(axes));
        if (order.isPresent()) {
            return ((List<?>) order.get())
                    .stream().map(position -> ((Long) position).intValue()).toList();
        }
        return IntStream.range(0, axes.size()).boxed().toList();
    }

    /** Whether a loop goes over all its elements as over one axis, in tiles of the product of its blocks. */
    boolean isFlattened(List<TileAxis> axes) {
        if (!element(Keys.FLATTEN_LOOPS, slots.flatten(axes)).equals(Optional.of(true))) {
            return false;
        }
        double elements = 1;
        for (TileAxis axis : axes) {
            if (step(axis) != block(axis.block()) || axis.constantLength().isEmpty()) {
                return false;
            }
            elements *= axis.constantLength().getAsLong();
        }
        return elements + flatBlock(axes) < Integer.MAX_VALUE;
    }

    /** The number of elements of a flattened loop's tile. */
    long flatBlock(List<TileAxis> axes) {
        return axes.stream().mapToLong(axis -> block(axis.block())).reduce(1, (a, b) -> a * b);
    }

    /** How many tiles of the first axis run beside each other for all of the second. */
    long group(List<TileAxis> axes) {
        return element(Keys.L2_GROUPINGS, slots.group(axes))
                .map(value -> (Long) value)
                .orElse(1L);
    }

    String programIdType() {
        return (String) configuration.get(Keys.PID_TYPE);
    }

    boolean isPersistent() {
        return Keys.PERSISTENT.contains(programIdType());
    }

    /** Whether programs that follow each other are to run on one die. */
    boolean remapsChiplets() {
        return configuration.has(Keys.XCD_REMAP)
                && configuration.get(Keys.XCD_REMAP).equals(true);
    }

    /** Whether each axis of the root loop is one of the launch grid. */
    boolean hasGridAxes(List<TileAxis> rootAxes) {
        return programIdType().equals(Keys.XYZ) && rootAxes.size() <= 3 && !isFlattened(rootAxes);
    }

    /** {@code tl.static_range} where all axes of an inner loop are to be unrolled, else {@code tl.range}. */
    boolean isStatic(List<TileAxis> axes) {
        return axes.stream()
                .allMatch(axis ->
                        element(Keys.STATIC_RANGES, slots.staticRange(axis)).equals(Optional.of(true)));
    }

    private boolean usesDescriptors() {
        return hasDescriptors
                && (list(Keys.INDEXING).contains(Keys.TENSOR_DESCRIPTOR)
                        || list(Keys.ATOMIC_INDEXING).contains(Keys.TENSOR_DESCRIPTOR));
    }

    /**
     * The keyword arguments of {@code tl.range} for a loop over an axis, or over the tiles of a persistent program.
     *
     * @param flattens whether {@code flatten=True} may be asked for, see {@link Flattening}
     */
    String rangeOptions(TileAxis axis, boolean flattens) {
        int slot = slots.range(axis);
        boolean descriptors = usesDescriptors();
        StringBuilder options = new StringBuilder();
        boolean pipelined = configuration.getLong(Keys.NUM_STAGES) > 1;
        element(Keys.RANGE_UNROLL_FACTORS, slot)
                .filter(factor -> (Long) factor > 0 && !(descriptors && pipelined))
                .ifPresent(factor -> options.append(", loop_unroll_factor=").append(factor));
        element(Keys.RANGE_WARP_SPECIALIZES, slot)
                .ifPresent(flag -> options.append(", warp_specialize=").append(flag.equals(true) ? "True" : "False"));
        element(Keys.RANGE_NUM_STAGES, slot)
                .filter(stages -> (Long) stages > 0 && !descriptors && !facts.readsWhatItWrites())
                .ifPresent(stages -> options.append(", num_stages=").append(stages));
        element(Keys.RANGE_MULTI_BUFFERS, slot)
                .ifPresent(multi ->
                        options.append(", disallow_acc_multi_buffer=").append(multi.equals(true) ? "False" : "True"));
        element(Keys.RANGE_FLATTENS, slot)
                .filter(flatten -> flattens || flatten.equals(false))
                .ifPresent(flatten -> options.append(", flatten=").append(flatten.equals(true) ? "True" : "False"));
        return options.toString();
    }

    /** How the turns of a loop overlap, see {@link #rangeOptions}. */
    Pipeline pipeline(TileAxis axis) {
        int slot = slots.range(axis);
        long general = configuration.getLong(Keys.NUM_STAGES);
        long own = facts.readsWhatItWrites() || usesDescriptors() ? 0 : number(Keys.RANGE_NUM_STAGES, slot);
        boolean unrolls = !(usesDescriptors() && general > 1);
        long copies = unrolls ? Math.max(1, number(Keys.RANGE_UNROLL_FACTORS, slot)) : 1;
        return new Pipeline(own > 0 ? own : general, own > 0, copies);
    }

    /** Whether a loop is asked to be one with the loops inside it. */
    boolean asksToFlatten(TileAxis axis) {
        return element(Keys.RANGE_FLATTENS, slots.range(axis)).equals(Optional.of(true));
    }

    /** How the turns of a loop without options of its own overlap. */
    Pipeline plainPipeline() {
        return new Pipeline(configuration.getLong(Keys.NUM_STAGES), false, 1);
    }

    private long number(String key, int slot) {
        return element(key, slot).map(value -> (Long) value).orElse(0L);
    }

    /** The most registers that a thread may have by the configuration. */
    long maxRegisters() {
        boolean limited = configuration.has(Keys.MAXNREG) && configuration.get(Keys.MAXNREG) instanceof Long;
        return limited ? configuration.getLong(Keys.MAXNREG) : Long.MAX_VALUE;
    }

    /** Warps of a program; specialised ones need at least four beside them. */
    long warps() {
        long warps = configuration.getLong(Keys.NUM_WARPS);
        return list(Keys.RANGE_WARP_SPECIALIZES).contains(true) ? Math.max(4, warps) : warps;
    }
}
