package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.frontend.Sizes;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.RootLoop;
import dev.perihelion.compiler.ir.TileAxis;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Maps program ids to tiles of the root loop. */
final class ProgramIds {

    private final RootLoop root;
    private final DeviceCode device;

    ProgramIds(RootLoop root, DeviceCode device) {
        this.root = root;
        this.device = device;
    }

    /** How many tiles an axis has, as text with the given printer of bounds. */
    static String count(TileAxis axis, Plan plan, Function<Operand, String> printer) {
        long step = plan.step(axis);
        if (axis.constantLength().isPresent()) {
            return Long.toString(Sizes.ceilDivide(axis.constantLength().getAsLong(), step));
        }
        String length = axis.beginsAtZero()
                ? printer.apply(axis.end())
                : "(" + printer.apply(axis.end()) + " - " + printer.apply(axis.begin()) + ")";
        return "((" + length + " + " + (step - 1) + ") // " + step + ")";
    }

    private String count(TileAxis axis) {
        return count(axis, device.plan, device::print);
    }

    /** The product of all counts. */
    String total(Function<Operand, String> printer) {
        if (device.plan.isFlattened(root.axes())) {
            long elements = root.axes().stream()
                    .mapToLong(axis -> axis.constantLength().orElseThrow())
                    .reduce(1, (a, b) -> a * b);
            return Long.toString(Sizes.ceilDivide(elements, device.plan.flatBlock(root.axes())));
        }
        long constant = 1;
        List<String> factors = new ArrayList<>();
        for (TileAxis axis : root.axes()) {
            String count = count(axis, device.plan, printer);
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

    /** Prints begin, positions and mask of every axis, from the program id in {@code pid}. */
    void print(String pid) {
        List<TileAxis> axes = root.axes();
        if (device.plan.isFlattened(axes)) {
            device.line(
                    device.axes.get(axes.get(0).block()).begin() + " = " + pid + " * " + device.plan.flatBlock(axes));
            device.axes.printFlatIndex(axes);
            return;
        }
        List<TileAxis> ordered =
                device.plan.loopOrder(axes).stream().map(axes::get).toList();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < ordered.size(); i++) {
            ids.add(ordered.size() == 1 ? pid : pid + "_" + i);
        }
        long group = device.plan.group(axes);
        if (device.plan.hasGridAxes(axes)) {
            for (int i = 0; i < ordered.size(); i++) {
                device.line(ids.get(i) + " = tl.program_id(" + i + ")");
            }
        } else if (ordered.size() >= 2 && group > 1) {
            grouped(pid, ordered, ids, group);
        } else {
            flat(pid, ordered, ids, 0);
        }
        for (int i = 0; i < ordered.size(); i++) {
            TileAxis axis = ordered.get(i);
            long step = device.plan.step(axis);
            String id = device.axes.isWide(axis) ? "tl.cast(" + ids.get(i) + ", tl.int64)" : ids.get(i);
            String offset = step == 1 ? id : id + " * " + step;
            String begin = axis.beginsAtZero() ? offset : device.axes.bound(axis, axis.begin()) + " + " + offset;
            device.line(device.axes.get(axis.block()).begin() + " = " + begin);
        }
        axes.forEach(device.axes::printIndex);
    }

    /** How many tiles each axis has, in the order of the launch grid's axes. */
    String gridAxes(Function<Operand, String> printer) {
        return device.plan.loopOrder(root.axes()).stream()
                .map(position -> count(root.axes().get(position), device.plan, printer))
                .collect(Collectors.joining(", "));
    }

    private void flat(String pid, List<TileAxis> ordered, List<String> ids, int from) {
        String rest = pid;
        for (int i = from; i < ordered.size(); i++) {
            boolean last = i == ordered.size() - 1;
            if (ordered.size() > 1) {
                device.line(ids.get(i) + " = " + (last ? rest : rest + " % " + count(ordered.get(i))));
            }
            rest = "(" + rest + " // " + count(ordered.get(i)) + ")";
        }
    }

    /** Programs that share operands run near each other: columns of {@code group} tiles of the first axis. */
    private void grouped(String pid, List<TileAxis> ordered, List<String> ids, long group) {
        String first = count(ordered.get(0));
        String second = count(ordered.get(1));
        String plane = pid;
        if (ordered.size() > 2) {
            device.line(pid + "_plane = " + pid + " % (" + first + " * " + second + ")");
            plane = pid + "_plane";
            flat("(" + pid + " // (" + first + " * " + second + "))", ordered, ids, 2);
        }
        device.line(pid + "_group = " + plane + " // (" + group + " * " + second + ")");
        device.line(pid + "_first = " + pid + "_group * " + group);
        device.line(pid + "_rows = tl.minimum(" + first + " - " + pid + "_first, " + group + ")");
        device.line(pid + "_within = " + plane + " % (" + group + " * " + second + ")");
        device.line(ids.get(0) + " = " + pid + "_first + " + pid + "_within % " + pid + "_rows");
        device.line(ids.get(1) + " = " + pid + "_within // " + pid + "_rows");
    }
}
