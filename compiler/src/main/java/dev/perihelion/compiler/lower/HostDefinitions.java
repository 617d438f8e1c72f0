package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.ModuleAst;
import dev.perihelion.compiler.syntax.Parameters;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.syntax.Stmt;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** Copies what host code needs from the user's file: imports, constants and functions, and what these need. */
final class HostDefinitions {

    private static final Set<String> PROVIDED = Set.of("torch", "triton", "tl");

    private final ModuleAst ast;
    private final Function<Span, String> print;
    private final Map<String, Set<Stmt>> definitions = new LinkedHashMap<>();
    private final Set<Stmt> needed = new LinkedHashSet<>();
    private final Map<String, String> helion = new TreeMap<>();

    /** What is used of helion; {@code print} gives the text of a piece of the file, edited for the module. */
    HostDefinitions(ModuleAst ast, Function<Span, String> print) {
        this.ast = ast;
        this.print = print;
        ast.body().forEach(stmt -> collect(List.of(stmt), stmt));
    }

    /** The source of every top-level definition that these lines use, in file order. */
    List<String> neededBy(List<String> lines) {
        need(UsedNames.in(String.join("\n", lines)));
        List<String> sources = new ArrayList<>();
        boolean annotated =
                needed.stream().anyMatch(stmt -> stmt instanceof Stmt.FunctionDef || stmt instanceof Stmt.ClassDef);
        if (annotated) {
            sources.add(FUTURE);
        }
        helion.forEach((name, path) -> sources.add(HelionStandIns.of(name, path)));
        ast.body().stream().filter(needed::contains).forEach(stmt -> sources.add(source(stmt)));
        return sources;
    }

    /** Leaves annotations unevaluated: they may name what the module does not have. */
    static final String FUTURE = "from __future__ import annotations";

    private void need(Set<String> names) {
        for (String name : names) {
            for (Stmt stmt : PROVIDED.contains(name) ? Set.<Stmt>of() : definitions.getOrDefault(name, Set.of())) {
                if (isHelion(stmt)) {
                    helion.put(name, path(stmt, name));
                } else if (needed.add(stmt)) {
                    need(UsedNames.in(withoutAnnotations(stmt)));
                }
            }
        }
    }

    /** The text of a statement as it is executed: annotations of functions are not. */
    private String withoutAnnotations(Stmt stmt) {
        StringBuilder text = new StringBuilder(source(stmt));
        if (stmt instanceof Stmt.FunctionDef function) {
            List<Span> spans = new ArrayList<>();
            function.returns().ifPresent(returns -> spans.add(returns.span()));
            for (Parameters.Parameter parameter : function.parameters().all()) {
                parameter.annotation().ifPresent(annotation -> spans.add(annotation.span()));
            }
            for (Span span : spans) {
                String annotation = ast.source().text(span);
                int at = text.indexOf(annotation);
                if (at >= 0) {
                    text.replace(at, at + annotation.length(), " ".repeat(annotation.length()));
                }
            }
        }
        return text.toString();
    }

    private String source(Stmt stmt) {
        if (stmt instanceof Stmt.FunctionDef function) {
            StringBuilder text = new StringBuilder();
            for (Expr decorator : function.decorators()) {
                boolean isHelion = UsedNames.in(ast.source().text(decorator.span())).stream()
                        .anyMatch(name -> definitions.getOrDefault(name, Set.of()).stream()
                                .anyMatch(HostDefinitions::isHelion));
                if (!isHelion) {
                    text.append('@').append(print.apply(decorator.span())).append('\n');
                }
            }
            int start = function.decorators().isEmpty()
                    ? function.span().start()
                    : function.header().start();
            return text.append(print.apply(new Span(start, function.span().end())))
                    .toString();
        }
        return print.apply(stmt.span());
    }

    private static boolean isHelion(Stmt stmt) {
        if (stmt instanceof Stmt.Import imported) {
            return imported.names().stream().allMatch(alias -> isHelion(alias.name()));
        }
        return stmt instanceof Stmt.ImportFrom imported && isHelion(imported.module());
    }

    private static boolean isHelion(String module) {
        return module.equals("helion") || module.startsWith("helion.");
    }

    private static String path(Stmt stmt, String name) {
        List<Stmt.Alias> aliases =
                stmt instanceof Stmt.Import imported ? imported.names() : ((Stmt.ImportFrom) stmt).names();
        String prefix = stmt instanceof Stmt.ImportFrom imported ? imported.module() + "." : "";
        return aliases.stream()
                .filter(alias -> alias.asName().orElse(alias.name()).equals(name))
                .map(alias -> prefix + alias.name())
                .findFirst()
                .orElse("helion");
    }

    /** The names that statements define; {@code whole} is the top-level statement to copy for them. */
    private void collect(List<Stmt> body, Stmt whole) {
        for (Stmt stmt : body) {
            if (stmt instanceof Stmt.FunctionDef function) {
                define(function.name(), whole);
            } else if (stmt instanceof Stmt.ClassDef type) {
                define(type.name(), whole);
            } else if (isHelion(stmt) && stmt != whole) {
                // Under `try` or `if`; without helion it would not be the import that is tried.
                collect(List.of(stmt), stmt);
            } else if (stmt instanceof Stmt.Import imported) {
                imported.names()
                        .forEach(alias ->
                                define(alias.asName().orElse(alias.name().split("\\.")[0]), whole));
            } else if (stmt instanceof Stmt.ImportFrom imported) {
                imported.names().forEach(alias -> define(alias.asName().orElse(alias.name()), whole));
            } else if (stmt instanceof Stmt.Assign assign) {
                assign.targets().forEach(target -> target(target, whole));
            } else if (stmt instanceof Stmt.AnnotatedAssign assign) {
                target(assign.target(), whole);
            } else if (stmt instanceof Stmt.AugmentedAssign assign) {
                target(assign.target(), whole);
            } else if (stmt instanceof Stmt.If branch && !isMain(branch)) {
                collect(branch.body(), whole);
                collect(branch.orElse(), whole);
            } else if (stmt instanceof Stmt.Other other) {
                collect(other.blocks(), whole);
            }
        }
    }

    private boolean isMain(Stmt.If branch) {
        return ast.source().text(branch.test().span()).contains("__name__");
    }

    private void target(Expr target, Stmt whole) {
        if (target instanceof Expr.Name name) {
            define(name.id(), whole);
        } else if (target instanceof Expr.TupleDisplay tuple) {
            tuple.elements().forEach(element -> target(element, whole));
        } else if (target instanceof Expr.Subscript subscript) {
            target(subscript.value(), whole);
        }
    }

    private void define(String name, Stmt whole) {
        definitions.computeIfAbsent(name, key -> new LinkedHashSet<>()).add(whole);
    }
}
