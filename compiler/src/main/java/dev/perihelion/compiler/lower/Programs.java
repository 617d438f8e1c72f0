package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.HostScalar;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.RootLoop;
import dev.perihelion.compiler.ir.TileAxis;
import dev.perihelion.compiler.space.Keys;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Prints the root loops as programs of one launch. Several root loops stand one behind the other in the numbering of
 * programs; where a barrier parts them, every program works on each phase in turn.
 */
final class Programs {

    /** The parameter that a barrier counts in. */
    static final String SEMAPHORE = "barrier_count";

    /** The dies of AMD's accelerators that have several. */
    private static final int CHIPLETS = 8;

    private final DeviceCode device;
    private final StoreBarriers barriers;
    private final Consumer<Op> printer;

    Programs(DeviceCode device, StoreBarriers barriers, Consumer<Op> printer) {
        this.device = device;
        this.barriers = barriers;
        this.printer = printer;
    }

    void print() {
        device.countsAccesses = false;
        device.ir.roots().forEach(root -> root.preamble().forEach(printer));
        device.countsAccesses = true;
        if (!device.plan.isPersistent()) {
            if (!device.plan.hasGridAxes(device.ir.roots().get(0).axes())) {
                device.line("pid = " + program(total(device.ir.roots(), device::print)));
            }
            roots(device.ir.roots());
            return;
        }
        int phases = device.ir.roots().get(device.ir.roots().size() - 1).phase() + 1;
        for (int phase = 0; phase < phases; phase++) {
            int current = phase;
            if (phase > 0) {
                device.line("_grid_barrier(" + SEMAPHORE + ", " + phase + ")");
            }
            persistent(device.ir.roots().stream()
                    .filter(root -> root.phase() == current)
                    .toList());
        }
    }

    private void persistent(List<RootLoop> roots) {
        String total = total(roots, device::print);
        boolean flattens = roots.stream().map(RootLoop::body).allMatch(Flattening::isTrusted);
        String options = device.plan.rangeOptions(roots.get(0).axes().get(0), flattens);
        String program = program("tl.num_programs(0)");
        if (device.plan.programIdType().equals(Keys.PERSISTENT_INTERLEAVED)) {
            device.line("for pid in tl.range(" + program + ", " + total + ", tl.num_programs(0)" + options + "):");
        } else {
            String pids = device.names.fresh("programs_each");
            String first = device.names.fresh("first_program");
            device.line(pids + " = tl.cdiv(" + total + ", tl.num_programs(0))");
            device.line(first + " = " + program + " * " + pids);
            device.line("for pid in tl.range(" + first + ", tl.minimum(" + first + " + " + pids + ", " + total + ")"
                    + options + "):");
        }
        device.code.indent();
        roots(roots);
        device.code.dedent();
    }

    /** Each program belongs to one of the roots, by its number. */
    private void roots(List<RootLoop> roots) {
        String pid = "pid";
        int depth = 0;
        for (int i = 0; i < roots.size(); i++) {
            RootLoop root = roots.get(i);
            boolean last = i == roots.size() - 1;
            String count = new ProgramIds(root, device).total(device::print);
            if (!last) {
                device.line("if " + pid + " < " + count + ":");
                device.code.indent();
            }
            program(root, pid);
            if (!last) {
                device.code.dedent();
                device.line("else:");
                device.code.indent();
                depth++;
                String rest = device.names.fresh("pid");
                device.line(rest + " = " + pid + " - " + count);
                pid = rest;
            }
        }
        for (int i = 0; i < depth; i++) {
            device.code.dedent();
        }
    }

    private void program(RootLoop root, String pid) {
        List<Op> body = root.body();
        for (long extent : device.plan.chunks().keySet()) {
            body = Rolling.roll(body, extent);
        }
        double turns = root.axes().stream().mapToDouble(device.axes::turns).reduce(1, (a, b) -> a * b);
        double together = device.plan.isPersistent()
                ? device.plan.pipeline(root.axes().get(0)).together(body)
                : 1;
        WorkCounter.Region before = device.work.enter(turns, together);
        device.work.tiles();
        if (device.plan.isFlattened(root.axes())) {
            device.axes.enterFlat(root.axes());
        } else {
            root.axes().forEach(device.axes::enter);
        }
        new ProgramIds(root, device).print(pid);
        EpilogueCuts cuts = new EpilogueCuts(root, device);
        body = cuts.cut(body, barriers::isNeededBefore);
        body.forEach(printer);
        cuts.leave();
        root.axes().forEach(device.axes::leave);
        device.work.leave(before);
        device.footprint.program(root, body);
    }

    private String total(List<RootLoop> roots, java.util.function.Function<Operand, String> printer) {
        return roots.stream()
                .map(root -> new ProgramIds(root, device).total(printer))
                .collect(Collectors.joining(" + "));
    }

    /** The number of this program among {@code total}; neighbours may be kept on one die. */
    private String program(String total) {
        return device.plan.remapsChiplets()
                ? "_chiplet_order(tl.program_id(0), " + total + ", " + CHIPLETS + ")"
                : "tl.program_id(0)";
    }

    /**
     * How many programs would each do one tile, printed for the host, for each axis of the launch grid; {@code None} where
     * it does not know, or must not use it.
     */
    String hostTotal() {
        List<TileAxis> first = device.ir.roots().get(0).axes();
        if (device.plan.hasGridAxes(first)) {
            return new ProgramIds(device.ir.roots().get(0), device).gridAxes(this::hostBound);
        }
        boolean known = device.ir.roots().stream().allMatch(root -> root.hasHostBounds(device.ir.scalars()));
        return known && !device.ir.hasBarrier() ? total(device.ir.roots(), this::hostBound) : "None";
    }

    private String hostBound(Operand operand) {
        if (operand instanceof Operand.Sized sized) {
            return device.plan.text(sized.size());
        }
        if (operand.isNumber()) {
            return device.print(operand);
        }
        return device.ir.scalars().stream()
                .filter(scalar -> scalar.value().equals(operand))
                .map(HostScalar::name)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("A root loop's bound is not known to the host."));
    }
}
