package dev.perihelion.compiler.space;

import dev.perihelion.compiler.ir.BlockTable;
import dev.perihelion.compiler.ir.CreationOp;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Index;
import dev.perihelion.compiler.ir.KernelIr;
import dev.perihelion.compiler.ir.MemoryOp;
import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ir.Operands;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.ir.TileAxis;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** Which elements of the list-valued keys belong to which loop. */
public final class LoopSlots {

    /** The most turns of a loop that may be unrolled whole. */
    private static final long STATIC_TURNS = 8;

    private final List<BlockTable.Block> all;
    private final List<BlockTable.Block> blocks;
    private final BlockItems ranges;
    private final BlockItems orders;
    private final BlockItems flattens;
    private final BlockItems groups;
    private final BlockItems statics;
    private final Set<List<Integer>> roots = new HashSet<>();

    private LoopSlots(KernelIr ir, List<LoopFacts.Loop> loops, Set<List<Dim>> shapes) {
        this.all = ir.blocks().all();
        this.blocks = ir.blocks().slots();
        List<List<Integer>> multiple = new ArrayList<>();
        List<List<Integer>> flat = new ArrayList<>();
        List<List<Integer>> grouped = new ArrayList<>();
        List<List<Integer>> entries = new ArrayList<>();
        List<List<Integer>> unrolled = new ArrayList<>();
        Set<Integer> asked = asked(ir);
        for (LoopFacts.Loop loop : loops) {
            List<Integer> ids = ids(loop.axes());
            if (ids.size() >= 2) {
                multiple.add(ids);
                if (isFlattenable(loop.axes(), asked, shapes)) {
                    flat.add(ids);
                }
                if (loop.isRoot()) {
                    grouped.add(ids);
                }
            }
            if (loop.isRoot()) {
                roots.add(ids);
                entries.add(ids);
            } else {
                ids.forEach(id -> entries.add(List.of(id)));
                loop.axes().stream()
                        .filter(LoopSlots::isShort)
                        .forEach(axis -> unrolled.add(List.of(original(axis.block()))));
            }
        }
        this.ranges = new BlockItems(entries);
        this.orders = new BlockItems(multiple);
        this.flattens = new BlockItems(flat);
        this.groups = new BlockItems(grouped);
        this.statics = new BlockItems(unrolled);
    }

    static LoopSlots of(KernelIr ir, List<LoopFacts.Loop> loops, Set<List<Dim>> shapes) {
        return new LoopSlots(ir, loops, shapes);
    }

    /** The blocks of {@code block_sizes}, in order. */
    public List<BlockTable.Block> blocks() {
        return blocks;
    }

    /** All block symbols, by number. */
    public List<BlockTable.Block> allBlocks() {
        return all;
    }

    /** The element of the {@code range_*} keys; root loops have one for all their axes, others one for each axis. */
    public int range(TileAxis axis) {
        return ranges.indexOf(original(axis.block()));
    }

    /** The element of {@code loop_orders}; -1 where the loop has none. */
    public int order(List<TileAxis> axes) {
        return of(orders, axes);
    }

    /** The element of {@code flatten_loops}; -1 where the loop has none. */
    public int flatten(List<TileAxis> axes) {
        return of(flattens, axes);
    }

    /** The element of {@code l2_groupings}; -1 where the loop has none. */
    public int group(List<TileAxis> axes) {
        return of(groups, axes);
    }

    /** The element of {@code static_ranges}; -1 where the axis has none. */
    public int staticRange(TileAxis axis) {
        return statics.indexOf(original(axis.block()));
    }

    BlockItems ranges() {
        return ranges;
    }

    BlockItems orders() {
        return orders;
    }

    int flattenCount() {
        return flattens.size();
    }

    int groupCount() {
        return groups.size();
    }

    BlockItems statics() {
        return statics;
    }

    List<Integer> groupBlocks(int index) {
        return groups.items().get(index);
    }

