package dev.perihelion.compiler.space;

import dev.perihelion.compiler.ir.CreationOp;
import dev.perihelion.compiler.ir.FlowOp;
import dev.perihelion.compiler.ir.KernelIr;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operands;
import dev.perihelion.compiler.ir.TileAxis;
import dev.perihelion.search.space.ParameterName;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Finds loops over another loop's tile, {@code hl.tile(outer.begin, outer.end)}. */
final class SubTiles {

    private SubTiles() {}

    /** The block size of each such loop, with that of the outer one. */
    static Map<ParameterName, ParameterName> outer(KernelIr ir, LoopSlots slots) {
        Map<Operand, Integer> begins = new HashMap<>();
        Map<Operand, Integer> ends = new HashMap<>();
        Map<ParameterName, ParameterName> outer = new LinkedHashMap<>();
        Operands.walk(ir.topLevelOps(), op -> {
            if (op instanceof CreationOp.TileScalar scalar) {
                if (scalar.property() == CreationOp.TileProperty.BEGIN) {
                    begins.put(scalar.result(), scalar.block());
                } else if (scalar.property() == CreationOp.TileProperty.END) {
                    ends.put(scalar.result(), scalar.block());
                }
            } else if (op instanceof FlowOp.ForTiles loop) {
                for (TileAxis axis : loop.axes()) {
                    Integer block = begins.get(axis.begin());
                    int own = slots.slot(axis.block());
                    if (block != null && block.equals(ends.get(axis.end())) && own >= 0 && slots.slot(block) >= 0) {
                        outer.put(
                                Keys.element(Keys.BLOCK_SIZES, own), Keys.element(Keys.BLOCK_SIZES, slots.slot(block)));
                    }
                }
            }
        });
        return outer;
    }
}
