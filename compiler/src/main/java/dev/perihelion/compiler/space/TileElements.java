package dev.perihelion.compiler.space;

import dev.perihelion.compiler.frontend.Sizes;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.Constraint;
import dev.perihelion.search.space.ParameterName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * No value has more than 2^20 elements: Triton refuses larger blocks ({@code TRITON_MAX_TENSOR_NUMEL}).
 *
 * @param shape the value's axes
 * @param blocks the parameter of each block symbol in it
 * @param chunks the reduction-loop parameter of each static extent in it that may be cut
 */
record TileElements(List<Dim> shape, Map<Integer, ParameterName> blocks, Map<Long, ParameterName> chunks)
        implements Constraint {

    private static final long LIMIT = 1L << 20;

    TileElements {
        shape = List.copyOf(shape);
        blocks = new TreeMap<>(blocks);
        chunks = new TreeMap<>(chunks);
    }

    @Override
    public List<ParameterName> parameters() {
        List<ParameterName> names = new ArrayList<>(blocks.values());
        names.addAll(chunks.values());
        return names.stream().distinct().toList();
    }

    @Override
    public Optional<String> violation(Configuration configuration) {
        double elements = elements(configuration);
        return elements <= LIMIT
                ? Optional.empty()
                : Optional.of("A block of shape " + shape + " would have " + (long) elements
                        + " elements, more than Triton's limit of " + LIMIT + ".");
    }

    double elements(Configuration configuration) {
        double product = 1;
        for (Dim dim : shape) {
            if (dim instanceof Dim.Block block && blocks.containsKey(block.id())) {
                product *= configuration.getLong(blocks.get(block.id()));
            } else if (dim instanceof Dim.Merged merged) {
                product *= new TileElements(merged.parts(), blocks, chunks).elements(configuration);
            } else if (dim instanceof Dim.Sized || dim instanceof Dim.Part) {
                product *= dim.length()
                        .evaluate(size -> size instanceof Size.Block block && blocks.containsKey(block.id())
                                ? configuration.getLong(blocks.get(block.id()))
                                : 1L);
            } else if (dim instanceof Dim.Static known) {
                ParameterName chunk = chunks.get(known.size());
                Object value = chunk == null ? null : configuration.get(chunk);
                product *= value instanceof Long length ? length : Sizes.nextPowerOfTwo(known.size());
            }
        }
        return product;
    }

    @Override
    public Map<ParameterName, Object> remedy(Configuration configuration) {
        return Map.of();
    }
}
