package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.ProductOp;
import dev.perihelion.compiler.type.DType;

/**
 * What a product costs the matrix units.
 *
 * @param halfOperations float16 operations that take as long; 0 where no unit does it
 * @param laneOperations multiply-adds of single lanes in its place
 * @param sharedBytes read from shared memory
 */
record ProductCost(double halfOperations, double laneOperations, double sharedBytes) {

    /**
     * What single warps (mma.sync) reach of the rate of a warp group (wgmma) on sm_90: about two thirds, say the authors of
     * FlashAttention-3 (PyTorch's blog, July 2024, first note), after Luo et al., arXiv 2402.13499.
     */
    private static final double SINGLE_WARPS_ON_HOPPER = 2.0 / 3;

    private static final int HOPPER = 90;
    private static final double ROWS_OF_A_GROUP = 64;
    private static final double LEAST_ROWS = 16;
    private static final double LEAST_COLUMNS = 8;

    static ProductCost of(ProductOp.Dot dot, Plan plan) {
        int rank = dot.result().type().rank();
        double rows = plan.length(dot.result().type().shape().get(rank - 2));
        double columns = plan.length(dot.result().type().shape().get(rank - 1));
        double depth = plan.length(dot.left().type().shape().get(rank - 1));
        double batch = rank == 3 ? plan.length(dot.result().type().shape().get(0)) : 1;
        DType dtype = dot.left().type().dtype();
        boolean exact = dtype == DType.FLOAT64
                || dtype == DType.FLOAT32 && dot.precision().equals("ieee");
        double rounds = dot.precision().equals("tf32x3") ? 3 : 1;
        double additions = batch * rows * columns * depth * rounds;
        if (exact) {
            return new ProductCost(0, additions, 0);
        }
        MatrixUnit unit = MatrixUnit.of(dot, plan);
        double padded = batch * rounds * Math.max(LEAST_ROWS, rows) * Math.max(LEAST_COLUMNS, columns) * depth;
        boolean slow =
                !unit.isWarpGroup() && plan.target().isCuda() && plan.target().capability() == HOPPER;
        // Twice the bytes, half the rate.
        double operations = 2 * padded * dtype.bytes() / 2 / (slow ? SINGLE_WARPS_ON_HOPPER : 1);
        double fragments = unit.isWarpGroup() ? groups(rows, columns, unit) : warps(rows, columns, plan.warps());
        return new ProductCost(operations, 0, batch * rounds * depth * dtype.bytes() * fragments);
    }

    /** Rows and columns that the instructions of warp groups read, over all instructions of one depth. */
    private static double groups(double rows, double columns, MatrixUnit unit) {
        return Math.ceil(rows / ROWS_OF_A_GROUP)
                * Math.ceil(columns / unit.columns())
                * (ROWS_OF_A_GROUP + unit.columns());
    }

    /** The same for single warps, each of which reads the rows and columns of its part of the result once. */
    private static double warps(double rows, double columns, long warps) {
        double ownRows = Math.max(LEAST_ROWS, rows);
        double ownColumns = Math.max(LEAST_COLUMNS, columns);
        double parts = 1;
        while (parts < warps && (ownRows > LEAST_ROWS || ownColumns > LEAST_COLUMNS)) {
            // The longer side is cut, as far as it goes.
            if (ownRows > LEAST_ROWS && (ownRows >= ownColumns || ownColumns <= LEAST_COLUMNS)) {
                ownRows /= 2;
            } else {
                ownColumns /= 2;
            }
            parts *= 2;
        }
        return parts * (ownRows + ownColumns);
    }
}
