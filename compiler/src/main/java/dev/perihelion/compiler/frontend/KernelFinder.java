package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.CompileException;
import dev.perihelion.compiler.diagnostics.Diagnostic;
import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.ModuleAst;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.syntax.Stmt;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds a kernel in a file and reads its decorator. */
final class KernelFinder {

    private static final Set<String> DECORATORS = Set.of("helion.kernel", "helion.jit", "helion.aot_kernel");

    /** How many names may stand for one another. */
    private static final int MAX_ALIASES = 8;

    private KernelFinder() {}

    /** A kernel's function, what its decorator asks for, and the decorator's arguments themselves. */
    record Found(Stmt.FunctionDef definition, KernelSettings settings, List<Expr.Keyword> keywords) {}

    static Found find(ModuleAst ast, String name) {
        List<Stmt.FunctionDef> functions = new ArrayList<>();
        collect(ast.body(), functions);
        ModuleScope scope = new ModuleScope(ast);
        List<String> kernels = new ArrayList<>();
        Stmt.FunctionDef match = null;
        for (Stmt.FunctionDef function : functions) {
            if (decorator(function, scope).isPresent()) {
                kernels.add(function.name());
            }
            if (function.name().equals(name)) {
                match = function;
            }
        }
        if (match != null) {
            List<Expr.Keyword> keywords = decorator(match, scope).orElse(List.of());
            return new Found(match, settings(ast, keywords), keywords);
        }
        return assigned(ast, name, functions, scope).orElseThrow(() -> {
            String known = kernels.isEmpty() ? "" : " Its kernels are: " + String.join(", ", kernels) + ".";
            return new CompileException(
                    Diagnostic.at(ast.source(), new Span(0, 0), MessageKey.KERNEL_NOT_FOUND, name, known));
        });
    }

    /** {@code name = helion.kernel(function)} and {@code name = helion.kernel(config=...)(function)}. */
    private static Optional<Found> assigned(
            ModuleAst ast, String name, List<Stmt.FunctionDef> functions, ModuleScope scope) {
        Optional<Expr> value = scope.definition(name).flatMap(ModuleScope::value);
        if (!(value.orElse(null) instanceof Expr.Call call && call.arguments().size() == 1)
                || !(call.arguments().get(0) instanceof Expr.Name plain)) {
            return Optional.empty();
        }
        Optional<List<Expr.Keyword>> keywords = keywords(call.callee(), scope, 0);
        return functions.stream()
                .filter(function -> function.name().equals(plain.id()) && keywords.isPresent())
                .reduce((first, second) -> second)
                .map(function -> {
                    List<Expr.Keyword> all = new ArrayList<>(keywords.orElseThrow());
                    all.addAll(call.keywords());
                    return new Found(named(function, name), settings(ast, all), all);
                });
    }

    private static Stmt.FunctionDef named(Stmt.FunctionDef function, String name) {
        return new Stmt.FunctionDef(
                name,
                function.parameters(),
                function.returns(),
                function.decorators(),
                function.body(),
                function.nameSpan(),
                function.header(),
                function.span());
    }

    private static void collect(List<Stmt> body, List<Stmt.FunctionDef> functions) {
        for (Stmt stmt : body) {
            if (stmt instanceof Stmt.FunctionDef function) {
                functions.add(function);
            } else if (stmt instanceof Stmt.If branch) {
                collect(branch.body(), functions);
                collect(branch.orElse(), functions);
            } else if (stmt instanceof Stmt.Other other) {
                collect(other.blocks(), functions);
            }
        }
    }

    private static Optional<List<Expr.Keyword>> decorator(Stmt.FunctionDef function, ModuleScope scope) {
        return function.decorators().stream()
                .flatMap(expr -> keywords(expr, scope, 0).stream())
                .findFirst();
    }

    /** The keyword arguments that a decorator was given so far; empty where it does not make kernels. */
    private static Optional<List<Expr.Keyword>> keywords(Expr expr, ModuleScope scope, int depth) {
        if (DECORATORS.contains(path(expr, scope))) {
            return Optional.of(List.of());
        }
        if (depth > MAX_ALIASES) {
            return Optional.empty();
        }
        if (expr instanceof Expr.Call call) {
            boolean partial = path(call.callee(), scope).equals("functools.partial")
                    && call.arguments().size() == 1;
            Expr inner = partial ? call.arguments().get(0) : call.callee();
            return keywords(inner, scope, depth + 1)
                    .filter(known -> partial || call.arguments().isEmpty())
                    .map(known -> {
                        List<Expr.Keyword> all = new ArrayList<>(known);
                        all.addAll(call.keywords());
                        return all;
                    });
        }
        return expr instanceof Expr.Name name
                ? scope.definition(name.id())
                        .flatMap(ModuleScope::value)
                        .flatMap(value -> keywords(value, scope, depth + 1))
                : Optional.empty();
    }

    private static String path(Expr expr, ModuleScope scope) {
        if (expr instanceof Expr.Attribute attribute) {
            return path(attribute.value(), scope) + "." + attribute.name();
        }
        if (expr instanceof Expr.Name name && scope.find(name.id()).orElse(null) instanceof Item.Qualified qualified) {
            return qualified.path();
        }
        return "?";
    }

    private static KernelSettings settings(ModuleAst ast, List<Expr.Keyword> keywords) {
        boolean staticShapes = true;
        String dotPrecision = KernelSettings.DEFAULT.dotPrecision();
        Optional<DType> indexType = KernelSettings.DEFAULT.indexType();
        for (Expr.Keyword keyword : keywords) {
            Object value = keyword.value() instanceof Expr.Constant constant ? constant.value() : null;
            String name = keyword.name().orElse("");
            if (name.equals("static_shapes") && value instanceof Boolean flag) {
                staticShapes = flag;
            } else if (name.equals("dot_precision")) {
                if (!(value instanceof String text)
                        || !Set.of("tf32", "tf32x3", "ieee").contains(text)) {
                    throw new CompileException(Diagnostic.at(
                            ast.source(),
                            keyword.span(),
                            MessageKey.KERNEL_SETTING,
                            name,
                            "not one of `tf32`, `tf32x3` and `ieee`"));
                }
                dotPrecision = text;
            } else if (name.equals("index_dtype")) {
                indexType = indexType(ast, keyword);
            }
        }
        return new KernelSettings(staticShapes, dotPrecision, indexType);
    }

    private static Optional<DType> indexType(ModuleAst ast, Expr.Keyword keyword) {
        String text = ast.source().text(keyword.value().span());
        Optional<DType> type = DType.named(text.substring(text.lastIndexOf('.') + 1));
        boolean fits = type.equals(Optional.of(DType.INT32)) || type.equals(Optional.of(DType.INT64));
        if (!fits && !text.equals("None")) {
            throw new CompileException(Diagnostic.at(
                    ast.source(),
                    keyword.span(),
                    MessageKey.KERNEL_SETTING,
                    "index_dtype",
                    "not one of `torch.int32`, `torch.int64` and `None`"));
        }
        return type;
    }
}
