package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.CompileException;
import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.FlowOp;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.Operands;
import dev.perihelion.compiler.ir.TensorType;
import dev.perihelion.compiler.ir.TileAxis;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.syntax.Stmt;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Builds a loop of the device program. Which names the loop carries, and with what types, is found by running the body
 * until nothing changes any more.
 */
final class LoopBuilder {

    private final Context context;
    private final Statements statements;
    private final Scope scope;
    private final TileLoops tileLoops;
    private final DeviceOps ops;

    LoopBuilder(Context context, Statements statements, Scope scope, TileLoops tileLoops) {
        this.context = context;
        this.statements = statements;
        this.scope = scope;
        this.tileLoops = tileLoops;
        this.ops = new DeviceOps(context);
    }

    /** What a turn of a loop runs, besides binding its variable. */
    private interface Turn {
        /** Runs one turn; what it emits goes to the open region. */
        void run();
    }

    /** Makes the operation of what the carried names became. */
    private interface Finish {
        Op loop(List<FlowOp.Carried> carried, List<Op> body);
    }

    /** The body as run with given types of the carried names. */
    private record Attempt(List<Op> body, Map<String, Value> arguments, Map<String, Operand> yielded) {}

    void build(Stmt.For loop, String kind) {
        TileLoops.Header header = tileLoops.header(loop, kind, statements.evaluator());
        Turn turn = () -> {
            tileLoops.bindTarget(loop, header, scope);
            statements.run(loop.body());
        };
        Set<String> assigned = AssignedNames.of(loop.body());
        Set<String> targets = AssignedNames.of(List.of(loop));
        targets.removeAll(assigned);
        try {
            run(
                    loop.header(),
                    assigned,
                    targets,
                    header.axes().stream().map(TileAxis::block).toList(),
                    turn,
                    (carried, body) -> new FlowOp.ForTiles(header.axes(), carried, body, loop.span()));
        } finally {
            tileLoops.leave(header);
        }
    }

    void build(Stmt.While loop) {
        // The test runs in a region of its own, which stands in front of the body's operations.
        List<List<Op>> test = new ArrayList<>();
        List<Operand> condition = new ArrayList<>();
        Turn turn = () -> {
            context.builder.open();
            Item truth = statements.evaluator().evaluate(loop.test());
            Operand operand = context.operand(truth, loop.test().span());
            test.add(context.builder.close());
            if (!operand.type().isScalar()) {
                throw context.error(loop.test().span(), MessageKey.TENSOR_CONDITION);
            }
            condition.add(operand);
            statements.run(loop.body());
        };
        run(loop.header(), AssignedNames.of(loop.body()), Set.of(), List.of(), turn, (carried, body) -> {
            int last = condition.size() - 1;
            return new FlowOp.While(carried, test.get(last), condition.get(last), body, loop.span());
        });
    }

    private void run(
            Span span, Set<String> assigned, Set<String> targets, List<Integer> blocks, Turn turn, Finish finish) {
        Map<String, Item> before = scope.snapshot();
        Map<String, TensorType> carried = new LinkedHashMap<>();
        for (String name : assigned) {
            if (isCarriable(before.get(name))) {
                carried.put(name, context.operand(before.get(name), span).type());
            }
        }
        Attempt attempt = attempt(span, turn, carried, before);
        while (adjust(span, carried, before, attempt)) {
            attempt = attempt(span, turn, carried, before);
        }
        Map<String, Item> inside = scope.snapshot();
        scope.restore(before);
        List<FlowOp.Carried> list = new ArrayList<>();
        Map<String, Item> after = new LinkedHashMap<>();
        for (String name : carried.keySet()) {
            after.put(name, new Item.Device(carry(name, before.get(name), carried.get(name), attempt, span, list)));
        }
        Set<String> fresh = new LinkedHashSet<>(assigned);
        fresh.removeAll(carried.keySet());
        for (String name : fresh) {
            if (inside.containsKey(name) && !inside.get(name).equals(before.get(name))) {
                after.put(name, firstAssigned(name, inside.get(name), blocks, span, list));
            }
        }
        targets.forEach(name ->
                after.put(name, new Item.Opaque("`" + name + "`, which is the variable of a loop that is over,")));
        context.builder.emit(finish.loop(list, attempt.body()));
        after.forEach(scope::bind);
    }

    private static boolean isCarriable(Item item) {
        return item instanceof Item.Device
                || item instanceof Item.Sized
                || item instanceof Item.Runtime
                || item instanceof Item.Known known
                        && (known.value() instanceof Number || known.value() instanceof Boolean);
    }

