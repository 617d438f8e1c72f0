package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.CompileException;
import dev.perihelion.compiler.diagnostics.Diagnostic;
import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.ModuleAst;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.syntax.Stmt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds a kernel in a file and reads its decorator. */
final class KernelFinder {

    private static final Set<String> DECORATORS = Set.of("helion.kernel", "helion.jit", "helion.aot_kernel");

    private KernelFinder() {}

    /** A kernel's function and what its decorator asks for. */
    record Found(Stmt.FunctionDef definition, KernelSettings settings) {}

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
        if (match == null) {
            String known = kernels.isEmpty() ? "" : " Its kernels are: " + String.join(", ", kernels) + ".";
            throw new CompileException(
                    Diagnostic.at(ast.source(), new Span(0, 0), MessageKey.KERNEL_NOT_FOUND, name, known));
        }
        return new Found(match, settings(ast, decorator(match, scope)));
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

    private static Optional<Expr> decorator(Stmt.FunctionDef function, ModuleScope scope) {
        return function.decorators().stream()
                .filter(expr -> DECORATORS.contains(path(expr instanceof Expr.Call call ? call.callee() : expr, scope)))
                .findFirst();
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

    private static KernelSettings settings(ModuleAst ast, Optional<Expr> decorator) {
        boolean staticShapes = true;
        String dotPrecision = KernelSettings.DEFAULT.dotPrecision();
        if (decorator.orElse(null) instanceof Expr.Call call) {
            for (Expr.Keyword keyword : call.keywords()) {
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
                }
            }
        }
        return new KernelSettings(staticShapes, dotPrecision);
    }
}
