package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.ModuleAst;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.syntax.Stmt;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Copies what host code needs from the user's file: imports, constants and functions, and what these need. */
final class HostDefinitions {

    private static final Set<String> PROVIDED = Set.of("torch", "triton", "tl");

    private final ModuleAst ast;
    private final Map<String, Stmt> definitions = new LinkedHashMap<>();

    HostDefinitions(ModuleAst ast) {
        this.ast = ast;
        collect(ast.body());
    }

    /** The source of every top-level definition that these lines use, in file order. */
    List<String> neededBy(List<String> lines) {
        Set<Stmt> needed = new LinkedHashSet<>();
        need(String.join("\n", lines), needed);
        List<String> sources = new ArrayList<>();
        definitions.values().stream().distinct().filter(needed::contains).forEach(stmt -> sources.add(source(stmt)));
        return sources;
    }

    private void need(String text, Set<Stmt> needed) {
        for (String name : UsedNames.in(text)) {
            Stmt stmt = definitions.get(name);
            if (stmt != null && !PROVIDED.contains(name) && !isHelion(stmt) && needed.add(stmt)) {
                need(source(stmt), needed);
            }
        }
    }

    private String source(Stmt stmt) {
        if (stmt instanceof Stmt.FunctionDef function) {
            int start = function.decorators().isEmpty() || isTriton(function)
                    ? function.span().start()
                    : function.header().start();
            return ast.source().text(new Span(start, function.span().end()));
        }
        return ast.source().text(stmt.span());
    }

    private boolean isTriton(Stmt.FunctionDef function) {
        return function.decorators().stream()
                .map(decorator -> ast.source().text(decorator.span()))
                .anyMatch(text -> text.startsWith("triton."));
    }

    private static boolean isHelion(Stmt stmt) {
        if (stmt instanceof Stmt.Import imported) {
            return imported.names().stream().anyMatch(alias -> alias.name().startsWith("helion"));
        }
        return stmt instanceof Stmt.ImportFrom imported && imported.module().startsWith("helion");
    }

    private void collect(List<Stmt> body) {
        for (Stmt stmt : body) {
            if (stmt instanceof Stmt.FunctionDef function) {
                definitions.put(function.name(), stmt);
            } else if (stmt instanceof Stmt.ClassDef type) {
                definitions.put(type.name(), stmt);
            } else if (stmt instanceof Stmt.Import imported) {
                imported.names()
                        .forEach(alias -> definitions.put(
                                alias.asName().orElse(alias.name().split("\\.")[0]), stmt));
            } else if (stmt instanceof Stmt.ImportFrom imported) {
                imported.names().forEach(alias -> definitions.put(alias.asName().orElse(alias.name()), stmt));
            } else if (stmt instanceof Stmt.Assign assign) {
                assign.targets().forEach(target -> {
                    if (target instanceof Expr.Name name) {
                        definitions.put(name.id(), stmt);
                    }
                });
            } else if (stmt instanceof Stmt.AnnotatedAssign assign && assign.target() instanceof Expr.Name name) {
                definitions.put(name.id(), stmt);
            }
        }
    }
}
