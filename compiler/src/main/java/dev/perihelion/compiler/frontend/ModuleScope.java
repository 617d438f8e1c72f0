package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.ModuleAst;
import dev.perihelion.compiler.syntax.Stmt;
import dev.perihelion.compiler.syntax.UnaryOperator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a file defines at its top level, also under {@code if} and {@code try}. */
final class ModuleScope {

    private static final Set<String> BUILTINS = Set.of(
            "abs",
            "bool",
            "enumerate",
            "float",
            "int",
            "isinstance",
            "len",
            "list",
            "max",
            "min",
            "print",
            "range",
            "round",
            "slice",
            "sum",
            "tuple",
            "zip",
            "str",
            "pow",
            "divmod",
            "any",
            "all",
            "hasattr",
            "getattr",
            "map",
            "reversed",
            "sorted",
            "type");

    private final Map<String, Item> names = new LinkedHashMap<>();
    private final Map<String, Stmt> definitions = new LinkedHashMap<>();

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
                            new Item.Qualified(imported.module() + "." + alias.name()),
                            stmt);
                }
            } else if (stmt instanceof Stmt.Assign assign
                    && assign.targets().size() == 1
                    && assign.targets().get(0) instanceof Expr.Name target) {
                define(target.id(), constant(assign.value(), target.id()), stmt);
            } else if (stmt instanceof Stmt.AnnotatedAssign assign
                    && assign.target() instanceof Expr.Name target
                    && assign.value().isPresent()) {
                define(target.id(), constant(assign.value().get(), target.id()), stmt);
            } else if (stmt instanceof Stmt.If branch) {
                collect(branch.body());
                collect(branch.orElse());
            } else if (stmt instanceof Stmt.Other other) {
                collect(other.blocks());
            }
        }
    }

    private void define(String name, Item item, Stmt stmt) {
        names.put(name, item);
        definitions.put(name, stmt);
    }

    private static Item constant(Expr value, String name) {
        if (value instanceof Expr.Constant literal && literal.value() != Expr.Special.OPAQUE) {
            return new Item.Known(literal.value());
        }
        if (value instanceof Expr.Unary unary
                && unary.operator() == UnaryOperator.NEGATE
                && unary.operand() instanceof Expr.Constant literal) {
            if (literal.value() instanceof Long number) {
                return new Item.Known(-number);
            }
            if (literal.value() instanceof Double number) {
                return new Item.Known(-number);
            }
        }
        if (value instanceof Expr.Lambda lambda) {
            return new Item.LambdaFunction(lambda, Map.of());
        }
        return new Item.Opaque("the module's `" + name + "`");
    }
}
