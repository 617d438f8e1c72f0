package dev.perihelion.compiler.space;

import dev.perihelion.compiler.ir.CreationOp;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.FlowOp;
import dev.perihelion.compiler.ir.KernelIr;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.ProductOp;
import dev.perihelion.compiler.ir.RootLoop;
import dev.perihelion.compiler.ir.TileAxis;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.Parameter;
import dev.perihelion.search.space.ParameterName;
import dev.perihelion.search.space.PowerOfTwoParameter;
import dev.perihelion.search.space.SearchSpace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Configurations that are known to suit kernels of a kind, to be tried before a search: tile shapes of matrix products,
 * rows per program of reductions, and flat tiles of elementwise work. They are guesses like any other and are measured
 * like any other.
 */
public final class Seeds {

    /** Rows, columns and depth of a product's tile, warps, stages. */
    private static final long[][] PRODUCTS = {
        {128, 256, 64, 8, 3}, {128, 128, 64, 8, 4}, {128, 128, 64, 4, 4}, {256, 128, 64, 8, 3}, {64, 256, 64, 8, 4},
        {128, 128, 32, 4, 5}, {64, 128, 64, 4, 4}, {128, 64, 64, 4, 5}, {64, 64, 64, 4, 5}, {64, 64, 128, 4, 4},
        {32, 64, 128, 4, 5}, {16, 64, 128, 4, 5}, {64, 32, 128, 4, 5}, {16, 32, 256, 4, 4}, {16, 16, 256, 4, 5},
    };

    /** Elements of a product's tile from which the persistent form is tried too. */
    private static final long PERSISTENT_TILE = 128 * 128;

    /** Rows per program, warps. */
    private static final long[][] REDUCTIONS = {{1, 4}, {1, 8}, {2, 8}, {1, 16}, {4, 8}, {2, 4}, {4, 16}, {8, 8}, {1, 2}
    };

    /** Programs that share out all rows, each with a band of them. */
    private static final long[] BANDS = {128, 256, 512, 1024};

    /** Rows that a program takes from its band at a time, warps. */
    private static final long[][] BAND_ROWS = {{2, 16}, {1, 8}, {2, 32}, {1, 16}, {2, 8}, {1, 4}};

    /** Elements of a tile, warps. */
    private static final long[][] FLAT = {{1024, 4}, {2048, 4}, {2048, 8}, {4096, 8}, {4096, 16}, {8192, 16}, {512, 4}};

    private final KernelIr ir;
    private final LoopFacts facts;
    private final SearchSpace space;
    private final Map<Integer, ParameterName> blocks = new HashMap<>();
    private final Set<Configuration> seeds = new LinkedHashSet<>();

    private Seeds(KernelIr ir, LoopFacts facts, SearchSpace space) {
        this.ir = ir;
        this.facts = facts;
        this.space = space;
        for (int i = 0; i < ir.blocks().slots().size(); i++) {
            blocks.put(ir.blocks().slots().get(i).id(), Keys.element(Keys.BLOCK_SIZES, i));
        }
    }

    /** Legal configurations other than the default, the most promising first. */
    public static List<Configuration> of(KernelIr ir, LoopFacts facts, SearchSpace space) {
        Seeds seeds = new Seeds(ir, facts, space);
        if (!facts.dots().isEmpty()) {
            seeds.products(facts.dots().get(0));
        } else if (!seeds.bands()) {
            seeds.rows();
        }
        return List.copyOf(seeds.seeds);
    }

    private void products(ProductOp.Dot dot) {
        int rank = dot.left().type().rank();
        Dim rows = dot.left().type().shape().get(rank - 2);
        Dim depth = dot.left().type().shape().get(rank - 1);
        Dim columns = dot.right().type().shape().get(rank - 1);
        for (long[] product : PRODUCTS) {
            Configuration seed = space.defaultConfiguration();
            seed = block(seed, rows, product[0]);
            seed = block(seed, columns, product[1]);
            seed = block(seed, depth, product[2]);
            seed = set(seed, Keys.element(Keys.L2_GROUPINGS, 0), 8L);
            for (Configuration form : forms(seed)) {
                keep(form, product[3], product[4]);
                if (product[0] * product[1] >= PERSISTENT_TILE) {
                    // One program for many tiles: the next tile's loads run beside the last one's stores.
                    Configuration persistent = set(form, Keys.PID_TYPE, Keys.PERSISTENT_INTERLEAVED);
                    keep(set(persistent, Keys.element(Keys.RANGE_FLATTENS, 0), true), product[3], product[4]);
                }
            }
        }
    }

