package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.AxisOp;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.ProductOp;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How many registers a thread would like to have: those of all blocks that are alive at once, at the place where they are
 * most, and a few for addresses. Elementwise work is done element by element, so that a block that only feeds one counts
 * for nothing beside it.
 */
final class Registers {

    private static final long ADDRESSES = 24;

    private final DeviceCode device;

    Registers(DeviceCode device) {
        this.device = device;
    }

    /** Registers of one thread of a program with this body. */
    long perThread(List<Op> body) {
        return ADDRESSES + (long) Math.ceil(peak(body) / device.threads());
    }

    /** Elements of four bytes that are alive at the fullest place, within these operations. */
    private double peak(List<Op> ops) {
        Map<Integer, Integer> lastUse = new HashMap<>();
        for (int i = 0; i < ops.size(); i++) {
            int at = i;
            used(ops.get(i)).forEach(id -> lastUse.put(id, at));
        }
        Map<Integer, Double> alive = new HashMap<>();
        double most = 0;
        double now = 0;
        for (int i = 0; i < ops.size(); i++) {
            Op op = ops.get(i);
            for (List<Op> region : op.regions()) {
                most = Math.max(most, now + peak(region));
            }
            for (Value value : op.results()) {
                if (lastUse.getOrDefault(value.id(), -1) > i) {
                    double words = words(value);
                    alive.put(value.id(), words);
                    now += words;
                }
            }
            most = Math.max(most, now + (isWhole(op) ? transientWords(op) : 0));
            for (Integer id : used(op)) {
                if (lastUse.get(id) == i && alive.containsKey(id)) {
                    now -= alive.remove(id);
                }
            }
        }
        return most;
    }

    /** Operations that need all of their operand at once. */
    private static boolean isWhole(Op op) {
        return op instanceof ProductOp.Dot || op instanceof AxisOp.Scan || op instanceof AxisOp.Argsort;
    }

    private double transientWords(Op op) {
        return op.results().stream().mapToDouble(this::words).sum();
    }

    private static Set<Integer> used(Op op) {
        Set<Integer> ids = new HashSet<>();
        collect(op, ids);
        return ids;
    }

    private static void collect(Op op, Set<Integer> ids) {
        for (Operand operand : op.operands()) {
            if (operand instanceof Value value) {
                ids.add(value.id());
            }
        }
        op.regions().forEach(region -> region.forEach(inner -> collect(inner, ids)));
    }

    private double words(Value value) {
        return device.held(value.type().shape())
                * Math.max(1, value.type().dtype().bytes())
                / 4.0;
    }
}
