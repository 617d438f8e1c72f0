package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.CompileException;
import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.HostEdit;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.syntax.BinaryOperator;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.syntax.Stmt;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Decides what a call means. */
final class Calls {

    private static final Set<MessageKey> HOST_MAY_IGNORE = Set.of(
            MessageKey.NEEDS_CONSTANT,
            MessageKey.BAD_EXTENT,
            MessageKey.NEEDS_HOST_TENSOR,
            MessageKey.MISSING_ARGUMENT,
            MessageKey.UNKNOWN_ARGUMENT,
            MessageKey.UNSUPPORTED_ON_DEVICE,
            MessageKey.ONE_AXIS_ONLY,
            MessageKey.OPAQUE_ON_DEVICE);

    private static final Set<String> TYPE_QUERIES =
            Set.of("finfo", "iinfo", "promote_types", "result_type", "is_floating_point", "is_tensor");

    /** The functions of Python's module `operator`. */
    private static final Map<String, BinaryOperator> OPERATORS = Map.ofEntries(
            Map.entry("add", BinaryOperator.ADD),
            Map.entry("sub", BinaryOperator.SUBTRACT),
            Map.entry("mul", BinaryOperator.MULTIPLY),
            Map.entry("truediv", BinaryOperator.DIVIDE),
            Map.entry("floordiv", BinaryOperator.FLOOR_DIVIDE),
            Map.entry("mod", BinaryOperator.MODULO),
            Map.entry("pow", BinaryOperator.POWER),
            Map.entry("matmul", BinaryOperator.MATMUL),
            Map.entry("and_", BinaryOperator.AND),
            Map.entry("or_", BinaryOperator.OR),
            Map.entry("xor", BinaryOperator.XOR),
            Map.entry("lshift", BinaryOperator.SHIFT_LEFT),
            Map.entry("rshift", BinaryOperator.SHIFT_RIGHT));

    private final Context context;
    private final ModuleScope module;
    private final DeviceOps ops;
    private final Indexing indexing;
    private final TensorCalls tensors;
    private final LanguageCalls language;
    private final HostCalls host;
    private final Builtins builtins;
    private final Attributes attributes;
    private final Inliner inliner;
    private final Map<String, Item> moduleValues = new LinkedHashMap<>();

    Calls(Context context, ModuleScope module) {
        this.context = context;
        this.module = module;
        this.ops = new DeviceOps(context);
        this.indexing = new Indexing(context, ops);
        this.tensors = new TensorCalls(context, ops);
        this.language = new LanguageCalls(context, ops, indexing, this::invoke);
        this.host = new HostCalls(context);
        this.builtins = new Builtins(context, ops);
        this.attributes = new Attributes(context, tensors, language);
        this.inliner = new Inliner(context, module, this);
    }

    HostCalls host() {
        return host;
    }

    DeviceOps ops() {
        return ops;
    }

    Indexing indexing() {
        return indexing;
    }

    TensorCalls tensors() {
        return tensors;
    }

    Attributes attributes() {
        return attributes;
    }

    Item call(Expr.Call expr, Evaluator evaluator) {
        Item callee = evaluator.evaluate(expr.callee());
        String name = context.source.text(expr.callee().span());
        List<Item> positional;
        Map<String, Item> keywords = new LinkedHashMap<>();
        try {
            positional = evaluator.elements(expr.arguments());
            for (Expr.Keyword keyword : expr.keywords()) {
                Item value = evaluator.evaluate(keyword.value());
                if (keyword.name().isPresent()) {
                    keywords.put(keyword.name().get(), value);
                } else if (value instanceof Item.Mapping mapping) {
                    mapping.entries().forEach((key, item) -> keywords.put(String.valueOf(key), item));
                } else {
                    throw context.error(keyword.span(), MessageKey.UNSUPPORTED_ON_DEVICE, "`**` of unknown keys");
                }
            }
        } catch (CompileException e) {
            if (canIgnore(e)) {
                return new Item.Opaque("the result of `" + name + "`");
            }
            throw e;
        }
        return call(
                callee,
                new CallArguments(context, name, positional, keywords, expr.span()),
                expr.callee().span());
    }

