package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.Span;
import java.util.List;
import java.util.Optional;

/** Gives values to the targets of assignments. */
final class Assignments {

    private final Context context;
    private final Indexing indexing;
    private final Scope scope;
    private final Evaluator evaluator;
    private final HostFlow host;

    Assignments(Context context, Indexing indexing, Scope scope, Evaluator evaluator, HostFlow host) {
        this.context = context;
        this.indexing = indexing;
        this.scope = scope;
        this.evaluator = evaluator;
        this.host = host;
    }

    /** Gives a value to a target. */
    void assign(Expr target, Item value, Span span) {
        if (target instanceof Expr.Name name) {
            bind(name, value);
        } else if (target instanceof Expr.TupleDisplay tuple) {
            unpack(tuple.elements(), value, span);
        } else if (target instanceof Expr.ListDisplay list) {
            unpack(list.elements(), value, span);
        } else if (target instanceof Expr.Subscript subscript && context.builder.onDevice()) {
            store(subscript, value, span);
        } else if (context.builder.onDevice()) {
            throw context.error(target.span(), MessageKey.BAD_TARGET);
        } else if (target instanceof Expr.Subscript subscript) {
            host.store(subscript, value, evaluator);
        }
    }

    private void bind(Expr.Name name, Item value) {
        if (!context.builder.onDevice()) {
            scope.bindOnHost(name.id(), context.isInlined() ? value : LaunchNames.renamed(value, name.id()));
        } else if (scope.isHostName(name.id())) {
            throw context.error(name.span(), MessageKey.HOST_VARIABLE_ASSIGNED, name.id());
        } else {
            context.name(value, name.id());
            scope.bind(name.id(), value);
        }
    }

    private void unpack(List<Expr> targets, Item value, Span span) {
        boolean host = !context.builder.onDevice();
        if (value instanceof Item.Fields fields && fields.isTuple()) {
            unpack(targets, Sequences.of(fields).orElseThrow(), span);
        } else if (host && targets.stream().anyMatch(Expr.Starred.class::isInstance)) {
            unpackStarred(targets, value, span);
        } else if (host && value instanceof Item.Host tensor) {
            Optional<Item> rows = HostViews.rows(tensor.tensor());
            unpack(targets, rows.orElse(new Item.Opaque("a part of " + value.describe())), span);
        } else if (value instanceof Item.Sequence sequence && sequence.items().size() == targets.size()) {
            for (int i = 0; i < targets.size(); i++) {
                assign(targets.get(i), sequence.items().get(i), span);
            }
        } else if (value instanceof Item.Extents extents && extents.dims().size() == targets.size()) {
            for (int i = 0; i < targets.size(); i++) {
                assign(targets.get(i), Attributes.item(extents.dims().get(i)), span);
            }
        } else if (value instanceof Item.Opaque opaque && !context.builder.onDevice()) {
            targets.forEach(target -> assign(target, opaque, span));
        } else {
            throw context.error(span, MessageKey.UNPACK, targets.size(), value.describe());
        }
    }

    private void unpackStarred(List<Expr> targets, Item value, Span span) {
        Optional<Item.Sequence> sequence = Sequences.of(value);
        int rest =
                sequence.map(known -> known.items().size() - targets.size() + 1).orElse(-1);
        int next = 0;
        for (Expr target : targets) {
            boolean starred = target instanceof Expr.Starred;
            Expr inner = starred ? ((Expr.Starred) target).value() : target;
            int count = starred ? rest : 1;
            Item part = new Item.Opaque("a part of " + value.describe());
            if (rest >= 0) {
                List<Item> items = sequence.orElseThrow().items().subList(next, next + count);
                part = starred ? new Item.Sequence(items, true) : items.get(0);
                next += count;
            }
            assign(inner, part, span);
        }
    }

    private void store(Expr.Subscript target, Item value, Span span) {
        Item tensor = evaluator.evaluate(target.value());
        if (!(tensor instanceof Item.Host || tensor instanceof Item.Stack)) {
            throw context.error(target.span(), MessageKey.STORE_TARGET, tensor.describe());
        }
        List<Item> subscript = Evaluator.subscript(evaluator.evaluate(target.index()));
        indexing.store(tensor, subscript, context.operand(value, span), Optional.empty(), span);
    }
}
