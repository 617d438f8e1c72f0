package dev.perihelion.compiler.syntax;

import dev.perihelion.compiler.diagnostics.MessageKey;
import java.util.List;

/** What can stand on the left of an assignment (language reference 7.2). */
final class Targets {

    private Targets() {}

    /** Refuses whatever cannot be assigned to, inside tuples and lists too. */
    static void check(SyntaxErrors errors, Expr target) {
        if (target instanceof Expr.TupleDisplay tuple) {
            checkAll(errors, tuple.elements());
        } else if (target instanceof Expr.ListDisplay list) {
            checkAll(errors, list.elements());
        } else {
            checkSingle(errors, target);
        }
    }

    /** As {@link #check} where one object is assigned: {@code x += 1}, {@code x: int = 1}. */
    static void checkSingle(SyntaxErrors errors, Expr target) {
        boolean possible =
                target instanceof Expr.Name || target instanceof Expr.Attribute || target instanceof Expr.Subscript;
        if (!possible) {
            errors.add(target.span(), MessageKey.SYNTAX_TARGET, describe(target));
        }
    }

    private static void checkAll(SyntaxErrors errors, List<Expr> elements) {
        boolean starred = false;
        for (Expr element : elements) {
            if (element instanceof Expr.Starred star) {
                if (starred) {
                    errors.add(star.span(), MessageKey.SYNTAX_TARGET, "two starred names at once");
                }
                starred = true;
                check(errors, star.value());
            } else {
                check(errors, element);
            }
        }
    }

    /** An expression's kind in the words of a message. */
    static String describe(Expr expr) {
        return expr.accept(new TargetNames());
    }
}
