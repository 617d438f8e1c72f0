package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.CompileException;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.search.space.Configuration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The configurations that a kernel's decorator names, as far as they are written with literals and constants. */
final class UserConfigurations {

    private final ModuleScope module;
    private final Evaluator evaluator;

    UserConfigurations(ModuleScope module, Evaluator evaluator) {
        this.module = module;
        this.evaluator = evaluator;
    }

    /** In the order of the file; what cannot be read is left out. */
    List<Configuration> of(List<Expr.Keyword> keywords) {
        List<Configuration> configurations = new ArrayList<>();
        for (Expr.Keyword keyword : keywords) {
            String name = keyword.name().orElse("");
            if (name.equals("config") || name.equals("configs")) {
                collect(keyword.value(), configurations);
            }
        }
        return configurations;
    }

    private void collect(Expr expr, List<Configuration> configurations) {
        if (expr instanceof Expr.ListDisplay list) {
            list.elements().forEach(element -> collect(element, configurations));
        } else if (expr instanceof Expr.TupleDisplay tuple) {
            tuple.elements().forEach(element -> collect(element, configurations));
        } else if (expr instanceof Expr.Name name) {
            module.definition(name.id())
                    .flatMap(ModuleScope::value)
                    .filter(value -> !value.equals(expr))
                    .ifPresent(value -> collect(value, configurations));
        } else if (expr instanceof Expr.Call call) {
            read(call).map(Configuration::of).ifPresent(configurations::add);
        }
    }

    private Optional<Map<String, Object>> read(Expr.Call call) {
        try {
            boolean isConfig = evaluator.evaluate(call.callee()) instanceof Item.Qualified callee
                    && callee.path().startsWith("helion.")
                    && callee.path().endsWith(".Config");
            if (!isConfig || !call.arguments().isEmpty()) {
                return Optional.empty();
            }
            Map<String, Object> values = new LinkedHashMap<>();
            for (Expr.Keyword keyword : call.keywords()) {
                Item item = evaluator.evaluate(keyword.value());
                Map<Object, Item> entries =
                        item instanceof Item.Mapping mapping && keyword.name().isEmpty()
                                ? mapping.entries()
                                : Map.of(keyword.name().orElse(""), item);
                for (Map.Entry<Object, Item> entry : entries.entrySet()) {
                    Object value = value(entry.getValue());
                    if (value == UNREADABLE) {
                        return Optional.empty();
                    }
                    values.put(String.valueOf(entry.getKey()), value);
                }
            }
            return Optional.of(values);
        } catch (CompileException | Poisoned e) {
            return Optional.empty();
        }
    }

    private static final Object UNREADABLE = new Object();

    private static Object value(Item item) {
        if (item instanceof Item.Sequence sequence) {
            List<Object> values = new ArrayList<>();
            for (Item element : sequence.items()) {
                Object value = value(element);
                if (value == UNREADABLE) {
                    return UNREADABLE;
                }
                values.add(value);
            }
            return values;
        }
        if (Context.isNone(item)) {
            return null;
        }
        boolean plain = item instanceof Item.Known known
                && (known.value() instanceof Number
                        || known.value() instanceof Boolean
                        || known.value() instanceof String);
        return plain ? ((Item.Known) item).value() : UNREADABLE;
    }
}
