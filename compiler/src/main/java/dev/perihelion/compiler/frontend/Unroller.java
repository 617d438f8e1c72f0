package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.Stmt;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Repeats the bodies of device loops whose turns are known. */
final class Unroller {

    /** How many turns of a loop with known tests are repeated in the program; the reference implementation's limit. */
    private static final int MAX_UNROLLED_TURNS = 10_000;

    private final Context context;
    private final Statements statements;
    private final Scope scope;

    Unroller(Context context, Statements statements, Scope scope) {
        this.context = context;
        this.statements = statements;
        this.scope = scope;
    }

    /** Whether the body subscripts a tuple or list with the loop's variable, which then must be known. */
    boolean picksFromSequence(Stmt.For stmt) {
        if (!(stmt.target() instanceof Expr.Name target)) {
            return false;
        }
        Pattern subscript = Pattern.compile("(\\w+)\\s*\\[[^\\]]*\\b" + Pattern.quote(target.id()) + "\\b");
        return stmt.body().stream()
                .flatMap(inner ->
                        subscript.matcher(context.source.text(inner.span())).results())
                .anyMatch(match -> scope.find(match.group(1)).orElse(null) instanceof Item.Sequence);
    }

    /** What the variable of a loop that is repeated in the program is, turn by turn. */
    List<Item> turns(Stmt.For stmt, Optional<String> kind) {
        if (kind.isPresent()) {
            List<Long> bounds = new ArrayList<>();
            for (Item item : statements.evaluator().elements(((Expr.Call) stmt.iterable()).arguments())) {
                if (item instanceof Item.Known known && known.value() instanceof Long number) {
                    bounds.add(number);
                } else {
                    throw context.error(
                            stmt.iterable().span(),
                            MessageKey.NEEDS_CONSTANT,
                            "hl.static_range",
                            "bounds",
                            item.describe());
                }
            }
            long begin = bounds.size() > 1 ? bounds.get(0) : 0;
            long end = bounds.size() > 1 ? bounds.get(1) : bounds.get(0);
            long step = bounds.size() > 2 ? bounds.get(2) : 1;
            List<Item> items = new ArrayList<>();
            boolean runs = step > 0 ? begin < end : begin > end;
            if (runs && (step == 0 || Math.abs(end - begin) / Math.abs(step) > MAX_UNROLLED_TURNS)) {
                throw context.error(stmt.header(), MessageKey.ENDLESS_LOOP, MAX_UNROLLED_TURNS);
            }
            for (long i = begin; step > 0 ? i < end : i > end; i += step) {
                items.add(new Item.Known(i));
            }
            return items;
        }
        Item iterable = statements.evaluator().evaluate(stmt.iterable());
        if (iterable instanceof Item.Sequence sequence) {
            return sequence.items();
        }
        throw context.error(stmt.iterable().span(), MessageKey.BAD_DEVICE_LOOP, iterable.describe());
    }

    /** Repeats the body as long as the test is known to be true; false, and nothing done, where it is not known. */
    boolean repeat(Stmt.While stmt) {
        Map<String, Item> before = scope.snapshot();
        int size = context.builder.size();
        for (int turn = 0; turn < MAX_UNROLLED_TURNS; turn++) {
            Optional<Boolean> truth = Constants.truth(statements.evaluator().evaluate(stmt.test()));
            if (truth.isEmpty()) {
                context.builder.truncate(size);
                scope.restore(before);
                return false;
            }
            if (!truth.get()) {
                return true;
            }
            statements.run(stmt.body());
        }
        throw context.error(stmt.header(), MessageKey.ENDLESS_LOOP, MAX_UNROLLED_TURNS);
    }
}
