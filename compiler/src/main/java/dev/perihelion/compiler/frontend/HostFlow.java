package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.Stmt;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Control flow of host code: followed where its tests and lengths are known, forgotten where they are not. */
final class HostFlow {

    /** Host loops with more turns are not followed. */
    private static final int MAX_TURNS = 1024;

    private static final Set<String> CHANGERS =
            Set.of("append", "extend", "insert", "pop", "remove", "clear", "reverse", "sort", "update", "setdefault");

    /** Thrown where a loop may or may not end, so that it cannot be followed. */
    static final class NotFollowed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotFollowed() {
            super("The loop's end is not known.", null, false, false);
        }
    }

    private final Context context;
    private final Statements statements;
    private final Scope scope;

    HostFlow(Context context, Statements statements, Scope scope) {
        this.context = context;
        this.statements = statements;
        this.scope = scope;
    }

    /** An {@code if} whose test is not a constant. */
    void branch(Stmt.If stmt, Item test) {
        statements.refuseTileLoops(List.of(stmt));
        boolean registers = context.source.text(stmt.span()).contains("register_");
        if (registers) {
            if (!follow(stmt, test)) {
                forget(stmt);
            }
            return;
        }
        Map<String, Item> before = scope.snapshot();
        Statements.Attempt then = statements.attempt(stmt.body());
        scope.restore(before);
        Statements.Attempt otherwise = statements.attempt(stmt.orElse());
        scope.restore(before);
        boolean leaves = then.left() || otherwise.left();
        boolean fails = then.failed() || otherwise.failed() || leaves;
        Map<String, Item> merged = new LinkedHashMap<>();
        if (!then.ended() && !otherwise.ended()) {
            merged = merged(before, then.names(), otherwise.names());
        } else if (!then.ended() || !otherwise.ended()) {
            merged = changed(before, then.ended() ? otherwise.names() : then.names());
        }
        boolean returns = then.returned().isPresent() || otherwise.returned().isPresent();
        boolean lost = fails || returns || merged.values().stream().anyMatch(HostFlow::isLost);
        if (lost && follow(stmt, test)) {
            return;
        }
        if (leaves) {
            throw new NotFollowed();
        }
        merged.forEach(scope::bindOnHost);
        if (returns) {
            statements.returns(new Item.Opaque("what `" + context.source.text(stmt.header()) + "` decides"));
        }
    }

    /** Takes the branch that the given arguments take, and makes the module one for these arguments. */
    private boolean follow(Stmt.If stmt, Item test) {
        context.constant(test);
        Optional<Boolean> truth =
                test instanceof Item.Runtime number ? context.pin(number).flatMap(Constants::truth) : Optional.empty();
        truth.ifPresent(flag -> statements.run(flag ? stmt.body() : stmt.orElse()));
        return truth.isPresent();
    }

    private static boolean isLost(Item item) {
        return item instanceof Item.Opaque;
    }

    private static Map<String, Item> changed(Map<String, Item> before, Map<String, Item> names) {
        Map<String, Item> changed = new LinkedHashMap<>();
        names.forEach((name, item) -> {
            if (!item.equals(before.get(name))) {
                changed.put(name, item);
            }
        });
        return changed;
    }

    private static Map<String, Item> merged(Map<String, Item> before, Map<String, Item> a, Map<String, Item> b) {
        Set<String> names = new LinkedHashSet<>(changed(before, a).keySet());
        names.addAll(changed(before, b).keySet());
        Map<String, Item> merged = new LinkedHashMap<>();
        for (String name : names) {
            Item x = a.get(name);
            Item y = b.get(name);
            merged.put(
                    name,
                    x == null || y == null
                            ? new Item.Opaque("`" + name + "`, which only one branch assigns")
                            : merge(name, x, y));
        }
        return merged;
    }

    private static Item merge(String name, Item a, Item b) {
        if (a.equals(b)) {
            return a;
        }
        if (a instanceof Item.Host x && b instanceof Item.Host y) {
            // One of them may be a view of another tensor: then both are taken for one.
            HostTensor named = x.tensor().named(name);
            HostTensor other = y.tensor().named(name);
            named = named.storage().equals(name) ? named.sharing(other) : named;
            if (named.equals(other.sharing(named))) {
                return new Item.Host(named);
            }
            return new Item.Opaque("`" + name + "`, a tensor of " + type(named) + " or " + type(other));
        }
        boolean numbers =
                Numbers.isNumber(a) && Numbers.isNumber(b) && !(a instanceof Item.Sized) && !(b instanceof Item.Sized);
        if (numbers) {
            boolean floating = Numbers.isFloating(a) || Numbers.isFloating(b);
            boolean truths = isTruth(a) && isTruth(b);
            if (isTruth(a) == isTruth(b) && Numbers.isFloating(a) == Numbers.isFloating(b)) {
                return new Item.Runtime(name, floating ? DType.FLOAT32 : truths ? DType.BOOL : DType.INT64);
            }
        }
        return new Item.Opaque("`" + name + "`, which is " + a.describe() + " or " + b.describe());
    }

    private static String type(HostTensor tensor) {
        return tensor.dtype().torchName() + " with shape " + tensor.shape() + " and strides " + tensor.strides();
    }

    private static boolean isTruth(Item item) {
        return item instanceof Item.Runtime number
                ? number.dtype() == DType.BOOL
                : item instanceof Item.Known known && known.value() instanceof Boolean;
    }

    /** A {@code for} loop. */
    void loop(Stmt.For stmt, Evaluator evaluator) {
        statements.refuseTileLoops(stmt.body());
        Optional<Item.Sequence> sequence = Sequences.of(evaluator.evaluate(stmt.iterable()));
        boolean followed = sequence.isPresent() && sequence.get().items().size() <= MAX_TURNS && !returns(stmt.body());
        Map<String, Item> before = scope.snapshot();
        try {
            if (followed) {
                turns(stmt, sequence.get().items());
                return;
            }
        } catch (NotFollowed e) {
            scope.restore(before);
        }
        forget(stmt);
    }

    private void turns(Stmt.For stmt, List<Item> items) {
        for (Item item : items) {
            statements.assign(stmt.target(), item, stmt.header());
            statements.run(stmt.body());
            if (statements.isDone() || statements.takeLeave() == Statements.Leave.BREAK) {
                return;
            }
        }
        statements.run(stmt.orElse());
    }

    /** A {@code while} loop; its test is followed as long as it is known. */
    void loop(Stmt.While stmt, Evaluator evaluator) {
        Map<String, Item> before = scope.snapshot();
        try {
            if (!returns(stmt.body()) && turns(stmt, evaluator)) {
                return;
            }
        } catch (NotFollowed e) {
            // As where a test is not known.
        }
        scope.restore(before);
        forget(stmt);
    }

    /** Whether the loop could be followed to its end. */
    private boolean turns(Stmt.While stmt, Evaluator evaluator) {
        for (int turn = 0; turn < MAX_TURNS; turn++) {
            Optional<Boolean> truth = Constants.truth(context.constant(evaluator.evaluate(stmt.test())));
            if (truth.equals(Optional.of(false))) {
                statements.run(stmt.orElse());
                return true;
            }
            if (truth.isEmpty()) {
                return false;
            }
            statements.run(stmt.body());
            if (statements.isDone() || statements.takeLeave() == Statements.Leave.BREAK) {
                return true;
            }
        }
        return false;
    }

    /** Whether some statement of the kernel's own, at any depth but not in an inner function, returns. */
    private boolean returns(List<Stmt> body) {
        return !context.isInlined() && hasReturn(body);
    }

    private static boolean hasReturn(List<Stmt> body) {
        return body.stream()
                .anyMatch(stmt -> stmt instanceof Stmt.Return
                        || stmt instanceof Stmt.If branch && (hasReturn(branch.body()) || hasReturn(branch.orElse()))
                        || stmt instanceof Stmt.For loop && hasReturn(loop.body())
                        || stmt instanceof Stmt.While loop && hasReturn(loop.body())
                        || stmt instanceof Stmt.Other other && hasReturn(other.blocks()));
    }

    /** {@code with}, {@code try} and the like. */
    void other(Stmt.Other stmt) {
        if (stmt.what().equals("with")) {
            statements.refuseTileLoops(stmt.blocks());
            HostNames.introduced(context.source.text(stmt.span()))
                    .forEach(name -> scope.bindOnHost(name, new Item.Opaque("`" + name + "`")));
            statements.run(stmt.blocks());
        } else if (stmt.what().equals("try")) {
            guarded(stmt);
        } else {
            forget(stmt);
        }
    }

    /** {@code try}: where its body is followed, it is taken to succeed, or to go on in a handler instead. */
    private void guarded(Stmt.Other stmt) {
        statements.refuseTileLoops(stmt.blocks());
        Map<String, Item> before = scope.snapshot();
        List<Stmt> normal = new ArrayList<>(stmt.parts().get(0));
        normal.addAll(stmt.parts().get(1));
        List<Statements.Attempt> ways = new ArrayList<>();
        ways.add(statements.attempt(normal));
        for (List<Stmt> handler : stmt.parts().subList(3, stmt.parts().size())) {
            scope.restore(before);
            HostNames.introduced(context.source.text(stmt.span()))
                    .forEach(name -> scope.bindOnHost(name, new Item.Opaque("`" + name + "`")));
            ways.add(statements.attempt(handler));
        }
        scope.restore(before);
        Map<String, Item> merged = null;
        boolean lost = false;
        for (Statements.Attempt way : ways) {
            lost |= way.failed() || way.left() || way.returned().isPresent();
            if (!way.ended()) {
                Map<String, Item> names = changed(before, way.names());
                merged = merged == null ? names : merged(before, with(before, merged), with(before, names));
            }
        }
        if (lost || merged == null) {
            forget(stmt);
            return;
        }
        merged.forEach(scope::bindOnHost);
        statements.run(stmt.parts().get(2));
    }

    private static Map<String, Item> with(Map<String, Item> before, Map<String, Item> changed) {
        Map<String, Item> all = new LinkedHashMap<>(before);
        all.putAll(changed);
        return all;
    }

    /** Host code that is not followed: what it assigns is not known afterwards. */
    void forget(Stmt stmt) {
        statements.refuseTileLoops(List.of(stmt));
        Set<String> assigned = AssignedNames.of(List.of(stmt));
        for (String name : HostNames.changedBy(List.of(stmt), context.source)) {
            // A change of a tensor's elements leaves its type as it is.
            boolean inPlace =
                    !assigned.contains(name) && scope.find(name).orElse(Attributes.DEVICE) instanceof Item.Host;
            if (inPlace) {
                continue;
            }
            scope.bindOnHost(name, new Item.Opaque("`" + name + "`, which host control flow assigns"));
        }
        if (context.isInlined() && context.source.text(stmt.span()).contains("return")) {
            statements.returns(new Item.Opaque("what host control flow returns"));
        }
    }

    /** A call for its effect: lists that grow are followed, other changes are forgotten. */
    void effect(Expr value, Item result) {
        if (!(value instanceof Expr.Call call
                && call.callee() instanceof Expr.Attribute method
                && method.value() instanceof Expr.Name name
                && CHANGERS.contains(method.name()))) {
            return;
        }
        Item old = scope.findLocal(name.id()).orElse(result);
        boolean grows = old instanceof Item.Sequence
                && (method.name().equals("append") || method.name().equals("extend"))
                && call.arguments().size() == 1;
        if (grows) {
            List<Item> items = new ArrayList<>(((Item.Sequence) old).items());
            Item added = statements.evaluator().evaluate(call.arguments().get(0));
            Optional<Item.Sequence> several = Sequences.of(added);
            if (method.name().equals("append")) {
                items.add(added);
            } else if (several.isPresent()) {
                items.addAll(several.get().items());
            } else {
                scope.bindOnHost(name.id(), new Item.Opaque("`" + name.id() + "`, a list that changes"));
                return;
            }
            statements.assign(name, new Item.Sequence(items, true), value.span());
        } else if (old instanceof Item.Sequence || old instanceof Item.Mapping) {
            scope.bindOnHost(name.id(), new Item.Opaque("`" + name.id() + "`, which `" + method.name() + "` changes"));
        }
    }

    /** {@code name[index] = value} for a list or a dictionary. */
    void store(Expr.Subscript target, Item value, Evaluator evaluator) {
        if (!(target.value() instanceof Expr.Name name)) {
            return;
        }
        Item old = scope.findLocal(name.id()).orElse(value);
        if (!(old instanceof Item.Sequence) && !(old instanceof Item.Mapping)) {
            return;
        }
        Item index = evaluator.evaluate(target.index());
        Item changed = new Item.Opaque("`" + name.id() + "`, which an assignment changes");
        if (index instanceof Item.Known key && old instanceof Item.Mapping mapping) {
            Map<Object, Item> entries = new LinkedHashMap<>(mapping.entries());
            entries.put(key.value(), value);
            changed = new Item.Mapping(entries);
        } else if (old instanceof Item.Sequence sequence
                && index instanceof Item.Known key
                && key.value() instanceof Long number) {
            int at = (int) (number < 0 ? number + sequence.items().size() : number);
            if (at < 0 || at >= sequence.items().size()) {
                throw context.error(
                        target.span(),
                        MessageKey.SEQUENCE_INDEX,
                        number,
                        sequence.items().size());
            }
            List<Item> items = new ArrayList<>(sequence.items());
            items.set(at, value);
            changed = new Item.Sequence(items, true);
        }
        statements.assign(name, changed, target.span());
    }
}
