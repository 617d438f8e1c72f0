package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.CompileException;
import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.Parameters;
import dev.perihelion.compiler.syntax.Stmt;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs the user's own functions in place of their calls. */
final class Inliner {

    private static final int MAX_DEPTH = 32;

    private final Context context;
    private final ModuleScope module;
    private final Calls calls;
    private int depth;

    Inliner(Context context, ModuleScope module, Calls calls) {
        this.context = context;
        this.module = module;
        this.calls = calls;
    }

    /** Runs a function of the user's file in place of the call. */
    Item run(Stmt.FunctionDef definition, Map<String, Item> closure, CallArguments call) {
        boolean onDevice = context.builder.onDevice();
        int mistakes = context.diagnostics().size();
        Body body = scope -> {
            Statements statements = new Statements(context, calls, scope);
            statements.run(definition.body());
            if (statements.failed()) {
                throw new Poisoned();
            }
            return statements.returned().orElse(new Item.Known(Expr.Special.NONE));
        };
        if (onDevice) {
            return inline(definition.parameters(), call, closure, body);
        }
        try {
            return context.inlined(() -> inline(definition.parameters(), call, closure, body));
        } catch (CompileException | Poisoned e) {
            // Python runs it all the same.
            context.forgetDiagnostics(mistakes);
            return new Item.Opaque("the result of `" + call.callee() + "`");
        }
    }

    /** Evaluates a function without a name in place of the call. */
    Item run(Item.LambdaFunction lambda, CallArguments call) {
        return inline(
                lambda.definition().parameters(),
                call,
                lambda.closure(),
                scope -> new Evaluator(context, calls, scope)
                        .evaluate(lambda.definition().body()));
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
            scope.bind(parameter.name(), argument(parameters, parameter, position, call, scope));
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

    private Item argument(
            Parameters parameters, Parameters.Parameter parameter, int position, CallArguments call, Scope scope) {
        if (parameter.kind() == Parameters.Kind.VAR_POSITIONAL) {
            int from = Math.min(position, call.positional().size());
            List<Item> rest = call.positional().subList(from, call.positional().size());
            call.optional(call.positional().size(), parameter.name());
            return new Item.Sequence(rest, false);
        }
        if (parameter.kind() == Parameters.Kind.VAR_KEYWORD) {
            Map<Object, Item> rest = new LinkedHashMap<>(call.keywords());
            parameters.all().forEach(other -> rest.remove(other.name()));
            rest.keySet().forEach(name -> call.keyword((String) name));
            return new Item.Mapping(rest);
        }
        Optional<Item> given = parameter.kind() == Parameters.Kind.KEYWORD_ONLY
                ? call.keyword(parameter.name())
                : call.optional(position, parameter.name());
        if (given.isEmpty() && parameter.defaultValue().isPresent()) {
            given = Optional.of(new Evaluator(context, calls, scope)
                    .evaluate(parameter.defaultValue().get()));
        }
        return given.orElseThrow(
                () -> context.error(call.span(), MessageKey.MISSING_ARGUMENT, call.callee(), parameter.name()));
    }
}
