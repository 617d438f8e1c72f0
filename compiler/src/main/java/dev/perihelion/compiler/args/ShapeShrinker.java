package dev.perihelion.compiler.args;

import dev.perihelion.compiler.args.ArgumentSpec.Fill;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Makes every large extent small, equal extents equally. */
public final class ShapeShrinker {

    /** Extents up to this stay as they are. */
    private static final long SMALL = 24;

    /** Primes and powers of two in turn: sizes that divide no block, and one that does. */
    private static final List<Long> REPLACEMENTS = List.of(29L, 32L, 37L, 31L, 41L, 26L, 43L, 27L);

    /** Indices that stay below this lie within every replaced extent. */
    private static final long END_OF_INDICES = 26;

    private ShapeShrinker() {}

    /** The arguments with small extents; strided tensors keep the order of their axes. */
    public static Arguments shrink(Arguments arguments) {
        TreeSet<Long> large = new TreeSet<>();
        arguments.byName().values().forEach(spec -> collect(spec, large));
        Map<Long, Long> replacements = new HashMap<>();
        int next = 0;
        for (long extent : large) {
            replacements.put(extent, REPLACEMENTS.get(next++ % REPLACEMENTS.size()));
        }
        Map<String, ArgumentSpec> small = new LinkedHashMap<>();
        arguments.byName().forEach((name, spec) -> small.put(name, shrink(spec, replacements)));
        return new Arguments(small);
    }

    private static void collect(ArgumentSpec spec, TreeSet<Long> large) {
        if (spec instanceof ArgumentSpec.Tensor tensor) {
            tensor.shape().stream().filter(extent -> extent > SMALL).forEach(large::add);
        } else if (spec instanceof ArgumentSpec.Sequence sequence) {
            sequence.items().forEach(item -> collect(item, large));
        }
    }

    private static ArgumentSpec shrink(ArgumentSpec spec, Map<Long, Long> replacements) {
        if (spec instanceof ArgumentSpec.Tensor tensor) {
            List<Long> shape = tensor.shape().stream()
                    .map(extent -> replacements.getOrDefault(extent, extent))
                    .toList();
            Optional<List<Long>> strides = tensor.strides().map(old -> strides(shape, old));
            return new ArgumentSpec.Tensor(
                    tensor.dtype(), shape, strides, shrink(tensor.fill(), tensor.dtype(), shape));
        }
        if (spec instanceof ArgumentSpec.Sequence sequence) {
            return new ArgumentSpec.Sequence(
                    sequence.isTuple(),
                    sequence.items().stream()
                            .map(item -> shrink(item, replacements))
                            .toList());
        }
        return spec;
    }

    /** Whole numbers of 4 and 8 bytes are often indices or offsets, and the extents that they point into have become small. */
    private static Fill shrink(Fill fill, DType dtype, List<Long> shape) {
        if (fill.data().isPresent()) {
            long elements = shape.stream().reduce(1L, Math::multiplyExact);
            return Fill.of(fill.data().get().first(elements, END_OF_INDICES - 1));
        }
        boolean indices =
                !dtype.isFloating() && dtype.bytes() >= 4 && fill.kind().equals("randint");
        return indices && fill.high() > END_OF_INDICES && fill.low() < END_OF_INDICES
                ? new Fill("randint", fill.low(), END_OF_INDICES)
                : fill;
    }

    /** Dense strides in the order of the old ones; zero strides stay zero. */
    private static List<Long> strides(List<Long> shape, List<Long> old) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < shape.size(); i++) {
            order.add(i);
        }
        order.sort((a, b) -> Long.compare(old.get(a), old.get(b)));
        Long[] strides = new Long[shape.size()];
        long next = 1;
        for (int axis : order) {
            strides[axis] = old.get(axis) == 0 ? Long.valueOf(0) : Long.valueOf(next);
            next *= old.get(axis) == 0 ? 1 : shape.get(axis);
        }
        return List.of(strides);
    }
}
