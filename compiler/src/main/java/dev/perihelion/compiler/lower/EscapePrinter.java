package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.CreationOp;
import dev.perihelion.compiler.ir.EscapeOp;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Prints what the user wrote for Triton directly, and random numbers, which Triton's library makes. */
final class EscapePrinter {

    private final DeviceCode device;

    EscapePrinter(DeviceCode device) {
        this.device = device;
    }

    void visitInlineTriton(EscapeOp.InlineTriton op) {
        device.foreign.add(op.source());
        String text = filled(op);
        List<String> lines = new ArrayList<>(text.lines().toList());
        if (op.results().isEmpty()) {
            lines.forEach(device::line);
            return;
        }
        int last = lastStatement(lines);
        lines.subList(0, last).forEach(device::line);
        String value = String.join("\n", lines.subList(last, lines.size()));
        device.line(targets(op.results()) + " = (");
        value.lines().forEach(device::line);
        device.line(")");
    }

    /** Replaces placeholders as {@code str.format} does. */
    private String filled(EscapeOp.InlineTriton op) {
        StringBuilder result = new StringBuilder();
        String source = op.source();
        for (int i = 0; i < source.length(); i++) {
            char c = source.charAt(i);
            boolean doubled = i + 1 < source.length() && source.charAt(i + 1) == c;
            if ((c == '{' || c == '}') && doubled) {
                result.append(c);
                i++;
            } else if (c == '{') {
                int end = source.indexOf('}', i);
                String name = source.substring(i + 1, Math.max(i + 1, end));
                int position = op.names().indexOf(name);
                if (position < 0) {
                    throw new IllegalStateException("No argument for the placeholder {" + name + "}.");
                }
                result.append(typed(op.operands().get(position)));
                i = end;
            } else {
                result.append(c);
            }
        }
        return result.toString();
    }

    /** Where the last statement begins: its lines behind the first are indented or inside brackets. */
    private static int lastStatement(List<String> lines) {
        int last = 0;
        int depth = 0;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            boolean begins = depth == 0 && !line.isBlank() && !Character.isWhitespace(line.charAt(0));
            if (begins) {
                last = i;
            }
            for (char c : line.toCharArray()) {
                depth += "([{".indexOf(c) >= 0 ? 1 : ")]}".indexOf(c) >= 0 ? -1 : 0;
            }
        }
        return last;
    }

    void visitCallTriton(EscapeOp.CallTriton op) {
        device.foreign.add(op.function());
        if (!op.definition().isEmpty()) {
            device.foreign.add(op.definition());
            device.definitions.add(op.definition());
        }
        List<String> arguments = new ArrayList<>();
        for (int i = 0; i < op.operands().size(); i++) {
            String name = op.names().get(i);
            arguments.add(
                    (name.isEmpty() ? "" : name + "=") + typed(op.operands().get(i)));
        }
        String call = op.function() + "(" + String.join(", ", arguments) + ")";
        device.line(op.results().isEmpty() ? call : targets(op.results()) + " = " + call);
    }

    void visitAssembly(EscapeOp.Assembly op) {
        String types = op.results().stream()
                .map(value -> DeviceCode.triton(value.type().dtype()))
                .collect(Collectors.joining(", "));
        String operands = op.operands().stream().map(device::print).collect(Collectors.joining(", "));
        device.line(targets(op.results()) + " = tl.inline_asm_elementwise(asm=" + quoted(op.text()) + ", constraints="
                + quoted(op.constraints()) + ", args=[" + operands + "], dtype="
                + (op.results().size() == 1 ? types : "(" + types + ")") + ", is_pure="
                + (op.isPure() ? "True" : "False") + ", pack=" + op.pack() + ")");
    }

    void visitPrint(EscapeOp.Print op) {
        String operands =
                op.operands().stream().map(operand -> ", " + typed(operand)).collect(Collectors.joining());
        device.line("tl.device_print(" + quoted(op.prefix()) + operands + ")");
    }

    void visitRandom(CreationOp.Random op) {
        String function = switch (op.kind()) {
            case UNIFORM -> "tl.rand";
            case NORMAL -> "tl.randn";
            case WORD -> "tl.randint";
            case UNIFORM_4 -> "tl.rand4x";
        };
        String call = function + "(" + device.print(op.seed()) + ", " + device.print(op.counter()) + ")";
        boolean word = op.kind() == CreationOp.RandomKind.WORD;
        device.line(targets(op.results()) + " = " + (word ? call + ".to(tl.int32, bitcast=True)" : call));
    }

    private String targets(List<Value> results) {
        return results.stream().map(device::name).collect(Collectors.joining(", "));
    }

    private String typed(Operand operand) {
        return operand instanceof Operand.Pointer pointer ? device.tensor(pointer.tensor()) : device.print(operand);
    }

    /** A Python string of a text. */
    static String quoted(String text) {
        StringBuilder result = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            switch (c) {
                case '\n' -> result.append("\\n");
                case '\t' -> result.append("\\t");
                case '"' -> result.append("\\\"");
                case '\\' -> result.append("\\\\");
                default -> result.append(c);
            }
        }
        return result.append('"').toString();
    }
}
