package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.syntax.Span;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Finds the axes of a reshaped value. In registers axes are padded, so an axis can be cut or merged only where the padding
 * stays at its end, or where it is known which lanes are padding.
 */
final class Reshapes {

    private final Context context;
    private final Dims dims;

    Reshapes(Context context) {
        this.context = context;
        this.dims = new Dims(context.blocks);
    }

    /** The axes of a value of axes {@code from} under new extents; an empty extent is the one that is left over. */
    List<Dim> dims(List<Dim> from, List<Optional<Dim>> extents, Span span) {
        Product total = product(from);
        Product known = product(extents.stream().flatMap(Optional::stream).toList());
        Optional<Product> rest = total.over(known).filter(Product::isWhole);
        boolean inferred = extents.stream().anyMatch(Optional::isEmpty);
        if (rest.isEmpty() || !inferred && !rest.get().isOne()) {
            throw context.error(
                    span,
                    MessageKey.VIEW_SIZE,
                    from,
                    extents.stream()
                            .map(extent -> extent.map(String::valueOf).orElse("-1"))
                            .toList());
        }
        Deque<Dim> atoms = new ArrayDeque<>(Dims.atoms(from));
        List<Dim> result = new ArrayList<>();
        for (Optional<Dim> extent : extents) {
            result.add(
                    take(atoms, extent.map(dim -> Product.of(dims.length(dim))).orElse(rest.get()), from, span));
        }
        return result;
    }

    private Product product(List<Dim> shape) {
        return shape.stream().map(dim -> Product.of(dims.length(dim))).reduce(Product.of(Size.ONE), Product::times);
    }

    /** Takes whole axes from the front, and a piece of the next one where that is longer than what is left. */
    private Dim take(Deque<Dim> atoms, Product extent, List<Dim> from, Span span) {
        List<Dim> taken = new ArrayList<>();
        Product rest = extent;
        while (!rest.isOne()) {
            Dim atom = atoms.poll();
            if (atom == null) {
                throw context.error(span, MessageKey.VIEW_PADDING, from);
            }
            Product length = Product.of(dims.length(atom));
            Optional<Product> left = rest.over(length).filter(Product::isWhole);
            if (left.isPresent()) {
                taken.add(atom);
                rest = left.get();
                continue;
            }
            Optional<Product> inner = length.over(rest).filter(Product::isWhole);
            if (inner.isEmpty() || !isDense(inner.get())) {
                throw context.error(span, MessageKey.VIEW_PADDING, from);
            }
            taken.add(part(atom, rest.size(), inner.get().size()));
            atoms.push(part(atom, inner.get().size(), Size.ONE));
            rest = Product.of(Size.ONE);
        }
        return merged(taken);
    }

    private static boolean isDense(Product product) {
        return Dims.isPowerOfTwo(product.numerator()) && Dims.isPowerOfTwo(product.denominator());
    }

    private static Dim part(Dim atom, Size size, Size stride) {
        if (atom instanceof Dim.Block) {
            return new Dim.Part(atom, size, stride);
        }
        if (atom instanceof Dim.Part part) {
            return new Dim.Part(part.whole(), size, Size.of(Size.Operation.MULTIPLY, part.stride(), stride));
        }
        return Dim.of(size);
    }

    /** One axis of several, the first the slowest. */
    Dim merged(List<Dim> parts) {
        if (parts.isEmpty()) {
            return Dim.ONE;
        }
        Optional<Dim> joined = joined(parts);
        if (joined.isPresent()) {
            return joined.get();
        }
        boolean plain = parts.stream().allMatch(dim -> dim instanceof Dim.Static || dim instanceof Dim.Sized);
        boolean endsPadded = parts.stream().skip(1).allMatch(dims::isDense);
        return plain && endsPadded ? Dim.of(product(parts).size()) : new Dim.Merged(parts);
    }

    /** Parts of one axis that lie one behind the other are one part, or the axis itself. */
    private Optional<Dim> joined(List<Dim> parts) {
        Dim result = parts.get(0);
        for (Dim next : parts.subList(1, parts.size())) {
            if (!(result instanceof Dim.Part outer)
                    || !(next instanceof Dim.Part inner)
                    || !outer.whole().equals(inner.whole())
                    || !Product.of(outer.stride())
                            .equals(Product.of(inner.stride()).times(Product.of(inner.size())))) {
                return Optional.empty();
            }
            result = new Dim.Part(
                    outer.whole(),
                    Product.of(outer.size()).times(Product.of(inner.size())).size(),
                    inner.stride());
        }
        boolean whole = result instanceof Dim.Part part
                && part.stride().equals(Size.ONE)
                && Product.of(part.size()).equals(Product.of(dims.length(part.whole())));
        return Optional.of(whole ? ((Dim.Part) result).whole() : result);
    }
}
