package dev.perihelion.compiler.space;

import dev.perihelion.compiler.Target;
import dev.perihelion.compiler.frontend.Sizes;
import dev.perihelion.compiler.ir.BlockTable;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.KernelIr;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operands;
import dev.perihelion.compiler.ir.ProductOp;
import dev.perihelion.compiler.ir.RootLoop;
import dev.perihelion.search.space.ParameterName;
import dev.perihelion.search.space.PowerOfTwoParameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Bounds and defaults of {@code block_sizes}. */
final class BlockSizes {

    /** Rows and columns of a product may have longer tiles than the axis has elements: masked lanes cost less. */
    private static final long PRODUCT_CEILING = 64;

    /** Programs for each multiprocessor beyond which smaller tiles of the grid only add launch work. */
    private static final long PROGRAMS_PER_PROCESSOR = 64;

    /** What one instruction of a product with scales takes. */
    private static final long LEAST_SCALED_DEPTH = 32;

    private final KernelIr ir;
    private final LoopFacts facts;
    private final Target target;
    private final Map<ParameterName, ParameterName> outer;
    private final Set<Integer> gridBlocks = new LinkedHashSet<>();
    private final Map<ParameterName, Long> minimums = new HashMap<>();
    private final List<ProductOp.DotScaled> scaled = new ArrayList<>();

    /** Blocks whose length the kernel computes with: {@code (tile.id + 1) * block} must not lead out of the axis. */
    private final Set<Integer> computedWith = new HashSet<>();

    /**
     * Reads a kernel's products.
     *
     * @param outer for block sizes of loops over another loop's tile, that loop's block size
     */
    BlockSizes(KernelIr ir, LoopFacts facts, Map<ParameterName, ParameterName> outer, Target target) {
        this.ir = ir;
        this.outer = outer;
        this.facts = facts;
        this.target = target;
        for (RootLoop root : ir.roots()) {
            root.axes().stream()
                    .map(axis -> ir.blocks().get(axis.block()).original())
                    .forEach(gridBlocks::add);
            Operands.walk(root.body(), op -> {
                if (op instanceof ProductOp.DotScaled dot) {
                    scaled.add(dot);
                }
                op.operands().forEach(operand -> {
                    if (operand instanceof Operand.Sized sized) {
                        sized.size()
                                .blocks()
                                .forEach(id ->
                                        computedWith.add(ir.blocks().get(id).original()));
                    }
                });
            });
        }
    }

    /** The smallest block that can be, for each parameter; the search's bounds may be narrower. */
    Map<ParameterName, Long> minimums() {
        return minimums;
    }

    List<PowerOfTwoParameter> parameters() {
        List<BlockTable.Block> slots = facts.slots().blocks();
        long reduction = facts.rollable().stream().map(Sizes::nextPowerOfTwo).reduce(1L, BlockSizes::product);
        List<PowerOfTwoParameter> parameters = new ArrayList<>();
        for (int i = 0; i < slots.size(); i++) {
            parameters.add(parameter(slots.get(i), i, standard(slots.size(), reduction)));
        }
        return parameters;
    }

    private PowerOfTwoParameter parameter(BlockTable.Block block, int index, long standard) {
        ParameterName name = Keys.element(Keys.BLOCK_SIZES, index);
        long own = ceiling(name, block);
        long minimum = Math.max(Sizes.nextPowerOfTwo(block.minimum()), dotMinimum(block.id()));
        boolean mayBeLonger =
                isProductSide(block.id()) && !outer.containsKey(name) && !computedWith.contains(block.id());
        long high = Math.max(mayBeLonger ? Math.max(own, PRODUCT_CEILING) : own, minimum);
        if (isProductBatch(block.id())) {
            high = 1;
            minimum = 1;
        }
        long low = Math.min(Math.max(minimum, gridFloor(block, standard)), high);
        minimums.put(name, minimum);
        // What a registered symbol tiles has no say in its default, as in the reference.
        long most = block.maximum().isPresent() ? high : own;
        long start = Math.max(low, Math.min(high, Math.min(most, standard)));
        return new PowerOfTwoParameter(name, low, high, start);
    }

