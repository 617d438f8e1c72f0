package dev.perihelion.compiler.ops;

import java.util.Collection;
import java.util.Optional;

/** The table of elementwise operations: one row each, in families. */
public final class PointwiseTable {

    private static final Rows ROWS = new Rows();
    private static final Rows VARIANTS = new Rows();

    static {
        Arithmetic.addTo(ROWS);
        Comparisons.addTo(ROWS);
        Bits.addTo(ROWS);
        Exponentials.addTo(ROWS);
        Trigonometry.addTo(ROWS);
        Rounding.addTo(ROWS);
        SpecialFunctions.addTo(ROWS);
        Activations.addTo(ROWS);
        Variants.addTo(VARIANTS);
    }

    private PointwiseTable() {}

    /** The row with this torch name. */
    public static Optional<PointwiseOp> find(String name) {
        return ROWS.find(name);
    }

    /** The row with this torch name, which must be there. */
    public static PointwiseOp get(String name) {
        return find(name).orElseThrow(() -> new IllegalArgumentException("No op `" + name + "` in the table."));
    }

    /** A cheaper or special form of a row, which users do not name; see {@link Variants}. */
    public static PointwiseOp variant(String name) {
        return VARIANTS.find(name)
                .orElseThrow(() -> new IllegalArgumentException("No variant `" + name + "` in the table."));
    }

    /** Every row, in the order of the documentation. */
    public static Collection<PointwiseOp> all() {
        return ROWS.all();
    }
}
