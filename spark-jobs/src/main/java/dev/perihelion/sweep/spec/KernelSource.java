package dev.perihelion.sweep.spec;

import dev.perihelion.compiler.diagnostics.CompileException;
import dev.perihelion.compiler.diagnostics.Diagnostic;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.Parameters;
import dev.perihelion.compiler.syntax.SourceFile;
import dev.perihelion.compiler.syntax.SourceParser;
import dev.perihelion.compiler.syntax.Stmt;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The top level of a kernel file: which functions it has, and their parameters. */
final class KernelSource {

    private final Map<String, Stmt.FunctionDef> functions = new LinkedHashMap<>();
    private final Set<String> otherNames = new LinkedHashSet<>();

    /**
     * Parses a file.
     *
     * @throws CompileException for mistakes in it
     */
    KernelSource(String file, String text) {
        collect(SourceParser.parse(new SourceFile(file, text)).body());
    }

    private void collect(List<Stmt> body) {
        for (Stmt stmt : body) {
            if (stmt instanceof Stmt.FunctionDef function) {
                functions.put(function.name(), function);
            } else if (stmt instanceof Stmt.Assign assign) {
                assign.targets().stream()
                        .filter(Expr.Name.class::isInstance)
                        .forEach(target -> otherNames.add(((Expr.Name) target).id()));
            } else if (stmt instanceof Stmt.ImportFrom names) {
                names.names().forEach(alias -> otherNames.add(alias.asName().orElse(alias.name())));
            } else if (stmt instanceof Stmt.If branch) {
                collect(branch.body());
                collect(branch.orElse());
            } else if (stmt instanceof Stmt.Other other) {
                collect(other.blocks());
            }
        }
    }

    /** Whether the name may stand for a function; false only where it certainly does not. */
    boolean has(String name) {
        return functions.containsKey(name) || otherNames.contains(name) || otherNames.contains("*");
    }

    /** Functions with a decorator, which are likely kernels. */
    List<String> kernels() {
        return functions.values().stream()
                .filter(function -> !function.decorators().isEmpty())
                .map(Stmt.FunctionDef::name)
                .toList();
    }

    /** Functions without a decorator. */
    List<String> helpers() {
        return functions.values().stream()
                .filter(function -> function.decorators().isEmpty())
                .map(Stmt.FunctionDef::name)
                .toList();
    }

    /** The parameters, where the name is that of a function of this file. */
    Optional<List<Parameters.Parameter>> parameters(String name) {
        return Optional.ofNullable(functions.get(name))
                .map(function -> function.parameters().all());
    }

    /** A compiler's first message on one line, with its place. */
    static String oneLine(CompileException e) {
        if (e.diagnostics().isEmpty()) {
            return e.getMessage().lines().findFirst().orElse("It does not compile.");
        }
        Diagnostic first = e.diagnostics().get(0);
        SourceFile.Position position = first.source().position(first.span().start());
        return first.source().name() + ":" + position.line() + ":" + position.column() + ": " + first.message() + " "
                + first.advice();
    }
}
