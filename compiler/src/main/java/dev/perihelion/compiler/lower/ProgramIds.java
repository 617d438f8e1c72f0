package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.frontend.Sizes;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.RootLoop;
import dev.perihelion.compiler.ir.TileAxis;
import dev.perihelion.compiler.space.Keys;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Maps program ids to tiles of the root loop. */
final class ProgramIds {

    private final RootLoop root;
    private final Plan plan;
    private final Function<Operand, String> device;

    ProgramIds(RootLoop root, Plan plan, Function<Operand, String> device) {
        this.root = root;
        this.plan = plan;
        this.device = device;
    }

    /** How many tiles an axis has, as text with the given printer of bounds. */
    String count(TileAxis axis, Function<Operand, String> printer) {
        long block = plan.block(axis.block());
        if (axis.constantLength().isPresent()) {
            return Long.toString(Sizes.ceilDivide(axis.constantLength().getAsLong(), step(axis, block)));
        }
        String length = axis.beginsAtZero()
                ? printer.apply(axis.end())
                : "(" + printer.apply(axis.end()) + " - " + printer.apply(axis.begin()) + ")";
        return "((" + length + " + " + (step(axis, block) - 1) + ") // " + step(axis, block) + ")";
    }

    private static long step(TileAxis axis, long block) {
        return axis.isGrid() ? axis.fixedBlock().getAsLong() : block;
    }

    /** The product of all counts. */
    String total(Function<Operand, String> printer) {
        long constant = 1;
        List<String> factors = new ArrayList<>();
        for (TileAxis axis : root.axes()) {
            String count = count(axis, printer);
            if (axis.constantLength().isPresent()) {
                constant *= Long.parseLong(count);
            } else {
                factors.add(count);
            }
        }
        if (factors.isEmpty()) {
            return Long.toString(constant);
        }
        if (constant != 1) {
            factors.add(0, Long.toString(constant));
        }
        return String.join(" * ", factors);
    }

    /** Prints the begin of every axis, from the program id in {@code pid}. */
    void print(CodeWriter code, String pid, Function<TileAxis, String> beginName) {
        List<TileAxis> axes = root.axes();
        List<TileAxis> ordered =
                plan.loopOrder(0, axes.size()).stream().map(axes::get).toList();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < ordered.size(); i++) {
            ids.add(ordered.size() == 1 ? pid : pid + "_" + i);
        }
        long group =
                plan.element(Keys.L2_GROUPINGS, 0).map(value -> (Long) value).orElse(1L);
        if (ordered.size() >= 2 && group > 1) {
            grouped(code, pid, ordered, ids, group);
        } else {
            flat(code, pid, ordered, ids, 0);
        }
        for (int i = 0; i < ordered.size(); i++) {
            TileAxis axis = ordered.get(i);
            long step = step(axis, plan.block(axis.block()));
            String offset = step == 1 ? ids.get(i) : ids.get(i) + " * " + step;
            String begin = axis.beginsAtZero() ? offset : device.apply(axis.begin()) + " + " + offset;
            code.line(beginName.apply(axis) + " = " + begin);
        }
    }

    private void flat(CodeWriter code, String pid, List<TileAxis> ordered, List<String> ids, int from) {
        String rest = pid;
        for (int i = from; i < ordered.size(); i++) {
            boolean last = i == ordered.size() - 1;
            if (ordered.size() > 1) {
                code.line(ids.get(i) + " = " + (last ? rest : rest + " % " + count(ordered.get(i), device)));
            }
            rest = "(" + rest + " // " + count(ordered.get(i), device) + ")";
        }
    }

    /** Programs that share operands run near each other: columns of {@code group} tiles of the first axis. */
    private void grouped(CodeWriter code, String pid, List<TileAxis> ordered, List<String> ids, long group) {
        String first = count(ordered.get(0), device);
        String second = count(ordered.get(1), device);
        String plane = pid;
        if (ordered.size() > 2) {
            code.line(pid + "_plane = " + pid + " % (" + first + " * " + second + ")");
            plane = pid + "_plane";
            flat(code, "(" + pid + " // (" + first + " * " + second + "))", ordered, ids, 2);
        }
        code.line(pid + "_group = " + plane + " // (" + group + " * " + second + ")");
        code.line(pid + "_first = " + pid + "_group * " + group);
        code.line(pid + "_rows = tl.minimum(" + first + " - " + pid + "_first, " + group + ")");
        code.line(pid + "_within = " + plane + " % (" + group + " * " + second + ")");
        code.line(ids.get(0) + " = " + pid + "_first + " + pid + "_within % " + pid + "_rows");
        code.line(ids.get(1) + " = " + pid + "_within // " + pid + "_rows");
    }
}
