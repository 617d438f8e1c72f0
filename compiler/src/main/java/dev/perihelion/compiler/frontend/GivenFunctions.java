package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.args.ArgumentSpec;
import dev.perihelion.compiler.args.Arguments;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.SourceFile;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Functions among the arguments. What such a function took from around it, as tensors of a closure, the launch takes from
 * the function that it is given; numbers are constants of the module, which checks them.
 */
final class GivenFunctions {

    /** The generated module's function that gives what a function took from around it. */
    static final String SEEN = "_seen";

    private static final Pattern NAME = Pattern.compile("[A-Za-z_]\\w*");

    private final Context context;

    GivenFunctions(Context context) {
        this.context = context;
    }

    /** The file with a definition for each argument that is an expression and not a name. */
    static SourceFile withExpressions(SourceFile file, Arguments arguments) {
        Set<String> expressions = new TreeSet<>();
        arguments.byName().values().forEach(spec -> collect(spec, expressions));
        StringBuilder text = new StringBuilder(file.text());
        expressions.forEach(expression -> text.append("\n\n")
                .append(name(expression))
                .append(" = ")
                .append(expression)
                .append('\n'));
        return expressions.isEmpty() ? file : new SourceFile(file.name(), text.toString());
    }

    private static void collect(ArgumentSpec spec, Set<String> expressions) {
        if (spec instanceof ArgumentSpec.Function function
                && !NAME.matcher(function.name()).matches()) {
            expressions.add(function.name());
        } else if (spec instanceof ArgumentSpec.Sequence sequence) {
            sequence.items().forEach(item -> collect(item, expressions));
        }
    }

    /** The module's name for an argument that is a name or an expression. */
    static String name(String expression) {
        return NAME.matcher(expression).matches() ? expression : "_given_" + Integer.toHexString(expression.hashCode());
    }

    /** A function as the kernel gets it from the host expression {@code path}. */
    Item given(Item function, String path) {
        if (function instanceof Item.NestedFunction nested) {
            String text = context.source.text(nested.definition().span());
            return new Item.NestedFunction(nested.definition(), closure(nested.closure(), text, path));
        }
        if (function instanceof Item.LambdaFunction lambda) {
            String text = context.source.text(lambda.definition().span());
            return new Item.LambdaFunction(lambda.definition(), closure(lambda.closure(), text, path));
        }
        if (function instanceof Item.Partial partial) {
            List<Item> positional = new ArrayList<>();
            for (int i = 0; i < partial.positional().size(); i++) {
                positional.add(value(partial.positional().get(i), path + ".args[" + i + "]"));
            }
            Map<String, Item> keywords = new LinkedHashMap<>();
            partial.keywords()
                    .forEach((name, item) -> keywords.put(name, value(item, path + ".keywords[\"" + name + "\"]")));
            return new Item.Partial(given(partial.function(), path + ".func"), positional, keywords);
        }
        if (function instanceof Item.Known known) {
            context.expect(path, known.value());
        }
        if (function instanceof Item.Fields object) {
            Map<String, Item> fields = new LinkedHashMap<>();
            object.fields().forEach((name, item) -> fields.put(name, value(item, path + "." + name)));
            return new Item.Fields(object.what(), fields, object.isTuple());
        }
        return function;
    }

    private Map<String, Item> closure(Map<String, Item> closure, String text, String path) {
        Map<String, Item> seen = new LinkedHashMap<>();
        closure.forEach((name, item) -> {
            boolean used = Pattern.compile("\\b" + Pattern.quote(name) + "\\b")
                    .matcher(text)
                    .find();
            if (used) {
                seen.put(name, value(item, SEEN + "(" + path + ", \"" + name + "\")"));
            }
        });
        return seen;
    }

    private Item value(Item item, String path) {
        if (item instanceof Item.Host host) {
            return new Item.Host(new HostTensor(
                    path,
                    host.tensor().dtype(),
                    host.tensor().shape(),
                    host.tensor().strides()));
        }
        if (item instanceof Item.Known known) {
            context.expect(path, known.value());
            return item;
        }
        return item instanceof Item.Runtime ? LaunchNames.renamed(item, path) : given(item, path);
    }

    /** What workers need to know of a function whose file is not at hand: its name, and the tensors that it sees. */
    static ArgumentSpec.Function described(ArgumentSpec.Function spec, Item function) {
        Map<String, ArgumentSpec> seen = new LinkedHashMap<>();
        Optional<String> named = Optional.empty();
        Map<String, Item> closure = Map.of();
        if (function instanceof Item.NestedFunction nested) {
            named = Optional.of(nested.definition().name());
            closure = nested.closure();
        } else if (function instanceof Item.LambdaFunction lambda) {
            named = Optional.of("<lambda>");
            closure = lambda.closure();
        }
        closure.forEach((name, item) -> specOf(item).ifPresent(value -> seen.put(name, value)));
        return new ArgumentSpec.Function(spec.name(), named, seen);
    }

    private static Optional<ArgumentSpec> specOf(Item item) {
        if (item instanceof Item.Host host && host.tensor().constantShape().isPresent()) {
            DType dtype = host.tensor().dtype();
            return Optional.of(new ArgumentSpec.Tensor(
                    dtype,
                    host.tensor().constantShape().get(),
                    host.tensor().constantStrides(),
                    ArgumentSpec.Fill.defaultFor(dtype)));
        }
        Object value = item instanceof Item.Known known ? known.value() : null;
        if (value instanceof Long number) {
            return Optional.of(new ArgumentSpec.Int(number));
        }
        if (value instanceof Double number) {
            return Optional.of(new ArgumentSpec.Float(number));
        }
        if (value instanceof Boolean flag) {
            return Optional.of(new ArgumentSpec.Bool(flag));
        }
        if (value instanceof String text) {
            return Optional.of(new ArgumentSpec.Str(text));
        }
        if (value instanceof DType dtype) {
            return Optional.of(new ArgumentSpec.DTypeValue(dtype));
        }
        return Optional.<ArgumentSpec>of(new ArgumentSpec.None()).filter(none -> value == Expr.Special.NONE);
    }
}