    private Attempt attempt(Span span, Turn turn, Map<String, TensorType> carried, Map<String, Item> before) {
        scope.restore(before);
        context.builder.open();
        Map<String, Value> arguments = new LinkedHashMap<>();
        carried.forEach((name, type) -> {
            Value argument = context.builder.value(type, name);
            arguments.put(name, argument);
            scope.bind(name, new Item.Device(argument));
        });
        boolean closed = false;
        try {
            turn.run();
            Map<String, Operand> yielded = new LinkedHashMap<>();
            for (String name : carried.keySet()) {
                Item item = scope.findLocal(name).orElseThrow();
                if (item instanceof Item.Opaque opaque && opaque.what().equals(Statements.POISON)) {
                    throw new Poisoned();
                }
                yielded.put(name, context.operand(item, span));
            }
            closed = true;
            return new Attempt(context.builder.close(), arguments, yielded);
        } finally {
            if (!closed) {
                context.builder.close();
            }
        }
    }

    /**
     * Changes what is carried after an attempt: names are dropped, or their types grow, so that this ends. The answer is
     * true where another attempt is needed.
     */
    private boolean adjust(Span span, Map<String, TensorType> carried, Map<String, Item> before, Attempt attempt) {
        boolean changed = false;
        for (String name : List.copyOf(carried.keySet())) {
            Operand yielded = attempt.yielded().get(name);
            TensorType old = carried.get(name);
            if (yielded.equals(attempt.arguments().get(name))) {
                carried.remove(name);
                changed = true;
            } else if (!yielded.type().equals(old)) {
                boolean number = context.operand(before.get(name), span).isNumber();
                boolean grows = yielded.isNumber()
                        ? old.isScalar()
                        : number || yielded.type().dtype() == old.dtype() && isBroadcast(old, yielded.type());
                if (!grows && !isRead(attempt, attempt.arguments().get(name))) {
                    // Each turn assigns it before it reads it: a name of the body that another loop used before.
                    carried.remove(name);
                    changed = true;
                    continue;
                }
                if (!grows) {
                    throw context.error(span, MessageKey.CARRIED_TYPE, name, describe(old), describe(yielded.type()));
                }
                if (!yielded.isNumber()) {
                    carried.put(name, yielded.type());
                    changed = true;
                }
            }
        }
        return changed;
    }

    private static boolean isRead(Attempt attempt, Value argument) {
        boolean inside =
                attempt.body().stream().anyMatch(op -> Operands.read(op).contains(argument));
        return inside || attempt.yielded().containsValue(argument);
    }

    private boolean isBroadcast(TensorType from, TensorType to) {
        try {
            return ops.broadcast(from.shape(), to.shape(), "", new Span(0, 0)).equals(to.shape());
        } catch (CompileException mismatch) {
            return false;
        }
    }

    private Value carry(
            String name, Item before, TensorType type, Attempt attempt, Span span, List<FlowOp.Carried> carried) {
        Operand initial =
                ops.broadcastTo(ops.cast(context.operand(before, span), type.dtype(), span), type.shape(), span);
        Value result = context.builder.value(type, name);
        Operand yielded = attempt.yielded().get(name);
        Operand typed = yielded.isNumber() ? ops.cast(yielded, type.dtype(), span) : yielded;
        carried.add(new FlowOp.Carried(initial, attempt.arguments().get(name), typed, result));
        return result;
    }

    /** A name that the body assigns first holds its last value behind the loop, and zeros after a loop of no turns. */
    private Item firstAssigned(String name, Item last, List<Integer> blocks, Span span, List<FlowOp.Carried> carried) {
        if (last instanceof Item.Device device && device.operand() instanceof Value value) {
            TensorType type = value.type();
            boolean isOfTile = type.shape().stream()
                    .anyMatch(dim -> dim.length().blocks().stream().anyMatch(blocks::contains));
            if (isOfTile) {
                return new Item.Opaque("`" + name + "`, which holds a tile of a loop that is over,");
            }
            Operand zero = ops.cast(new Literal(0L, DType.INT64), type.dtype(), span);
            Operand initial = ops.broadcastTo(zero, type.shape(), span);
            Value result = context.builder.value(type, name);
            carried.add(new FlowOp.Carried(initial, context.builder.value(type, name), value, result));
            return new Item.Device(result);
        }
        return last instanceof Item.Known
                ? last
                : new Item.Opaque("`" + name + "`, which is first assigned inside a loop,");
    }

    private String describe(TensorType type) {
        return type.dtype().torchName() + ops.describe(type.shape());
    }
}
