package dev.perihelion.compiler.space;

import dev.perihelion.compiler.Target;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.KernelIr;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.Constraint;
import dev.perihelion.search.space.Parameter;
import dev.perihelion.search.space.ParameterName;
import dev.perihelion.search.space.PowerOfTwoParameter;
import dev.perihelion.search.space.SearchSpace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Limits on the number of elements of device values. */
final class TileLimits {

    private static final double MOST_PER_THREAD = 128;
    private static final double MOST_UNROLLED_PER_THREAD = 256;

    private final LoopFacts facts;
    /** Elements of one value that a thread of the default configuration may hold. */
    private static final double MOST_AT_FIRST = 256;

    private final Target target;
    private final Map<Integer, ParameterName> blockNames = new HashMap<>();
    private final Map<Long, ParameterName> chunkNames = new HashMap<>();
    private final List<TileElements> tiles = new ArrayList<>();

    TileLimits(KernelIr ir, LoopFacts facts, Target target) {
        this.facts = facts;
        this.target = target;
        ir.blocks().all().forEach(block -> {
            int slot = facts.slots().slot(block.id());
            if (slot >= 0) {
                blockNames.put(block.id(), Keys.element(Keys.BLOCK_SIZES, slot));
            }
        });
        for (int i = 0; i < facts.rollable().size(); i++) {
            if (facts.cuttable().contains(facts.rollable().get(i))) {
                chunkNames.put(facts.rollable().get(i), Keys.element(Keys.REDUCTION_LOOPS, i));
            }
        }
        for (List<Dim> shape : facts.shapes()) {
            boolean varies = shape.stream()
                    .anyMatch(dim -> dim instanceof Dim.Block block && blockNames.containsKey(block.id()));
            if (varies) {
                tiles.add(tile(shape));
            }
        }
    }

    private TileElements tile(List<Dim> shape) {
        Map<Integer, ParameterName> blocks = new HashMap<>();
        Map<Long, ParameterName> chunks = new HashMap<>();
        for (Dim dim : shape) {
            dim.length().blocks().stream()
                    .filter(blockNames::containsKey)
                    .forEach(block -> blocks.put(block, blockNames.get(block)));
            if (dim instanceof Dim.Static known && chunkNames.containsKey(known.size())) {
                chunks.put(known.size(), chunkNames.get(known.size()));
            }
        }
        return new TileElements(shape, blocks, chunks);
    }

    private int threadsPerWarp() {
        return target.isCuda() ? 32 : 64;
    }

    /**
     * Lowers the defaults of block sizes until no value is over Triton's limit of elements, nor one that takes a minute to
     * compile; of the latter the reference implementation's plain defaults know nothing.
     */
    List<Parameter> shrunk(List<PowerOfTwoParameter> blocks, List<Parameter> others) {
        List<Parameter> result = new ArrayList<>(blocks);
        while (true) {
            List<Parameter> all = new ArrayList<>(result);
            all.addAll(others);
            Configuration configuration = new SearchSpace(all, List.of()).defaultConfiguration();
            Set<ParameterName> guilty = new HashSet<>();
            for (TileElements tile : tiles) {
                ThreadElements held = new ThreadElements(tile, Optional.empty(), threadsPerWarp(), MOST_AT_FIRST);
                if (tile.violation(configuration).isPresent()
                        || held.violation(configuration).isPresent()) {
                    guilty.addAll(tile.parameters());
                }
            }
            int largest = largest(result, guilty);
            if (largest < 0) {
                return result;
            }
            PowerOfTwoParameter old = (PowerOfTwoParameter) result.get(largest);
            result.set(
                    largest, new PowerOfTwoParameter(old.name(), old.low(), old.high(), (Long) old.defaultValue() / 2));
        }
    }

    private static int largest(List<Parameter> blocks, Set<ParameterName> guilty) {
        int largest = -1;
        long length = 0;
        for (int i = 0; i < blocks.size(); i++) {
            PowerOfTwoParameter block = (PowerOfTwoParameter) blocks.get(i);
            long start = (Long) block.defaultValue();
            if (guilty.contains(block.name()) && start > block.low() && start > length) {
                largest = i;
                length = start;
            }
        }
        return largest;
    }

    /** The limits; the default configuration is always within them. */
    List<Constraint> constraints(List<Parameter> all) {
        Configuration standard = new SearchSpace(all, List.of()).defaultConfiguration();
        int threadsPerWarp = threadsPerWarp();
        List<Optional<ParameterName>> unrolls = new ArrayList<>(List.of(Optional.empty()));
        all.stream()
                .map(Parameter::name)
                .filter(name -> name.key().equals(Keys.RANGE_UNROLL_FACTORS))
                .forEach(name -> unrolls.add(Optional.of(name)));
        List<Constraint> limits = new ArrayList<>();
        for (TileElements tile : tiles) {
            if (tile.violation(standard).isEmpty()) {
                limits.add(tile);
            }
        }
        for (TileElements tile : tiles) {
            for (Optional<ParameterName> unroll : unrolls) {
                double most = unroll.isPresent() ? MOST_UNROLLED_PER_THREAD : MOST_PER_THREAD;
                ThreadElements limit = new ThreadElements(tile, unroll, threadsPerWarp, most);
                double needed = limit.perThread(standard);
                limits.add(needed <= most ? limit : new ThreadElements(tile, unroll, threadsPerWarp, needed));
            }
        }
        return limits;
    }
}