    /** With descriptors for all accesses where the target has them, and with pointers. */
    private List<Configuration> forms(Configuration seed) {
        Configuration descriptors = seed;
        for (Parameter parameter : space.parameters()) {
            if (parameter.name().key().equals(Keys.INDEXING) && parameter.contains(Keys.TENSOR_DESCRIPTOR)) {
                descriptors = descriptors.with(parameter.name(), Keys.TENSOR_DESCRIPTOR);
            }
        }
        return descriptors.equals(seed) ? List.of(seed) : List.of(descriptors, seed);
    }

    /**
     * Kernels whose programs go over a band of rows each, as gradients of weights do: about one program for each
     * multiprocessor, a row or two at a time. False where the kernel is none of these.
     */
    private boolean bands() {
        boolean found = false;
        for (RootLoop root : ir.roots()) {
            for (TileAxis axis : root.axes()) {
                Optional<TileAxis> within = within(root.body(), axis.block());
                if (within.isEmpty() || axis.constantLength().isEmpty()) {
                    continue;
                }
                found = true;
                for (long programs : BANDS) {
                    long band =
                            Long.highestOneBit(Math.max(1, axis.constantLength().getAsLong() / programs));
                    for (long[] rows : BAND_ROWS) {
                        Configuration seed = block(wholeRows(), new Dim.Block(axis.block()), band);
                        seed = block(seed, new Dim.Block(within.get().block()), rows[0]);
                        keep(seed, rows[1], 1);
                    }
                }
            }
        }
        return found;
    }

    /** An axis of a loop that goes from the beginning of a tile. */
    private static Optional<TileAxis> within(List<Op> body, int block) {
        Set<Operand> begins = new HashSet<>();
        for (Op op : body) {
            if (op instanceof CreationOp.TileScalar scalar
                    && scalar.block() == block
                    && scalar.property() == CreationOp.TileProperty.BEGIN) {
                begins.add(scalar.result());
            }
            if (op instanceof FlowOp.ForTiles loop) {
                Optional<TileAxis> axis = loop.axes().stream()
                        .filter(candidate -> begins.contains(candidate.begin()))
                        .findFirst();
                if (axis.isPresent()) {
                    return axis;
                }
            }
        }
        return Optional.empty();
    }

    /** The default with reductions over whole rows at once. */
    private Configuration wholeRows() {
        Configuration seed = space.defaultConfiguration();
        for (int i = 0; i < facts.rollable().size(); i++) {
            ParameterName chunk = Keys.element(Keys.REDUCTION_LOOPS, i);
            if (parameter(chunk) instanceof PowerOfTwoParameter lengths) {
                seed = set(seed, chunk, lengths.high());
            }
        }
        return seed;
    }

    private void rows() {
        if (facts.rollable().isEmpty()) {
            flat();
        } else {
            reductions();
        }
    }

    private void reductions() {
        for (long[] reduction : REDUCTIONS) {
            Configuration seed = wholeRows();
            for (RootLoop root : ir.roots()) {
                for (TileAxis axis : root.axes()) {
                    seed = block(seed, new Dim.Block(axis.block()), reduction[0]);
                }
            }
            keep(seed, reduction[1], 1);
        }
    }

    /** The last axis, along which memory is contiguous most of the time, gets the elements, and goes fastest. */
    private void flat() {
        List<TileAxis> axes = ir.roots().get(0).axes();
        for (long[] flat : FLAT) {
            Configuration seed = space.defaultConfiguration();
            long rest = flat[0];
            for (int i = axes.size() - 1; i >= 0; i--) {
                seed = block(seed, new Dim.Block(axes.get(i).block()), rest);
                ParameterName name = blocks.get(axes.get(i).block());
                rest = name == null ? rest : Math.max(1, rest / seed.getLong(name));
            }
            if (axes.size() >= 2) {
                List<Object> order = new ArrayList<>();
                for (long i = axes.size() - 1; i >= 0; i--) {
                    order.add(i);
                }
                seed = set(seed, Keys.element(Keys.LOOP_ORDERS, 0), order);
            }
            keep(seed, flat[1], 1);
        }
    }

    private void keep(Configuration seed, long warps, long stages) {
        Configuration complete = set(set(seed, Keys.NUM_WARPS, warps), Keys.NUM_STAGES, stages);
        if (space.contains(complete) && !complete.equals(space.defaultConfiguration())) {
            seeds.add(complete);
        }
    }

    private Configuration block(Configuration seed, Dim dim, long length) {
        ParameterName name = dim instanceof Dim.Block block ? blocks.get(block.id()) : null;
        if (name == null) {
            return seed;
        }
        PowerOfTwoParameter parameter = (PowerOfTwoParameter) parameter(name);
        return seed.with(name, Math.max(parameter.low(), Math.min(parameter.high(), length)));
    }

    private Configuration set(Configuration seed, ParameterName name, Object value) {
        boolean known = space.parameters().stream()
                .anyMatch(parameter -> parameter.name().equals(name));
        return known ? seed.with(name, value) : seed;
    }

    private Parameter parameter(ParameterName name) {
        return space.parameter(name);
    }
}