    /** The longest tile that the axis has use for. */
    private long ceiling(ParameterName name, BlockTable.Block block) {
        if (outer.containsKey(name)) {
            ParameterName bound = outer.get(name);
            return ceiling(bound, facts.slots().blocks().get(bound.index().getAsInt()));
        }
        long own = Sizes.nextPowerOfTwo(Math.max(1, block.sizeHint()));
        return block.maximum().isEmpty()
                ? own
                : Math.min(own, Sizes.nextPowerOfTwo(block.maximum().getAsLong()));
    }

    /** The default block size for a number of tiled axes beside reductions of a total length. */
    private static long standard(int axes, long reduction) {
        if (axes <= 2 && reduction <= 128) {
            return 32;
        }
        if (axes >= 3 && reduction > 1) {
            double each = Math.pow(32768.0 / reduction, 1.0 / axes);
            return Sizes.floorPowerOfTwo(Math.max(1, (long) (each + 1e-9)));
        }
        return reduction <= 256 ? 16 : 1;
    }

    /** The shortest tile of a grid's axis that the search tries. */
    private long gridFloor(BlockTable.Block block, long standard) {
        if (!gridBlocks.contains(block.id())) {
            return 1;
        }
        double programs = (double) processors() * PROGRAMS_PER_PROCESSOR;
        long most = (long) Math.ceil(Math.pow(programs, 1.0 / gridBlocks.size()) - 1e-9);
        long floor = Math.min(block.sizeHint() / most, standard);
        return floor >= 2 ? Sizes.floorPowerOfTwo(floor) : 1;
    }

    private int processors() {
        return switch (target.capability()) {
            case 90 -> 132;
            case 100 -> 148;
            default -> 128;
        };
    }

    /** The shortest block that the target multiplies with, for an axis of a product; 1 for others. */
    private long dotMinimum(int block) {
        long minimum = 1;
        for (ProductOp.Dot dot : facts.dots()) {
            boolean isNarrow = dot.left().type().dtype().bytes() == 1;
            if (isBlock(depth(dot), block)) {
                minimum = Math.max(minimum, target.isCuda() && isNarrow ? 32 : 16);
            } else if (!target.isCuda() && (isBlock(rows(dot), block) || isBlock(columns(dot), block))) {
                minimum = Math.max(minimum, 16);
            }
        }
        boolean isScaledDepth = scaled.stream()
                .anyMatch(dot -> isBlock(dot.left().type().shape().get(1), block)
                        || isBlock(dot.right().type().shape().get(0), block));
        return isScaledDepth ? Math.max(minimum, LEAST_SCALED_DEPTH) : minimum;
    }

    private boolean isProductSide(int block) {
        return facts.dots().stream().anyMatch(dot -> isBlock(rows(dot), block) || isBlock(columns(dot), block));
    }

    private boolean isProductBatch(int block) {
        return facts.dots().stream()
                .anyMatch(dot -> isBatch(dot.left().type().shape(), block)
                        || isBatch(dot.right().type().shape(), block));
    }

    private boolean isBatch(List<Dim> shape, int block) {
        return shape.size() == 3 && isBlock(shape.get(0), block);
    }

    private boolean isBlock(Dim dim, int block) {
        return dim instanceof Dim.Block own && ir.blocks().get(own.id()).original() == block;
    }

    static Dim rows(ProductOp.Dot dot) {
        List<Dim> shape = dot.left().type().shape();
        return shape.get(shape.size() - 2);
    }

    static Dim columns(ProductOp.Dot dot) {
        List<Dim> shape = dot.right().type().shape();
        return shape.get(shape.size() - 1);
    }

    static Dim depth(ProductOp.Dot dot) {
        List<Dim> shape = dot.left().type().shape();
        return shape.get(shape.size() - 1);
    }

    private static long product(long a, long b) {
        return a * b;
    }
}
