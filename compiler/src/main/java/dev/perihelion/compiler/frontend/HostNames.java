package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.SourceFile;
import dev.perihelion.compiler.syntax.Stmt;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names whose values host statements change, also where nothing is assigned: by methods of lists, by subscripts. */
final class HostNames {

    private static final Pattern AS = Pattern.compile("\\bas\\s+([A-Za-z_]\\w*)");

    private final Set<String> names = new LinkedHashSet<>();

    private HostNames() {}

    /** All names that the statements, nested blocks included, may change. */
    static Set<String> changedBy(List<Stmt> body, SourceFile source) {
        HostNames changed = new HostNames();
        changed.names.addAll(AssignedNames.of(body));
        body.forEach(stmt -> changed.statement(stmt, source));
        return changed.names;
    }

    /** The names behind {@code as} in the header of a {@code with} or {@code try} statement, and in its blocks. */
    static Set<String> introduced(String text) {
        Set<String> names = new LinkedHashSet<>();
        Matcher matcher = AS.matcher(text);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    private void statement(Stmt stmt, SourceFile source) {
        if (stmt instanceof Stmt.Assign assign) {
            assign.targets().forEach(this::container);
        } else if (stmt instanceof Stmt.AugmentedAssign assign) {
            container(assign.target());
        } else if (stmt instanceof Stmt.Expression expression
                && expression.value() instanceof Expr.Call call
                && call.callee() instanceof Expr.Attribute method
                && method.value() instanceof Expr.Name name) {
            names.add(name.id());
        } else if (stmt instanceof Stmt.FunctionDef function) {
            names.add(function.name());
        } else if (stmt instanceof Stmt.Import imported) {
            imported.names()
                    .forEach(alias ->
                            names.add(alias.asName().orElse(alias.name().split("\\.")[0])));
        } else if (stmt instanceof Stmt.ImportFrom imported) {
            imported.names().forEach(alias -> names.add(alias.asName().orElse(alias.name())));
        } else if (stmt instanceof Stmt.If branch) {
            branch.body().forEach(inner -> statement(inner, source));
            branch.orElse().forEach(inner -> statement(inner, source));
        } else if (stmt instanceof Stmt.For loop) {
            loop.body().forEach(inner -> statement(inner, source));
            loop.orElse().forEach(inner -> statement(inner, source));
        } else if (stmt instanceof Stmt.While loop) {
            loop.body().forEach(inner -> statement(inner, source));
            loop.orElse().forEach(inner -> statement(inner, source));
        } else if (stmt instanceof Stmt.Other other) {
            names.addAll(introduced(source.text(other.span())));
            other.blocks().forEach(inner -> statement(inner, source));
        }
    }

    /** A list or dictionary that a subscript changes; the elements of a tensor are not followed anyway. */
    private void container(Expr target) {
        if (target instanceof Expr.Subscript subscript && subscript.value() instanceof Expr.Name name) {
            names.add(name.id());
        }
    }
}
