package dev.perihelion.compiler.ir;

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
}
