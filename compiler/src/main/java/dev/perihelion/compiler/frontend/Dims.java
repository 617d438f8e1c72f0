package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.ir.BlockTable;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Size;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Which axes fit each other although they came about in different ways. */
final class Dims {

    private final BlockTable blocks;

    Dims(BlockTable blocks) {
        this.blocks = blocks;
    }

    /** The axis of a value made elementwise of two; none where they do not go together. */
    Optional<Dim> common(Dim a, Dim b) {
        if (a.equals(b) || b.equals(Dim.ONE)) {
            return Optional.of(a);
        }
        if (a.equals(Dim.ONE)) {
            return Optional.of(b);
        }
        boolean fits = Product.of(length(a)).equals(Product.of(length(b))) && isDense(a) && isDense(b);
        if (!fits) {
            return Optional.empty();
        }
        // The one that knows more about its padding.
        return Optional.of(masks(a) >= masks(b) ? a : b);
    }

    private static int masks(Dim dim) {
        if (dim instanceof Dim.Merged) {
            return 3;
        }
        return dim instanceof Dim.Block ? 2 : dim instanceof Dim.Part ? 1 : 0;
    }

    /** How many lanes it has in registers, where that is its length. */
    Size length(Dim dim) {
        if (dim instanceof Dim.Block block && blocks.get(block.id()).fixed().isPresent()) {
            return blocks.get(block.id()).fixed().get();
        }
        if (dim instanceof Dim.Merged merged) {
            return merged.parts().stream()
                    .map(this::length)
                    .reduce(Size.ONE, (x, y) -> Size.of(Size.Operation.MULTIPLY, x, y));
        }
        return dim.length();
    }

    /** Whether its lanes in registers are as many as its length says, as far as can be told. */
    boolean isDense(Dim dim) {
        if (dim instanceof Dim.Merged merged) {
            return merged.parts().stream().allMatch(this::isDense);
        }
        if (dim instanceof Dim.Part) {
            return true;
        }
        OptionalLong constant = length(dim).constant();
        return constant.isEmpty() || isPowerOfTwo(constant.getAsLong());
    }

    static boolean isPowerOfTwo(long number) {
        return number > 0 && (number & (number - 1)) == 0;
    }

    /** The axes without those that were made by merging. */
    static List<Dim> atoms(List<Dim> shape) {
        return shape.stream()
                .flatMap(dim ->
                        dim instanceof Dim.Merged merged ? atoms(merged.parts()).stream() : List.of(dim).stream())
                .filter(dim -> !dim.equals(Dim.ONE))
                .toList();
    }
}
