package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.Target;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.ProductOp;
import dev.perihelion.compiler.type.DType;

/**
 * Which instructions Triton takes for a product. Facts from Triton 3.6, {@code AccelerateMatmul.cpp} and
 * {@code mmaVersionToInstrShape}.
 *
 * @param isWarpGroup four warps work together and read shared memory themselves (wgmma, sm_90)
 * @param columns of one instruction
 */
record MatrixUnit(boolean isWarpGroup, long columns) {

    private static final int WARP_GROUP_CAPABILITY = 90;
    private static final long WARPS_OF_A_GROUP = 4;
    private static final long ROWS_OF_A_GROUP = 64;
    private static final long ROWS_OF_A_WARP = 16;
    private static final long LEAST_COLUMNS = 8;
    private static final long MOST_COLUMNS = 256;
    /** What ptxas wants of a wgmma instruction beside its accumulator; from its messages, see bench/results. */
    private static final long OTHER_REGISTERS = 26;
    /** One fragment of a left operand that is held in registers. */
    private static final long LEFT_FRAGMENT = 4;

    static MatrixUnit of(ProductOp.Dot dot, Plan plan) {
        long rows = length(dot.result(), 2, plan);
        long columns = length(dot.result(), 1, plan);
        boolean flat = dot.result().type().rank() == 2
                || plan.length(dot.result().type().shape().get(0)) == 1;
        DType dtype = dot.left().type().dtype();
        boolean known =
                dtype.bytes() <= 2 || dtype == DType.FLOAT32 && dot.precision().equals("tf32");
        Target target = plan.target();
        boolean grouped = target.isCuda()
                && target.capability() == WARP_GROUP_CAPABILITY
                && flat
                && known
                && plan.warps() % WARPS_OF_A_GROUP == 0
                && rows % ROWS_OF_A_GROUP == 0
                && columns % LEAST_COLUMNS == 0;
        if (!grouped) {
            return new MatrixUnit(false, LEAST_COLUMNS);
        }
        long warpsBeside = Math.max(1, plan.warps() / Math.max(1, rows / ROWS_OF_A_WARP));
        return new MatrixUnit(true, Math.min(MOST_COLUMNS, Math.max(LEAST_COLUMNS, columns / warpsBeside)));
    }

    /** Registers of a thread without which the assembler refuses the instruction. */
    long leastRegisters(boolean leftInRegisters) {
        return isWarpGroup ? columns / 2 + OTHER_REGISTERS + (leftInRegisters ? LEFT_FRAGMENT : 0) : 0;
    }

    private static long length(Value value, int fromEnd, Plan plan) {
        return plan.length(value.type().shape().get(value.type().rank() - fromEnd));
    }
}
