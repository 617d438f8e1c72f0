package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.TensorType;
import dev.perihelion.compiler.syntax.Stmt;
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

    private static final int MAX_ATTEMPTS = 4;

    private final Context context;
    private final Statements statements;
    private final Scope scope;
    private final TileLoops tileLoops;

    LoopBuilder(Context context, Statements statements, Scope scope, TileLoops tileLoops) {
        this.context = context;
        this.statements = statements;
        this.scope = scope;
        this.tileLoops = tileLoops;
    }

    /** The body as run with given types of the carried names. */
    private record Attempt(List<Op> body, Map<String, Value> arguments, Map<String, Operand> yielded) {}

    void build(Stmt.For loop, String kind) {
        TileLoops.Header header = tileLoops.header(loop, kind, statements.evaluator());
        Map<String, Item> before = scope.snapshot();
        Set<String> assigned = AssignedNames.of(loop.body());
        Map<String, TensorType> carried = new LinkedHashMap<>();
        for (String name : assigned) {
            Item item = before.get(name);
            boolean number = item instanceof Item.Known known
                    && (known.value() instanceof Number || known.value() instanceof Boolean);
            if (item instanceof Item.Device || number) {
                carried.put(name, context.operand(item, loop.header()).type());
            }
        }
        Attempt attempt = null;
        for (int i = 0; i < MAX_ATTEMPTS; i++) {
            attempt = attempt(loop, header, carried, before);
            if (!adjust(loop, carried, before, attempt)) {
                break;
            }
        }
        tileLoops.leave(header);
        finish(loop, header, carried, before, attempt, assigned);
    }

    private Attempt attempt(
            Stmt.For loop, TileLoops.Header header, Map<String, TensorType> carried, Map<String, Item> before) {
        scope.restore(before);
        context.builder.open();
        Map<String, Value> arguments = new LinkedHashMap<>();
        carried.forEach((name, type) -> {
            Value argument = context.builder.value(type, name);
            arguments.put(name, argument);
            scope.bind(name, new Item.Device(argument));
        });
        tileLoops.bindTarget(loop, header, scope);
        statements.run(loop.body());
        Map<String, Operand> yielded = new LinkedHashMap<>();
        for (String name : carried.keySet()) {
            Item item = scope.findLocal(name).orElseThrow();
            if (item instanceof Item.Opaque opaque && opaque.what().equals(Statements.POISON)) {
                context.builder.close();
                throw new Poisoned();
            }
            yielded.put(name, context.operand(item, loop.header()));
        }
        return new Attempt(context.builder.close(), arguments, yielded);
    }

    /** Changes what is carried after an attempt; true where another attempt is needed. */
    private boolean adjust(Stmt.For loop, Map<String, TensorType> carried, Map<String, Item> before, Attempt attempt) {
        boolean changed = false;
        for (String name : List.copyOf(carried.keySet())) {
            Operand yielded = attempt.yielded().get(name);
            if (yielded.equals(attempt.arguments().get(name))) {
                carried.remove(name);
                changed = true;
            } else if (!yielded.type().equals(carried.get(name))) {
                boolean constant = !(context.operand(before.get(name), loop.header()) instanceof Value);
                TensorType old = carried.get(name);
                boolean grows = yielded instanceof Literal
                        ? old.isScalar()
                        : constant || yielded.type().dtype() == old.dtype() && old.isScalar();
                if (!grows) {
                    throw context.error(
                            loop.header(), MessageKey.CARRIED_TYPE, name, describe(old), describe(yielded.type()));
                }
                if (!(yielded instanceof Literal)) {
                    carried.put(name, yielded.type());
                    changed = true;
                }
            }
        }
        return changed;
    }

    private void finish(
            Stmt.For loop,
            TileLoops.Header header,
            Map<String, TensorType> carried,
            Map<String, Item> before,
            Attempt attempt,
            Set<String> assigned) {
        scope.restore(before);
        List<Op.Carried> list = new ArrayList<>();
        Map<String, Item> after = new LinkedHashMap<>();
        carried.forEach((name, type) -> {
            Operand initial = initial(before.get(name), type, loop);
            Value result = context.builder.value(type, name);
            Operand yielded = attempt.yielded().get(name);
            Operand typed = yielded instanceof Literal literal ? new Literal(literal.number(), type.dtype()) : yielded;
            list.add(new Op.Carried(initial, attempt.arguments().get(name), typed, result));
            after.put(name, new Item.Device(result));
        });
        context.builder.emit(new Op.ForTiles(header.axes(), list, attempt.body(), loop.span()));
        Set<String> lost = new LinkedHashSet<>(assigned);
        lost.removeAll(before.keySet());
        lost.forEach(
                name -> scope.bind(name, new Item.Opaque("`" + name + "`, which is first assigned inside a loop,")));
        after.forEach(scope::bind);
    }

    private Operand initial(Item item, TensorType type, Stmt.For loop) {
        Operand operand = context.operand(item, loop.header());
        Operand cast = new DeviceOps(context).cast(operand, type.dtype(), loop.header());
        return type.isScalar() || cast.type().shape().equals(type.shape())
                ? cast
                : new DeviceOps(context).broadcastTo(cast, type.shape(), loop.header());
    }

    private String describe(TensorType type) {
        return type.dtype().torchName() + new DeviceOps(context).describe(type.shape());
    }
}
