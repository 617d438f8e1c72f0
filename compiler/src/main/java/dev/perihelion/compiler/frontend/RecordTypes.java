package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.Stmt;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is known of classes whose instances only hold values: enumerations, data classes, named tuples. */
final class RecordTypes {

    private static final Set<String> ENUMS = Set.of("enum.Enum", "enum.StrEnum");
    private static final Set<String> NUMBER_ENUMS = Set.of("enum.IntEnum", "enum.IntFlag");
    private static final Set<String> DATA_CLASSES = Set.of("dataclasses.dataclass");
    private static final Set<String> NAMED_TUPLES = Set.of("typing.NamedTuple", "collections.namedtuple");

    private final Evaluator evaluator;

    /** {@code evaluator} is one of the module's names. */
    RecordTypes(Evaluator evaluator) {
        this.evaluator = evaluator;
    }

    /** The class that a statement defines; empty where its instances do more than hold values. */
    Optional<Item> of(Stmt.ClassDef definition) {
        if (definition.bases().stream().anyMatch(base -> is(base, ENUMS))) {
            return members(definition, false);
        }
        if (definition.bases().stream().anyMatch(base -> is(base, NUMBER_ENUMS))) {
            return members(definition, true);
        }
        boolean tuple = definition.bases().stream().anyMatch(base -> is(base, NAMED_TUPLES));
        boolean data = definition.bases().isEmpty()
                && definition.decorators().stream().anyMatch(RecordTypes.this::isDataClass);
        boolean plain = definition.body().stream()
                .noneMatch(stmt -> stmt instanceof Stmt.FunctionDef function
                        && Set.of("__init__", "__new__", "__post_init__", "__getattr__", "__getattribute__")
                                .contains(function.name()));
        return (tuple || data) && plain ? Optional.of(fields(definition, tuple)) : Optional.empty();
    }

    private boolean isDataClass(Expr decorator) {
        return is(decorator instanceof Expr.Call call ? call.callee() : decorator, DATA_CLASSES);
    }

    private boolean is(Expr expr, Set<String> paths) {
        boolean named = expr instanceof Expr.Name || expr instanceof Expr.Attribute;
        return named
                && evaluator.evaluate(expr) instanceof Item.Qualified qualified
                && paths.contains(qualified.path());
    }

    private Optional<Item> members(Stmt.ClassDef definition, boolean numbers) {
        Map<String, Item> members = new LinkedHashMap<>();
        for (Stmt stmt : definition.body()) {
            Optional<Expr> value = ModuleScope.value(stmt);
            if (stmt instanceof Stmt.Assign assign
                    && assign.targets().get(0) instanceof Expr.Name name
                    && value.isPresent()) {
                Item item = evaluator.evaluate(value.get());
                if (!(item instanceof Item.Known)) {
                    return Optional.empty(); // Such as `auto()`.
                }
                String path = definition.name() + "." + name.id();
                members.put(
                        name.id(),
                        numbers
                                ? item
                                : new Item.Fields(
                                        "the member `" + path + "`",
                                        Map.of("value", item, "name", new Item.Known(name.id()))));
            }
        }
        return Optional.of(new Item.Fields("the class `" + definition.name() + "`", members));
    }

    private Item fields(Stmt.ClassDef definition, boolean tuple) {
        Map<String, Optional<Item>> fields = new LinkedHashMap<>();
        for (Stmt stmt : definition.body()) {
            if (stmt instanceof Stmt.AnnotatedAssign field && field.target() instanceof Expr.Name name) {
                // `field(default_factory=...)` and the like make opaque values.
                fields.put(name.id(), field.value().map(evaluator::evaluate));
            }
        }
        return new Item.RecordType(definition.name(), fields, tuple);
    }

    /** {@code namedtuple("Pair", ["x", "y"])}. */
    static Optional<Item> namedTuple(CallArguments call) {
        List<String> names = new ArrayList<>();
        Item given = call.required(1, "field_names");
        if (given instanceof Item.Known known && known.value() instanceof String text) {
            names.addAll(List.of(text.replace(',', ' ').strip().split("\\s+")));
        } else {
            for (Item item : Sequences.of(given).map(Item.Sequence::items).orElse(List.of())) {
                names.add(item instanceof Item.Known known ? String.valueOf(known.value()) : "?");
            }
        }
        Map<String, Optional<Item>> fields = new LinkedHashMap<>();
        names.forEach(name -> fields.put(name, Optional.empty()));
        boolean plain = !names.isEmpty() && call.keywords().isEmpty();
        return plain ? Optional.of(new Item.RecordType("namedtuple", fields, true)) : Optional.empty();
    }

    /** An instance. */
    static Item made(Item.RecordType type, CallArguments call) {
        Map<String, Item> values = new LinkedHashMap<>();
        int position = 0;
        for (Map.Entry<String, Optional<Item>> field : type.fields().entrySet()) {
            Optional<Item> value = call.optional(position++, field.getKey()).or(field::getValue);
            values.put(field.getKey(), value.orElseGet(() -> new Item.Opaque("the field `" + field.getKey() + "`")));
        }
        return new Item.Fields("an instance of `" + type.name() + "`", values, type.isTuple());
    }
}
