package dev.perihelion.compiler.ir;

import java.util.List;
import java.util.stream.Collectors;

/** The extent of one axis of a device tensor. */
public sealed interface Dim {

    /** The extent of an axis of one element, which broadcasts. */
    Dim ONE = new Static(1);

    /**
     * A length known from the arguments. Equal lengths are one axis to the compiler: the full slices of all tensors of
     * this length share one reduction dimension.
     */
    record Static(long size) implements Dim {
        @Override
        public String toString() {
            return Long.toString(size);
        }
    }

    /** A block of a tile loop or a registered block size; its length comes from the configuration. */
    record Block(int id) implements Dim {
        @Override
        public String toString() {
            return "block_" + id;
        }
    }

    /** Another length that comes from the configuration, as half a block's; never a constant or a block alone. */
    record Sized(Size size) implements Dim {
        @Override
        public String toString() {
            return size.toString();
        }
    }

    /** Several axes laid out as one, the first the slowest, by a reshape. */
    record Merged(List<Dim> parts) implements Dim {
        public Merged {
            parts = List.copyOf(parts);
        }

        @Override
        public String toString() {
            return parts.stream().map(String::valueOf).collect(Collectors.joining("*"));
        }
    }

    /**
     * One of several axes that another axis was cut into by a reshape: a position along it counts {@code stride} positions
     * along {@code whole}.
     */
    record Part(Dim whole, Size size, Size stride) implements Dim {
        @Override
        public String toString() {
            return size.toString();
        }
    }

    /** The axis of a length. */
    static Dim of(Size size) {
        if (size instanceof Size.Constant constant) {
            return new Static(constant.value());
        }
        return size instanceof Size.Block block ? new Block(block.id()) : new Sized(size);
    }

    /** How many elements it has, padding not counted. */
    default Size length() {
        if (this instanceof Static known) {
            return Size.of(known.size());
        }
        if (this instanceof Block block) {
            return new Size.Block(block.id());
        }
        if (this instanceof Merged merged) {
            return merged.parts().stream()
                    .map(Dim::length)
                    .reduce(Size.ONE, (a, b) -> Size.of(Size.Operation.MULTIPLY, a, b));
        }
        return this instanceof Part part ? part.size() : ((Sized) this).size();
    }
}
