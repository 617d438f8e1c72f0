package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.Target;
import dev.perihelion.compiler.frontend.Sizes;
import dev.perihelion.compiler.ir.BlockTable;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.KernelIr;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.ir.TileAxis;
import dev.perihelion.compiler.space.Keys;
import dev.perihelion.compiler.space.LoopFacts;
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
    private final Map<Integer, Long> blocks = new HashMap<>();
    private final Map<Long, Long> chunks = new HashMap<>();

    Plan(KernelIr ir, LoopFacts facts, Configuration configuration, Target target) {
        this.configuration = configuration;
        this.target = target;
        List<BlockTable.Block> slots = ir.blocks().slots();
        for (int i = 0; i < slots.size(); i++) {
            blocks.put(slots.get(i).id(), configuration.getLong(Keys.element(Keys.BLOCK_SIZES, i)));
        }
        for (BlockTable.Block block : ir.blocks().all()) {
            if (block.fixed().isPresent()) {
                blocks.put(
                        block.id(), Sizes.nextPowerOfTwo(evaluate(block.fixed().get())));
            } else {
                blocks.put(block.id(), blocks.get(block.original()));
            }
        }
        for (int i = 0; i < facts.rollable().size(); i++) {
            long extent = facts.rollable().get(i);
            long chunk = configuration.getLong(Keys.element(Keys.REDUCTION_LOOPS, i));
            if (chunk < extent) {
                chunks.put(extent, chunk);
            }
        }
    }

    Target target() {
        return target;
    }

    Configuration configuration() {
        return configuration;
    }

    /** The length of a block, a power of two. */
    long block(int id) {
        return blocks.get(id);
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

    /** A list-valued key's element, where the space has it. */
    Optional<Object> element(String key, int index) {
        ParameterName name = Keys.element(key, index);
        return configuration.has(name) ? Optional.ofNullable(configuration.get(name)) : Optional.empty();
    }

    /** The order of a multi-axis loop; the first is the fastest of a grid and the outermost of a nest. */
    List<Integer> loopOrder(int slot, int axes) {
        Optional<Object> order = axes >= 2 ? element(Keys.LOOP_ORDERS, slot) : Optional.empty();
        if (order.isPresent()) {
            return ((List<?>) order.get())
                    .stream().map(position -> ((Long) position).intValue()).toList();
        }
        return IntStream.range(0, axes).boxed().toList();
    }

    String programIdType() {
        return (String) configuration.get(Keys.PID_TYPE);
    }

    boolean isPersistent() {
        return Keys.PERSISTENT.contains(programIdType());
    }

    /** The keyword arguments of {@code tl.range} for one entry of the range lists. */
    String rangeOptions(int slot) {
        StringBuilder options = new StringBuilder();
        element(Keys.RANGE_UNROLL_FACTORS, slot)
                .filter(factor -> (Long) factor > 0)
                .ifPresent(factor -> options.append(", loop_unroll_factor=").append(factor));
        element(Keys.RANGE_NUM_STAGES, slot)
                .filter(stages -> (Long) stages > 0)
                .ifPresent(stages -> options.append(", num_stages=").append(stages));
        element(Keys.RANGE_MULTI_BUFFERS, slot)
                .ifPresent(multi ->
                        options.append(", disallow_acc_multi_buffer=").append(multi.equals(true) ? "False" : "True"));
        element(Keys.RANGE_FLATTENS, slot)
                .ifPresent(flatten -> options.append(", flatten=").append(flatten.equals(true) ? "True" : "False"));
        return options.toString();
    }
}
