package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.Stmt;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The names that statements assign, nested blocks included. */
final class AssignedNames {

    private final Set<String> names = new LinkedHashSet<>();

    private AssignedNames() {}

    static Set<String> of(List<Stmt> body) {
        AssignedNames assigned = new AssignedNames();
        body.forEach(assigned::statement);
        return assigned.names;
    }

    private void statement(Stmt stmt) {
        if (stmt instanceof Stmt.Assign assign) {
            assign.targets().forEach(this::target);
        } else if (stmt instanceof Stmt.AnnotatedAssign assign) {
            target(assign.target());
        } else if (stmt instanceof Stmt.AugmentedAssign assign) {
            target(assign.target());
        } else if (stmt instanceof Stmt.For loop) {
            target(loop.target());
            loop.body().forEach(this::statement);
            loop.orElse().forEach(this::statement);
        } else if (stmt instanceof Stmt.While loop) {
            loop.body().forEach(this::statement);
            loop.orElse().forEach(this::statement);
        } else if (stmt instanceof Stmt.If branch) {
            branch.body().forEach(this::statement);
            branch.orElse().forEach(this::statement);
        } else if (stmt instanceof Stmt.Other other) {
            other.blocks().forEach(this::statement);
        }
    }

    private void target(Expr target) {
        if (target instanceof Expr.Name name) {
            names.add(name.id());
        } else if (target instanceof Expr.TupleDisplay tuple) {
            tuple.elements().forEach(this::target);
        } else if (target instanceof Expr.ListDisplay list) {
            list.elements().forEach(this::target);
        } else if (target instanceof Expr.Starred starred) {
            target(starred.value());
        }
    }
}
