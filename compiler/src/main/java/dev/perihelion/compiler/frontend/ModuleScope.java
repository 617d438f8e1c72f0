package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.ModuleAst;
import dev.perihelion.compiler.syntax.Stmt;
import dev.perihelion.compiler.type.DType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a file defines at its top level, also under {@code if} and {@code try}. */
final class ModuleScope {

    private static final Set<String> BUILTINS =
            Set.of(("abs all any ascii bin bool bytes callable chr complex dict dir divmod enumerate filter float "
                            + "format frozenset getattr hasattr hash hex id int isinstance issubclass iter len list map max "
                            + "min next object oct open ord pow print property range repr reversed round set setattr slice "
                            + "sorted staticmethod str sum super tuple type vars zip NotImplemented __name__ __file__ "
                            + "Exception AssertionError AttributeError IndexError ImportError KeyError NotImplementedError "
                            + "RuntimeError TypeError ValueError Warning UserWarning StopIteration")
                    .split(" "));

    private final Map<String, Item> names = new LinkedHashMap<>();
    private final Map<String, Stmt> definitions = new LinkedHashMap<>();
    /** How many statements that may or may not run are open. */
    private int conditions;

    ModuleScope(ModuleAst module) {
        collect(module.body());
    }

    Optional<Item> find(String name) {
        Item item = names.get(name);
        if (item == null && BUILTINS.contains(name)) {
            return Optional.of(new Item.Qualified("builtins." + name));
        }
        return Optional.ofNullable(item);
    }

    /** The top-level statement that defines a name: a function, an import, an assignment. */
    Optional<Stmt> definition(String name) {
        return Optional.ofNullable(definitions.get(name));
    }

    /** The expression that a statement gives to its one name. */
    static Optional<Expr> value(Stmt stmt) {
        if (stmt instanceof Stmt.Assign assign && assign.targets().size() == 1) {
            return Optional.of(assign.value());
        }
        return stmt instanceof Stmt.AnnotatedAssign assign ? assign.value() : Optional.empty();
    }

    private void collect(List<Stmt> body) {
        for (Stmt stmt : body) {
            if (stmt instanceof Stmt.FunctionDef function) {
                define(function.name(), new Item.UserFunction(function), stmt);
            } else if (stmt instanceof Stmt.Import imported) {
                for (Stmt.Alias alias : imported.names()) {
                    String root = alias.name().split("\\.")[0];
                    String path = alias.asName().isPresent() ? alias.name() : root;
                    define(alias.asName().orElse(root), new Item.Qualified(path), stmt);
                }
            } else if (stmt instanceof Stmt.ImportFrom imported) {
                for (Stmt.Alias alias : imported.names()) {
                    define(
                            alias.asName().orElse(alias.name()),
                            Attributes.qualified(imported.module() + "." + alias.name()),
                            stmt);
                }
            } else if (stmt instanceof Stmt.Assign assign) {
                assign.targets().forEach(target -> define(target, assign.value(), stmt));
            } else if (stmt instanceof Stmt.AnnotatedAssign assign
                    && assign.target() instanceof Expr.Name target
                    && assign.value().isPresent()) {
                define(target.id(), constant(assign.value().get(), target.id()), stmt);
            } else if (stmt instanceof Stmt.ClassDef type) {
                define(type.name(), new Item.Opaque("the class `" + type.name() + "`"), stmt);
            } else if (stmt instanceof Stmt.AugmentedAssign assign && assign.target() instanceof Expr.Name target) {
                Optional<Item> changed = Optional.ofNullable(names.get(target.id()))
                        .flatMap(old -> folded(assign.value())
                                .flatMap(change -> Constants.binary(assign.operator(), old, change)));
                define(target.id(), changed.orElse(opaque(target.id())), null);
            } else if (stmt instanceof Stmt.If branch) {
                conditions++;
                collect(branch.body());
                collect(branch.orElse());
                conditions--;
            } else if (stmt instanceof Stmt.For || stmt instanceof Stmt.While) {
                AssignedNames.of(List.of(stmt)).forEach(name -> define(name, opaque(name), null));
            } else if (stmt instanceof Stmt.Other other) {
                conditions += other.what().equals("try") ? 1 : 0;
                collect(other.blocks());
                conditions -= other.what().equals("try") ? 1 : 0;
            }
        }
    }

