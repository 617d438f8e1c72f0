package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.CompileException;
import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.Parameters;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Decides what a call means, and inlines the user's own functions. */
final class Calls {

    private static final int MAX_DEPTH = 32;
    private static final Set<MessageKey> HOST_MAY_IGNORE = Set.of(
            MessageKey.NEEDS_CONSTANT,
            MessageKey.BAD_EXTENT,
            MessageKey.NEEDS_HOST_TENSOR,
            MessageKey.MISSING_ARGUMENT,
            MessageKey.UNKNOWN_ARGUMENT,
            MessageKey.OPAQUE_ON_DEVICE);

    private final Context context;
    private final ModuleScope module;
    private final DeviceOps ops;
    private final Indexing indexing;
    private final TensorCalls tensors;
    private final LanguageCalls language;
    private final HostCalls host;
    private final Builtins builtins;
    private final Attributes attributes;
    private int depth;

    Calls(Context context, ModuleScope module) {
        this.context = context;
        this.module = module;
        this.ops = new DeviceOps(context);
        this.indexing = new Indexing(context, ops);
        this.tensors = new TensorCalls(context, ops);
        this.language = new LanguageCalls(context, ops, indexing, tensors);
        this.host = new HostCalls(context);
        this.builtins = new Builtins(context, ops);
        this.attributes = new Attributes(context, tensors, language);
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
        List<Item> positional = evaluator.elements(expr.arguments());
        Map<String, Item> keywords = new LinkedHashMap<>();
        for (Expr.Keyword keyword : expr.keywords()) {
            if (keyword.name().isEmpty()) {
                throw context.error(keyword.span(), MessageKey.UNSUPPORTED_ON_DEVICE, "`**` in a call");
            }
            keywords.put(keyword.name().get(), evaluator.evaluate(keyword.value()));
        }
        String name = context.source.text(expr.callee().span());
        return call(
                callee,
                new CallArguments(context, name, positional, keywords, expr.span()),
                expr.callee().span());
    }

    private Item call(Item callee, CallArguments call, Span calleeSpan) {
        if (callee instanceof Item.Qualified qualified) {
            return qualified(qualified.path(), call, calleeSpan);
        }
        if (callee instanceof Item.Method method) {
            List<Item> withReceiver = new ArrayList<>();
            withReceiver.add(method.receiver());
            withReceiver.addAll(call.positional());
            CallArguments full = new CallArguments(context, call.callee(), withReceiver, call.keywords(), call.span());
            return method.receiver() instanceof Item.Device
                    ? deviceMethod(method.name(), full, calleeSpan)
                    : hostFunction(method.name(), full);
        }
        if (callee instanceof Item.UserFunction function) {
            return inline(function.definition().parameters(), call, Map.of(), scope -> {
                Statements statements = new Statements(context, this, scope);
                statements.run(function.definition().body());
                if (statements.failed()) {
                    throw new Poisoned();
                }
                return statements.returned().orElse(new Item.Known(Expr.Special.NONE));
            });
        }
        if (callee instanceof Item.LambdaFunction lambda) {
            return inline(
                    lambda.definition().parameters(),
                    call,
                    lambda.closure(),
                    scope -> new Evaluator(context, this, scope)
                            .evaluate(lambda.definition().body()));
        }
        if (!context.builder.onDevice()) {
            return new Item.Opaque("the result of `" + call.callee() + "`");
        }
        throw context.error(calleeSpan, MessageKey.NOT_CALLABLE, callee.describe());
    }

    private Item qualified(String path, CallArguments call, Span calleeSpan) {
        if (path.startsWith("builtins.") || path.startsWith("math.")) {
            return builtins.call(path, call);
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
            return builtins.call(path.substring(path.indexOf('.') + 1), call);
        }
        String name = path.substring(path.lastIndexOf('.') + 1);
        if (path.startsWith("torch.") && context.builder.onDevice()) {
            return deviceFunction(name, call, calleeSpan);
        }
        if (path.startsWith("torch.")) {
            return hostFunction(name, call);
        }
        if (context.builder.onDevice()) {
            throw context.error(calleeSpan, MessageKey.UNKNOWN_FUNCTION, path, "");
        }
        return new Item.Opaque("the result of `" + call.callee() + "`");
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
        if (name.equals("new_zeros") || name.equals("new_full") || name.equals("new_ones")) {
            return newTensor(name, receiver.type().dtype(), call);
        }
        if (tensors.knows(name)) {
            return tensors.method(name, call);
        }
        throw unknown(calleeSpan, "." + name, tensors.names(), ".");
    }

    private Item newTensor(String name, DType dtype, CallArguments call) {
        Map<String, Item> keywords = new LinkedHashMap<>(call.keywords());
        keywords.putIfAbsent("dtype", new Item.Known(dtype));
        List<Item> arguments =
                new ArrayList<>(call.positional().subList(1, call.positional().size()));
        if (name.equals("new_ones")) {
            arguments.add(1, new Item.Known(1.0));
        }
        return language.call(
                name.equals("new_zeros") ? "zeros" : "full",
                new CallArguments(context, call.callee(), arguments, keywords, call.span()));
    }

    private Item hostFunction(String name, CallArguments call) {
        if (context.builder.onDevice()) {
            boolean shapeOnly =
                    Set.of("size", "stride", "numel", "dim", "is_contiguous").contains(name);
            if (!shapeOnly && call.positional().get(0) instanceof Item.Host tensor) {
                if (name.startsWith("new_")) {
                    return newTensor(name, tensor.tensor().dtype(), call);
                }
                throw context.error(
                        call.span(),
                        MessageKey.HOST_TENSOR_DIRECT_USE,
                        tensor.tensor().name());
            }
        }
        if (!host.knows(name)) {
            return new Item.Opaque("the result of `" + call.callee() + "`");
        }
        try {
            return host.call(name, call);
        } catch (CompileException e) {
            boolean ignorable =
                    e.diagnostics().stream().allMatch(diagnostic -> HOST_MAY_IGNORE.contains(diagnostic.key()));
            if (ignorable && !context.builder.onDevice()) {
                return new Item.Opaque("the result of `" + call.callee() + "`");
            }
            throw e;
        }
    }

    /** Runs a body in a scope of its own. */
    @FunctionalInterface
    private interface Body {
        Item run(Scope scope);
    }

    private Item inline(Parameters parameters, CallArguments call, Map<String, Item> closure, Body body) {
        if (depth >= MAX_DEPTH) {
            throw context.error(call.span(), MessageKey.RECURSION, call.callee());
        }
        Scope scope = new Scope(module);
        closure.forEach(scope::bind);
        int position = 0;
        for (Parameters.Parameter parameter : parameters.all()) {
            Optional<Item> given = call.optional(position, parameter.name());
            if (parameter.kind() == Parameters.Kind.VAR_POSITIONAL) {
                List<Item> rest = call.positional()
                        .subList(
                                Math.min(position, call.positional().size()),
                                call.positional().size());
                call.optional(call.positional().size(), parameter.name());
                given = Optional.of(new Item.Sequence(rest, false));
            } else if (given.isEmpty() && parameter.defaultValue().isPresent()) {
                given = Optional.of(new Evaluator(context, this, new Scope(module))
                        .evaluate(parameter.defaultValue().get()));
            }
            scope.bind(
                    parameter.name(),
                    given.orElseThrow(() ->
                            context.error(call.span(), MessageKey.MISSING_ARGUMENT, call.callee(), parameter.name())));
            position++;
        }
        call.checkAllTaken();
        depth++;
        try {
            return body.run(scope);
        } finally {
            depth--;
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