    /** The element of {@code flatten_loops} of the loop over these blocks. */
    OptionalInt flattenOf(List<Integer> ids) {
        int index = flattens.items().indexOf(ids);
        return index < 0 ? OptionalInt.empty() : OptionalInt.of(index);
    }

    /** Whether these are the blocks of a root loop. */
    boolean isRoot(List<Integer> ids) {
        return roots.contains(ids);
    }

    /** The position in {@code block_sizes} of a block, or of the one it has the length of; -1 where its length is fixed. */
    public int slot(int block) {
        int id = original(block);
        for (int i = 0; i < blocks.size(); i++) {
            if (blocks.get(i).id() == id) {
                return i;
            }
        }
        return -1;
    }

    private static int of(BlockItems items, List<TileAxis> axes) {
        if (axes.size() < 2) {
            return -1;
        }
        int index = items.indexOf(axes.get(0).block());
        return index >= 0 && items.items().get(index).size() == axes.size() ? index : -1;
    }

    private int original(int block) {
        return all.get(block).original();
    }

    private List<Integer> ids(List<TileAxis> axes) {
        return axes.stream().map(axis -> original(axis.block())).toList();
    }

    /** Blocks whose tiles are asked for positions, which a loop over all elements at once does not have. */
    private static Set<Integer> asked(KernelIr ir) {
        Set<Integer> asked = new HashSet<>();
        Operands.walk(ir.topLevelOps(), op -> {
            if (op instanceof CreationOp.TileIndex index) {
                asked.add(index.block());
            } else if (op instanceof CreationOp.TileScalar scalar
                    && scalar.property() != CreationOp.TileProperty.BLOCK_SIZE) {
                asked.add(scalar.block());
            } else if (op instanceof MemoryOp.Load load) {
                shifted(load.indices(), asked);
            } else if (op instanceof MemoryOp.Store store) {
                shifted(store.indices(), asked);
            } else if (op instanceof MemoryOp.Atomic atomic) {
                shifted(atomic.indices(), asked);
            }
        });
        return asked;
    }

    private static void shifted(List<Index> indices, Set<Integer> asked) {
        for (Index index : indices) {
            boolean still = index instanceof Index.OfTile tile
                    && tile.shift() instanceof Literal shift
                    && shift.asDouble() == 0;
            if (index instanceof Index.OfTile tile && !still) {
                asked.add(tile.block());
            }
        }
    }

    private static boolean isFlattenable(List<TileAxis> axes, Set<Integer> asked, Set<List<Dim>> shapes) {
        boolean plain = axes.stream()
                .allMatch(axis -> !axis.isGrid()
                        && axis.beginsAtZero()
                        && axis.lengths().isEmpty()
                        && !asked.contains(axis.block()));
        return plain && shapes.stream().allMatch(shape -> standTogether(axes, shape));
    }

    /** Whether a shape has all of a loop's axes side by side and in order, or none of them. */
    private static boolean standTogether(List<TileAxis> axes, List<Dim> shape) {
        List<Integer> ids = axes.stream().map(TileAxis::block).toList();
        Set<Integer> inside = new HashSet<>();
        int first = -1;
        for (int i = 0; i < shape.size(); i++) {
            if (shape.get(i) instanceof Dim.Block block && ids.contains(block.id())) {
                inside.add(block.id());
                first = first < 0 ? i : first;
            } else if (!(shape.get(i) instanceof Dim.Block)
                    && shape.get(i).length().blocks().stream().anyMatch(ids::contains)) {
                return false;
            }
        }
        if (inside.isEmpty()) {
            return true;
        }
        for (int i = 0; i < ids.size(); i++) {
            if (first + i >= shape.size() || !shape.get(first + i).equals(new Dim.Block(ids.get(i)))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isShort(TileAxis axis) {
        OptionalLong length = axis.constantLength();
        OptionalLong step = axis.fixedStep().map(Size::constant).orElse(OptionalLong.of(1));
        return length.isPresent()
                && step.isPresent()
                && axis.lengths().isEmpty()
                && -Math.floorDiv(-length.getAsLong(), step.getAsLong()) <= STATIC_TURNS;
    }
}
