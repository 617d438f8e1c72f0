package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.syntax.Expr;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Comprehensions over sequences whose elements are known. */
final class Comprehensions {

    private final Evaluator evaluator;
    private final Scope scope;

    Comprehensions(Evaluator evaluator, Scope scope) {
        this.evaluator = evaluator;
        this.scope = scope;
    }

    /** The sequence or dictionary; empty where an iterable or a condition is not known. */
    Optional<Item> build(Expr.Comprehension expr) {
        Map<String, Item> before = scope.snapshot();
        List<Item> items = new ArrayList<>();
        Map<Object, Item> entries = new LinkedHashMap<>();
        try {
            if (!clause(expr, 0, items, entries)) {
                return Optional.empty();
            }
        } finally {
            scope.restore(before);
        }
        return switch (expr.kind()) {
            case LIST -> Optional.of(new Item.Sequence(items, true));
            case GENERATOR -> Optional.of(new Item.Sequence(items, false));
            case DICT -> Optional.of(new Item.Mapping(entries));
            case SET -> Optional.empty();
        };
    }

    private boolean clause(Expr.Comprehension expr, int index, List<Item> items, Map<Object, Item> entries) {
        if (index == expr.clauses().size()) {
            Item element = evaluator.evaluate(expr.element());
            if (expr.value().isEmpty()) {
                items.add(element);
                return true;
            }
            if (!(element instanceof Item.Known key)) {
                return false;
            }
            entries.put(key.value(), evaluator.evaluate(expr.value().get()));
            return true;
        }
        Expr.ComprehensionClause clause = expr.clauses().get(index);
        Optional<Item.Sequence> sequence = Sequences.of(evaluator.evaluate(clause.iterable()));
        if (sequence.isEmpty()) {
            return false;
        }
        for (Item item : sequence.get().items()) {
            if (!bind(clause.target(), item)) {
                return false;
            }
            Optional<Boolean> passes = passes(clause);
            if (passes.isEmpty() || passes.get() && !clause(expr, index + 1, items, entries)) {
                return false;
            }
        }
        return true;
    }

    private Optional<Boolean> passes(Expr.ComprehensionClause clause) {
        for (Expr condition : clause.conditions()) {
            Optional<Boolean> truth = Constants.truth(evaluator.evaluate(condition));
            if (truth.isEmpty() || !truth.get()) {
                return truth;
            }
        }
        return Optional.of(true);
    }

    private boolean bind(Expr target, Item item) {
        if (target instanceof Expr.Name name) {
            scope.bind(name.id(), item);
            return true;
        }
        Optional<Item.Sequence> parts = Sequences.of(item);
        List<Expr> targets = target instanceof Expr.TupleDisplay tuple ? tuple.elements() : List.of();
        if (parts.isEmpty() || parts.get().items().size() != targets.size()) {
            return false;
        }
        boolean bound = true;
        for (int i = 0; i < targets.size(); i++) {
            bound &= bind(targets.get(i), parts.get().items().get(i));
        }
        return bound;
    }
}
