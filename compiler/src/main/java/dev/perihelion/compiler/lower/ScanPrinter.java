package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.AxisOp;
import dev.perihelion.compiler.ir.Combiner;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Prints reductions and scans with functions of their own. */
final class ScanPrinter {

    private final DeviceCode device;
    private final Consumer<Op> printer;

    ScanPrinter(DeviceCode device, Consumer<Op> printer) {
        this.device = device;
        this.printer = printer;
    }

    void visitReduceTuple(AxisOp.ReduceTuple op) {
        List<Dim> shape = op.values().get(0).type().shape();
        Optional<String> mask = device.axes.maskOf(shape, op.axis());
        List<String> operands = new ArrayList<>();
        for (int i = 0; i < op.values().size(); i++) {
            String value = device.print(op.values().get(i));
            String fill = device.print(op.fills().get(i));
            String masked = mask.map(lanes -> "tl.where(" + lanes + ", " + value + ", " + fill + ")")
                    .orElse(value);
            operands.add(device.layouts.settled(op.values().get(i), masked, op.axis()));
        }
        String function = combiner(op.combiner());
        device.line(targets(op.results(), List.of()) + " = tl.reduce((" + String.join(", ", operands) + ",), "
                + op.axis() + ", " + function + ")");
        device.work.compute(device.elements(shape) * operands.size(), device.held(shape) * operands.size());
        device.work.exchange();
    }

    void visitScan(AxisOp.Scan op) {
        List<Dim> shape = op.values().get(0).type().shape();
        Optional<String> mask = device.axes.maskOf(shape, op.axis());
        List<String> operands = new ArrayList<>();
        op.values().forEach(value -> operands.add(device.layouts.settled(value, device.print(value), op.axis())));
        String function = combiner(op.combiner());
        List<String> further = new ArrayList<>();
        if (op.reverse() && mask.isPresent()) {
            // Padded lanes come first: they take part as nothing.
            function = skipping(function, operands.size());
            operands.add("tl.broadcast_to(" + mask.get() + ", " + device.shape(shape) + ").to(tl.int32)");
            further.add(device.names.fresh("counts"));
        }
        device.line(targets(op.results(), further) + " = tl.associative_scan((" + String.join(", ", operands) + ",), "
                + op.axis() + ", " + function + (op.reverse() ? ", reverse=True" : "") + ")");
        device.work.compute(device.elements(shape) * operands.size(), device.held(shape) * operands.size());
        device.work.exchange();
    }

    /** Names separated by commas, and with one behind a single name. */
    private String targets(List<Value> results, List<String> further) {
        List<String> names = new ArrayList<>();
        results.forEach(value -> names.add(device.name(value)));
        names.addAll(further);
        return names.size() == 1 ? names.get(0) + "," : String.join(", ", names);
    }

    private String combiner(Combiner combiner) {
        String name = device.names.fresh("_combine");
        List<String> parameters =
                combiner.arguments().stream().map(device::name).toList();
        device.function(name, parameters, () -> {
            combiner.body().forEach(printer);
            List<String> yields = new ArrayList<>();
            for (Operand operand : combiner.yields()) {
                String text = device.print(operand);
                yields.add(
                        operand.isNumber()
                                ? "tl.full([], " + text + ", "
                                        + DeviceCode.triton(operand.type().dtype()) + ")"
                                : text);
            }
            device.line("return " + String.join(", ", yields));
        });
        return name;
    }

    /** The function for tuples with a last element that is 0 where the others count for nothing. */
    private String skipping(String function, int size) {
        String name = device.names.fresh(function + "_counted");
        List<String> left = new ArrayList<>();
        List<String> right = new ArrayList<>();
        List<String> both = new ArrayList<>();
        List<String> chosen = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            left.add("left_" + i);
            right.add("right_" + i);
            both.add("both_" + i);
            chosen.add("tl.where(left_counts == 0, right_" + i + ", tl.where(right_counts == 0, left_" + i + ", both_"
                    + i + "))");
        }
        List<String> arguments = new ArrayList<>(left);
        arguments.addAll(right);
        List<String> parameters = new ArrayList<>(left);
        parameters.add("left_counts");
        parameters.addAll(right);
        parameters.add("right_counts");
        chosen.add("left_counts | right_counts");
        device.function(name, parameters, () -> {
            device.line(String.join(", ", both) + " = " + function + "(" + String.join(", ", arguments) + ")");
            device.line("return " + String.join(", ", chosen));
        });
        return name;
    }
}