    private Item invoke(Item callee, List<Item> arguments, Span span) {
        return call(callee, new CallArguments(context, "the function", arguments, Map.of(), span), span);
    }

    /** Calls something with arguments that are known. */
    Item call(Item callee, CallArguments call, Span calleeSpan) {
        if (callee instanceof Item.Qualified qualified) {
            return qualified(qualified.path(), call, calleeSpan);
        }
        if (callee instanceof Item.Method method) {
            return method(method, call, calleeSpan);
        }
        if (callee instanceof Item.Partial partial) {
            List<Item> positional = new ArrayList<>(partial.positional());
            positional.addAll(call.positional());
            Map<String, Item> keywords = new LinkedHashMap<>(partial.keywords());
            keywords.putAll(call.keywords());
            return call(
                    partial.function(),
                    new CallArguments(context, call.callee(), positional, keywords, call.span()),
                    calleeSpan);
        }
        if (callee instanceof Item.RecordType type) {
            return RecordTypes.made(type, call);
        }
        if (callee instanceof Item.UserFunction function) {
            return inliner.run(function.definition(), Map.of(), call);
        }
        if (callee instanceof Item.NestedFunction function) {
            return inliner.run(function.definition(), function.closure(), call);
        }
        if (callee instanceof Item.LambdaFunction lambda) {
            return inliner.run(lambda, call);
        }
        if (!context.builder.onDevice()) {
            return new Item.Opaque("the result of `" + call.callee() + "`");
        }
        context.refuseOpaque(callee, calleeSpan);
        throw context.error(calleeSpan, MessageKey.NOT_CALLABLE, callee.describe());
    }

    private Item method(Item.Method method, CallArguments call, Span calleeSpan) {
        List<Item> withReceiver = new ArrayList<>();
        withReceiver.add(method.receiver());
        withReceiver.addAll(call.positional());
        CallArguments full = new CallArguments(context, call.callee(), withReceiver, call.keywords(), call.span());
        if (method.receiver() instanceof Item.Device) {
            return deviceMethod(method.name(), full, calleeSpan);
        }
        if (method.receiver() instanceof Item.Host) {
            return hostFunction(method.name(), full);
        }
        Optional<Item> folded = method.receiver() instanceof Item.Known known && known.value() instanceof String text
                ? Strings.method(text, method.name(), call.positional())
                : SequenceBuiltins.method(method.receiver(), method.name(), call.positional());
        if (folded.isEmpty()
                && method.name().equals("bit_length")
                && method.receiver() instanceof Item.Known known
                && known.value() instanceof Long number) {
            folded = Optional.of(new Item.Known((long) Long.SIZE - Long.numberOfLeadingZeros(Math.abs(number))));
        }
        if (folded.isEmpty() && context.builder.onDevice()) {
            throw context.error(
                    calleeSpan, MessageKey.NO_ATTRIBUTE, method.receiver().describe(), method.name());
        }
        return folded.orElseGet(() -> new Item.Opaque("the result of `" + call.callee() + "`"));
    }

    /** What a name of the module stands for, where its definition must be run to know that. */
    Item moduleValue(String name, Item unknown) {
        Item known = moduleValues.get(name);
        if (known != null) {
            return known;
        }
        moduleValues.put(name, unknown);
        Optional<Stmt> definition = module.definition(name);
        Optional<Expr> value = definition.flatMap(ModuleScope::value);
        boolean type = definition.orElse(null) instanceof Stmt.ClassDef;
        if (value.isPresent() || type) {
            int mistakes = context.diagnostics().size();
            try {
                Evaluator evaluator = new Evaluator(context, this, new Scope(module));
                Item item = context.builder.onHost(() -> type
                        ? new RecordTypes(evaluator)
                                .of((Stmt.ClassDef) definition.orElseThrow())
                                .orElse(unknown)
                        : evaluator.evaluate(value.get()));
                moduleValues.put(name, item instanceof Item.Opaque ? unknown : LaunchNames.renamed(item, name));
            } catch (CompileException | Poisoned e) {
                context.forgetDiagnostics(mistakes);
            }
        }
        return moduleValues.get(name);
    }