    private void define(Expr target, Expr value, Stmt stmt) {
        if (target instanceof Expr.Name name) {
            define(name.id(), constant(value, name.id()), stmt);
        } else if (target instanceof Expr.TupleDisplay names) {
            List<Expr> values = value instanceof Expr.TupleDisplay tuple ? tuple.elements() : List.of();
            for (int i = 0; i < names.elements().size(); i++) {
                if (values.size() == names.elements().size()) {
                    define(names.elements().get(i), values.get(i), stmt);
                } else if (names.elements().get(i) instanceof Expr.Name name) {
                    define(name.id(), opaque(name.id()), stmt);
                }
            }
        }
    }

    /** {@code stmt} is null where no one statement gives the name its value. */
    private void define(String name, Item item, Stmt stmt) {
        Item old = names.get(name);
        boolean several = conditions > 0 && old != null && !old.equals(item);
        if (several && (isValue(old) || isValue(item))) {
            names.put(name, either(name, old, item));
            definitions.remove(name);
            return;
        }
        names.put(name, item);
        if (stmt == null) {
            definitions.remove(name);
        } else {
            definitions.put(name, stmt);
        }
    }

    private static boolean isValue(Item item) {
        return item instanceof Item.Known known && known.value() != Expr.Special.NONE
                || item instanceof Item.Opaque
                || item instanceof Item.Runtime
                || item instanceof Item.Sequence;
    }

    /** What one of two statements gives a name: a number where both do, which the launch passes. */
    private static Item either(String name, Item a, Item b) {
        Optional<DType> first = type(a);
        boolean alike = first.isPresent() && first.equals(type(b));
        return alike ? new Item.Runtime(name, first.get()) : opaque(name);
    }

    private static Optional<DType> type(Item item) {
        if (item instanceof Item.Runtime number) {
            return Optional.of(number.dtype());
        }
        Object value = item instanceof Item.Known known ? known.value() : null;
        return value instanceof Boolean
                ? Optional.of(DType.BOOL)
                : value instanceof Long
                        ? Optional.of(DType.INT64)
                        : Optional.of(DType.FLOAT32).filter(type -> value instanceof Double);
    }

    private static Item opaque(String name) {
        return new Item.Opaque("the module's `" + name + "`");
    }

    private Item constant(Expr value, String name) {
        return folded(value).orElse(opaque(name));
    }

    /** What an expression of constants, and of constants defined before, is. */
    private Optional<Item> folded(Expr value) {
        if (value instanceof Expr.Constant literal) {
            return Optional.<Item>of(new Item.Known(literal.value()))
                    .filter(item -> literal.value() != Expr.Special.OPAQUE);
        }
        if (value instanceof Expr.Name name) {
            return Optional.ofNullable(names.get(name.id())).filter(item -> !(item instanceof Item.Opaque));
        }
        if (value instanceof Expr.Attribute attribute) {
            return folded(attribute.value())
                    .filter(Item.Qualified.class::isInstance)
                    .map(item -> Attributes.qualified(((Item.Qualified) item).path() + "." + attribute.name()));
        }
        if (value instanceof Expr.Unary unary) {
            return folded(unary.operand()).flatMap(item -> Constants.unary(unary.operator(), item));
        }
        if (value instanceof Expr.Binary binary) {
            return folded(binary.left())
                    .flatMap(left ->
                            folded(binary.right()).flatMap(right -> Constants.binary(binary.operator(), left, right)));
        }
        if (value instanceof Expr.TupleDisplay tuple) {
            return sequence(tuple.elements(), false);
        }
        if (value instanceof Expr.ListDisplay list) {
            return sequence(list.elements(), true);
        }
        return value instanceof Expr.Lambda lambda
                ? Optional.of(new Item.LambdaFunction(lambda, Map.of()))
                : Optional.empty();
    }

    private Optional<Item> sequence(List<Expr> elements, boolean isList) {
        List<Item> items =
                elements.stream().flatMap(element -> folded(element).stream()).toList();
        return items.size() == elements.size() ? Optional.of(new Item.Sequence(items, isList)) : Optional.empty();
    }
}
