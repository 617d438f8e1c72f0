package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.EscapeOp;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.TensorType;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What leaves the tile language: Triton text, assembly, functions under {@code triton.jit}, printing. */
final class EscapeCalls {

    private static final Pattern DEFINITION = Pattern.compile("(?m)^def +(\\w+)\\s*\\(");

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{|\\}\\}|\\{([^{}]*)\\}");

    private final Context context;
    private final DeviceOps ops;

    EscapeCalls(Context context, DeviceOps ops) {
        this.context = context;
        this.ops = ops;
    }

    void register(Map<String, Handler> handlers) {
        handlers.put("inline_triton", this::inlineTriton);
        handlers.put("triton_kernel", this::tritonKernel);
        handlers.put("inline_asm_elementwise", this::assembly);
        handlers.put("device_print", this::print);
        handlers.put("breakpoint", call -> {
            throw context.error(call.span(), MessageKey.BREAKPOINT);
        });
        handlers.put("barrier", call -> {
            throw context.error(call.span(), MessageKey.BARRIER_PLACE);
        });
    }

    private Item inlineTriton(CallArguments call) {
        String source = string(call, 0, "triton_source");
        Map<String, Operand> arguments = arguments(call, call.required(1, "args"));
        Item like = call.required(2, "output_like");
        checkPlaceholders(call, source, arguments);
        return outputs(
                call,
                like,
                results -> new EscapeOp.InlineTriton(
                        results,
                        dedented(source),
                        List.copyOf(arguments.keySet()),
                        List.copyOf(arguments.values()),
                        call.span()));
    }

    private void checkPlaceholders(CallArguments call, String source, Map<String, Operand> arguments) {
        Matcher placeholders = PLACEHOLDER.matcher(source);
        while (placeholders.find()) {
            String name = placeholders.group(1);
            if (name != null && !arguments.containsKey(name)) {
                throw context.error(call.span(), MessageKey.PLACEHOLDER, name);
            }
        }
    }

    private Item tritonKernel(CallArguments call) {
        Item function = call.required(0, "triton_source_or_fn");
        Map<String, Operand> arguments = arguments(call, call.required(1, "args"));
        Item like = call.required(2, "output_like");
        String definition;
        if (function instanceof Item.UserFunction user) {
            definition = "def " + user.definition().name() + "(";
        } else if (function instanceof Item.Known known && known.value() instanceof String text) {
            definition = definition(dedented(text));
        } else {
            throw context.error(call.span(), MessageKey.TRITON_FUNCTION, function.describe());
        }
        Matcher name = DEFINITION.matcher(definition);
        if (!name.find()) {
            throw context.error(call.span(), MessageKey.TRITON_FUNCTION, "this text");
        }
        String callee = name.group(1);
        List<String> names = arguments.keySet().stream()
                .map(key -> Character.isDigit(key.charAt(0)) ? "" : key)
                .toList();
        return outputs(
                call,
                like,
                results -> new EscapeOp.CallTriton(
                        results,
                        callee,
                        function instanceof Item.UserFunction ? "" : definition,
                        names,
                        List.copyOf(arguments.values()),
                        call.span()));
    }

    /** The function with its decorator, which the text may leave out. */
    private static String definition(String text) {
        return (text.contains("@triton.jit") ? "" : "@triton.jit\n") + text.strip() + "\n";
    }

    /** Makes an operation with results of the given types. */
    private interface Maker {
        Op make(List<Value> results);
    }

    private Item outputs(CallArguments call, Item like, Maker maker) {
        if (Context.isNone(like)) {
            context.builder.emit(maker.make(List.of()));
            return new Item.Known(Expr.Special.NONE);
        }
        List<Item> items = like instanceof Item.Sequence sequence ? sequence.items() : List.of(like);
        List<Value> results = new ArrayList<>();
        for (Item item : items) {
            Operand operand = context.operand(item, call.span());
            results.add(context.builder.value(operand.type(), "inlined"));
        }
        context.builder.emit(maker.make(results));
        List<Item> values = results.stream().<Item>map(Item.Device::new).toList();
        return like instanceof Item.Sequence sequence ? new Item.Sequence(values, sequence.isList()) : values.get(0);
    }

    private Map<String, Operand> arguments(CallArguments call, Item item) {
        Map<String, Operand> arguments = new LinkedHashMap<>();
        if (item instanceof Item.Mapping mapping) {
            mapping.entries()
                    .forEach((name, argument) -> arguments.put(String.valueOf(name), argument(call, argument)));
            return arguments;
        }
        if (!(item instanceof Item.Sequence sequence)) {
            throw context.error(call.span(), MessageKey.NEEDS_CONSTANT, call.callee(), "args", item.describe());
        }
        for (int i = 0; i < sequence.items().size(); i++) {
            arguments.put(String.valueOf(i), argument(call, sequence.items().get(i)));
        }
        return arguments;
    }

    /** A host tensor stands for its pointer. */
    private Operand argument(CallArguments call, Item item) {
        return item instanceof Item.Host host && host.tensor().rank() > 0
                ? new Operand.Pointer(host.tensor())
                : context.operand(item, call.span());
    }

    private Item assembly(CallArguments call) {
        String text = string(call, 0, "asm");
        String constraints = string(call, 1, "constraints");
        Item given = call.required(2, "args");
        Item types = call.required(3, "dtype");
        boolean pure = call.optionalBool(4, "is_pure").orElse(true);
        long pack = call.optionalInt(5, "pack").orElse(1L);
        List<Operand> operands = new ArrayList<>();
        List<Dim> shape = List.of();
        for (Item item : given instanceof Item.Sequence sequence ? sequence.items() : List.of(given)) {
            Operand operand = context.operand(item, call.span());
            shape = ops.broadcast(shape, operand.type().shape(), call.callee(), call.span());
            operands.add(operand);
        }
        List<Operand> fitting = new ArrayList<>();
        for (Operand operand : operands) {
            fitting.add(
                    operand.isNumber()
                            ? ops.full(shape, operand, operand.type().dtype(), call.span())
                            : ops.broadcastTo(operand, shape, call.span()));
        }
        List<Value> results = new ArrayList<>();
        for (Item type : types instanceof Item.Sequence sequence ? sequence.items() : List.of(types)) {
            if (!(type instanceof Item.Known known && known.value() instanceof DType dtype)) {
                throw context.error(call.span(), MessageKey.NEEDS_CONSTANT, call.callee(), "dtype", type.describe());
            }
            results.add(context.builder.value(new TensorType(dtype, shape), "assembled"));
        }
        context.builder.emit(new EscapeOp.Assembly(results, text, constraints, fitting, pure, pack, call.span()));
        List<Item> values = results.stream().<Item>map(Item.Device::new).toList();
        return types instanceof Item.Sequence ? new Item.Sequence(values, false) : values.get(0);
    }

    /** {@code hl.device_print} and Python's {@code print}. */
    private Item print(CallArguments call) {
        String prefix = "";
        List<Operand> operands = new ArrayList<>();
        for (int i = 0; i < call.positional().size(); i++) {
            Item item = call.required(i, "values");
            if (i == 0 && item instanceof Item.Known known && known.value() instanceof String text) {
                prefix = text;
            } else {
                operands.add(context.operand(item, call.span()));
            }
        }
        call.ignore("sep", "end", "flush", "file");
        context.builder.emit(new EscapeOp.Print(prefix, operands, call.span()));
        return new Item.Known(Expr.Special.NONE);
    }

    private String string(CallArguments call, int position, String name) {
        return call.optionalString(position, name)
                .orElseThrow(() -> context.error(call.span(), MessageKey.MISSING_ARGUMENT, call.callee(), name));
    }

    private static String dedented(String text) {
        return text.stripIndent().strip();
    }
}