    /** Whether a mistake in host code only means that a value is not followed. */
    private boolean canIgnore(CompileException e) {
        return !context.builder.onDevice()
                && e.diagnostics().stream().allMatch(diagnostic -> HOST_MAY_IGNORE.contains(diagnostic.key()));
    }

    private Item qualified(String path, CallArguments call, Span calleeSpan) {
        if (path.equals("builtins.print") && context.builder.onDevice()) {
            return language.call("device_print", call);
        }
        if (path.startsWith("builtins.") || path.startsWith("math.")) {
            return builtin(path, call);
        }
        if (path.equals("typing.cast") || path.equals("functools.partial") || path.equals("functools.reduce")) {
            return higherOrder(path, call, calleeSpan);
        }
        if (path.startsWith("operator.") && OPERATORS.containsKey(path.substring("operator.".length()))) {
            return new Operators(context, this)
                    .binary(
                            OPERATORS.get(path.substring("operator.".length())),
                            call.required(0, "a"),
                            call.required(1, "b"),
                            call.span());
        }
        if (path.equals("collections.namedtuple")) {
            return RecordTypes.namedTuple(call).orElseGet(() -> new Item.Opaque("the result of `namedtuple`"));
        }
        if (path.equals("torch.device")) {
            return Attributes.DEVICE;
        }
        if (path.endsWith(".get_num_sm") && path.startsWith("helion.")) {
            return processors(call, calleeSpan);
        }
        if (path.equals("torch.cuda.get_device_properties") && !context.builder.onDevice()) {
            context.editHost(calleeSpan, HostEdit.PROPERTIES);
            String count = context.hostExpression(call.span()) + ".multi_processor_count";
            return new Item.Fields(
                    "the properties of a device",
                    Map.of(
                            "multi_processor_count",
                            new Item.Runtime(context.isInlined() ? HostShapes.UNNAMED : count, DType.INT64)));
        }
        if (path.startsWith("helion.language.")) {
            String name = path.substring("helion.language.".length());
            if (language.knows(name)) {
                return language.call(name, call);
            }
            throw unknown(calleeSpan, "hl." + name, language.names(), "hl.");
        }
        if (Fragments.knows(path)) {
            return Fragments.call(path, call);
        }
        if (path.equals("helion.cdiv")
                || path.equals("triton.cdiv")
                || path.equals("helion.next_power_of_2")
                || path.equals("triton.next_power_of_2")) {
            if (path.startsWith("helion.") && !context.builder.onDevice()) {
                context.editHost(calleeSpan, "triton." + path.substring("helion.".length()));
            }
            return builtin(path.substring(path.indexOf('.') + 1), call);
        }
        String name = path.substring(path.lastIndexOf('.') + 1);
        if (path.startsWith("torch.") && TYPE_QUERIES.contains(name)) {
            return host.call(name, call);
        }
        if (path.startsWith("torch.") && context.builder.onDevice()) {
            return deviceFunction(name, call, calleeSpan);
        }
        boolean tensors = path.equals("torch." + name)
                || path.equals("torch.Tensor." + name)
                || path.equals("torch.special." + name)
                || path.equals("torch.nn.functional." + name);
        if (tensors) {
            return hostFunction(name, call);
        }
        if (context.builder.onDevice()) {
            throw context.error(calleeSpan, MessageKey.UNKNOWN_FUNCTION, path, "");
        }
        return new Item.Opaque("the result of `" + call.callee() + "`");
    }

    private Item builtin(String path, CallArguments call) {
        try {
            return builtins.call(path, call);
        } catch (CompileException e) {
            if (canIgnore(e)) {
                return new Item.Opaque("the result of `" + call.callee() + "`");
            }
            throw e;
        }
    }

