package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.FlowOp;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.syntax.Stmt;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Builds a choice of the device program, and makes one of what its branches assign. */
final class BranchBuilder {

    private final Context context;
    private final Statements statements;
    private final Scope scope;
    private final DeviceOps ops;

    BranchBuilder(Context context, Statements statements, Scope scope) {
        this.context = context;
        this.statements = statements;
        this.scope = scope;
        this.ops = new DeviceOps(context);
    }

    private record Branch(List<Op> ops, Map<String, Item> names) {}

    void build(Stmt.If stmt, Operand condition) {
        if (!condition.type().isScalar()) {
            throw context.error(stmt.test().span(), MessageKey.TENSOR_CONDITION);
        }
        Map<String, Item> before = scope.snapshot();
        Branch then = runBranch(stmt.body());
        scope.restore(before);
        Branch otherwise = runBranch(stmt.orElse());
        scope.restore(before);
        Set<String> names = new LinkedHashSet<>(then.names().keySet());
        names.addAll(otherwise.names().keySet());
        List<FlowOp.Merged> merged = new ArrayList<>();
        for (String name : names) {
            Item a = then.names().get(name);
            Item b = otherwise.names().get(name);
            if (a == null || b == null) {
                scope.bind(name, new Item.Opaque("`" + name + "`, which only one branch assigns"));
            } else if (!a.equals(before.get(name)) || !b.equals(before.get(name))) {
                scope.bind(name, merge(name, a, b, merged, stmt.header()).orElseGet(() -> torn(name, a, b)));
            }
        }
        context.builder.emit(new FlowOp.If(condition, then.ops(), otherwise.ops(), merged, stmt.span()));
    }

    /**
     * One item of what the branches made of a name; numbers take the type of the other branch's value. Empty where the
     * two do not fit, which matters only to who reads the name later.
     */
    private Optional<Item> merge(String name, Item a, Item b, List<FlowOp.Merged> merged, Span span) {
        if (a.equals(b)) {
            return Optional.of(a);
        }
        Optional<Operand> x = operand(a);
        Optional<Operand> y = operand(b);
        if (x.isEmpty() || y.isEmpty()) {
            return Optional.empty();
        }
        Operand first = x.get().isNumber() ? ops.cast(x.get(), y.get().type().dtype(), span) : x.get();
        Operand second = y.get().isNumber() ? ops.cast(y.get(), first.type().dtype(), span) : y.get();
        boolean fits = first.type().equals(second.type()) || first.isNumber() || second.isNumber();
        if (!fits) {
            return Optional.empty();
        }
        Operand.Value result = context.builder.value(first.isNumber() ? second.type() : first.type(), name);
        merged.add(new FlowOp.Merged(first, second, result));
        return Optional.of(new Item.Device(result));
    }

    private static Item torn(String name, Item a, Item b) {
        return new Item.Opaque(
                "`%s`, which is %s in one branch and %s in the other".formatted(name, a.describe(), b.describe()));
    }

    private static Optional<Operand> operand(Item item) {
        if (item instanceof Item.Device device) {
            return Optional.of(device.operand());
        }
        if (item instanceof Item.Known known && known.value() instanceof Long number) {
            return Optional.of(new Operand.Literal(number, DType.INT64));
        }
        if (item instanceof Item.Known known && known.value() instanceof Double number) {
            return Optional.of(new Operand.Literal(number, DType.FLOAT32));
        }
        return item instanceof Item.Known known && known.value() instanceof Boolean flag
                ? Optional.of(new Operand.Literal(flag, DType.BOOL))
                : Optional.empty();
    }

    private Branch runBranch(List<Stmt> body) {
        context.builder.open();
        statements.run(body);
        Map<String, Item> names = scope.snapshot();
        if (statements.returned().isPresent()) {
            throw context.error(body.get(0).span(), MessageKey.UNSUPPORTED_ON_DEVICE, "`return` in a runtime branch");
        }
        return new Branch(context.builder.close(), names);
    }
}
