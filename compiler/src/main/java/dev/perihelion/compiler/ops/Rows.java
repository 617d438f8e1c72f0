package dev.perihelion.compiler.ops;

import dev.perihelion.compiler.ops.PointwiseOp.Compute;
import dev.perihelion.compiler.ops.PointwiseOp.Fold;
import dev.perihelion.compiler.ops.PointwiseOp.Home;
import dev.perihelion.compiler.ops.PointwiseOp.Parameter;
import dev.perihelion.compiler.ops.PointwiseOp.Typing;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/** Rows of the table while they are written down. */
final class Rows {

    private final Map<String, PointwiseOp> rows = new LinkedHashMap<>();
    private Home home = Home.TORCH;

    /** The rows that follow stand in this module of torch. */
    void in(Home module) {
        home = module;
    }

    void unary(String name, Typing typing, Compute compute, String template, DoubleUnaryOperator fold, String doc) {
        row(name, "input", typing, compute, template, x -> fold.applyAsDouble(x[0]), doc);
    }

    /** A function of numbers: integers become float32, halves are computed in float32. */
    void function(String name, String template, DoubleUnaryOperator fold, String doc) {
        unary(name, Typing.FLOATING, Compute.FLOAT32, template, fold, doc);
    }

    void binary(String name, Typing typing, Compute compute, String template, DoubleBinaryOperator fold, String doc) {
        row(name, "input, other", typing, compute, template, x -> fold.applyAsDouble(x[0], x[1]), doc);
    }

    /** A function of numbers with several parameters. */
    void function(String name, String parameters, String template, Fold fold, String doc) {
        row(name, parameters, Typing.FLOATING, Compute.FLOAT32, template, fold, doc);
    }

    /**
     * Adds a row.
     *
     * @param parameters as in Python: {@code "input, alpha=1.0"}
     */
    void row(String name, String parameters, Typing typing, Compute compute, String template, Fold fold, String doc) {
        PointwiseOp op = new PointwiseOp(name, home, parse(parameters), typing, compute, template, fold, doc);
        if (rows.put(name, op) != null) {
            throw new IllegalStateException("Two rows named `" + name + "`.");
        }
    }

    Optional<PointwiseOp> find(String name) {
        return Optional.ofNullable(rows.get(name));
    }

    Collection<PointwiseOp> all() {
        return Collections.unmodifiableCollection(rows.values());
    }

    private static List<Parameter> parse(String parameters) {
        List<Parameter> parsed = new ArrayList<>();
        for (String text : parameters.split(", ")) {
            int equals = text.indexOf('=');
            if (equals < 0) {
                parsed.add(new Parameter(text, Optional.empty()));
                continue;
            }
            String number = text.substring(equals + 1);
            Number standard = number.contains(".") ? (Number) Double.valueOf(number) : (Number) Long.valueOf(number);
            parsed.add(new Parameter(text.substring(0, equals), Optional.of(standard)));
        }
        return parsed;
    }
}
