package dev.perihelion.compiler.space;

import dev.perihelion.compiler.ir.KernelIr;
import dev.perihelion.compiler.ir.MemoryOp;
import dev.perihelion.compiler.ir.Operands;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.Parameters;
import dev.perihelion.compiler.syntax.Stmt;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether a kernel assigns to one of its parameters, or to elements of one. The reference then has no
 * {@code range_num_stages}: loops that read and write one tensor must not be pipelined.
 */
final class WrittenParameters {

    private final Set<String> parameters = new HashSet<>();
    private boolean written;

    private WrittenParameters() {}

    static boolean areIn(KernelIr ir) {
        WrittenParameters search = new WrittenParameters();
        ir.definition().parameters().all().stream()
                .map(Parameters.Parameter::name)
                .forEach(search.parameters::add);
        search.statements(ir.definition().body());
        Operands.walk(ir.topLevelOps(), op -> {
            if (op instanceof MemoryOp.Atomic atomic) {
                search.written |= search.parameters.contains(atomic.tensor().name());
            }
        });
        return search.written;
    }

    private void statements(List<Stmt> body) {
        body.forEach(this::statement);
    }

    private void statement(Stmt stmt) {
        if (stmt instanceof Stmt.Assign assign) {
            assign.targets().forEach(this::target);
        } else if (stmt instanceof Stmt.AnnotatedAssign assign) {
            target(assign.target());
        } else if (stmt instanceof Stmt.AugmentedAssign assign) {
            target(assign.target());
        } else if (stmt instanceof Stmt.For loop) {
            statements(loop.body());
            statements(loop.orElse());
        } else if (stmt instanceof Stmt.While loop) {
            statements(loop.body());
            statements(loop.orElse());
        } else if (stmt instanceof Stmt.If branch) {
            statements(branch.body());
            statements(branch.orElse());
        } else if (stmt instanceof Stmt.Other other) {
            statements(other.blocks());
        }
    }

    private void target(Expr target) {
        if (target instanceof Expr.Name name) {
            written |= parameters.contains(name.id());
        } else if (target instanceof Expr.Subscript subscript) {
            target(subscript.value());
        } else if (target instanceof Expr.TupleDisplay tuple) {
            tuple.elements().forEach(this::target);
        } else if (target instanceof Expr.ListDisplay list) {
            list.elements().forEach(this::target);
        } else if (target instanceof Expr.Starred starred) {
            target(starred.value());
        }
    }
}