    private Item higherOrder(String path, CallArguments call, Span calleeSpan) {
        if (path.equals("typing.cast")) {
            return call.required(1, "val");
        }
        Item function = call.required(0, "function");
        List<Item> rest = call.positional().subList(1, call.positional().size());
        if (path.equals("functools.partial")) {
            return new Item.Partial(function, rest, call.keywords());
        }
        Optional<Item.Sequence> items = Sequences.of(call.required(1, "iterable"));
        if (items.isEmpty()) {
            return new Item.Opaque("the result of `" + call.callee() + "`");
        }
        List<Item> left = new ArrayList<>(items.get().items());
        Item result = rest.size() > 1 ? rest.get(1) : left.remove(0);
        for (Item item : left) {
            CallArguments step =
                    new CallArguments(context, call.callee(), List.of(result, item), Map.of(), call.span());
            result = call(function, step, calleeSpan);
        }
        return result;
    }

    /** How many processors the device has: known when the host code runs. */
    private Item processors(CallArguments call, Span calleeSpan) {
        if (context.builder.onDevice()) {
            throw context.error(call.span(), MessageKey.HOST_ONLY, call.callee());
        }
        context.editHost(calleeSpan, HostEdit.PROCESSORS);
        return new Item.Runtime(context.hostExpression(call.span()), DType.INT64);
    }

    private Item deviceFunction(String name, CallArguments call, Span calleeSpan) {
        if (tensors.knows(name)) {
            return tensors.call(name, call);
        }
        throw unknown(calleeSpan, "torch." + name, tensors.names(), "torch.");
    }

    private Item deviceMethod(String name, CallArguments call, Span calleeSpan) {
        Operand receiver = ((Item.Device) call.positional().get(0)).operand();
        List<Dim> shape = receiver.type().shape();
        if (name.equals("size")) {
            Optional<Item> dim = call.optional(1, "dim");
            return dim.isPresent()
                    ? Attributes.item(shape.get(call.axis(dim.get(), shape.size())))
                    : new Item.Extents(shape);
        }
        if (name.equals("dim")) {
            return new Item.Known((long) shape.size());
        }
        if (tensors.knows(name)) {
            return tensors.method(name, call);
        }
        throw unknown(calleeSpan, "." + name, tensors.names(), ".");
    }

    private Item hostFunction(String name, CallArguments call) {
        if (context.builder.onDevice()) {
            boolean shapeOnly = Set.of(
                            "size", "stride", "numel", "dim", "is_contiguous", "element_size", "is_floating_point")
                    .contains(name);
            if (!shapeOnly && call.positional().get(0) instanceof Item.Host tensor) {
                if (name.startsWith("new_")) {
                    return tensors.call(name, call);
                }
                throw context.error(
                        call.span(),
                        MessageKey.HOST_TENSOR_DIRECT_USE,
                        tensor.tensor().name());
            }
        }
        boolean inPlace = name.endsWith("_") && !name.endsWith("__");
        if (!host.knows(name)
                && inPlace
                && !call.positional().isEmpty()
                && call.positional().get(0) instanceof Item.Host) {
            return call.positional().get(0);
        }
        if (!host.knows(name)) {
            return new Item.Opaque("the result of `" + call.callee() + "`");
        }
        try {
            return host.call(name, call);
        } catch (CompileException e) {
            if (canIgnore(e)) {
                return new Item.Opaque("the result of `" + call.callee() + "`");
            }
            throw e;
        }
    }

    private CompileException unknown(Span span, String name, List<String> known, String prefix) {
        String bare = name.substring(prefix.length());
        String nearest = known.stream()
                .filter(candidate -> Spelling.distance(candidate, bare) <= 2)
                .min(java.util.Comparator.comparingInt(candidate -> Spelling.distance(candidate, bare)))
                .map(candidate -> " Did you mean `" + prefix + candidate + "`?")
                .orElse("");
        return context.error(span, MessageKey.UNKNOWN_FUNCTION, name, nearest);
    }
}
