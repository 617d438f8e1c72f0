package dev.perihelion.compiler.ir;

import dev.perihelion.compiler.ir.Operand.Value;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** What operations read, the operations in their regions included. */
public final class Operands {

    private Operands() {}

    /** The values an operation reads from outside, those that its regions read included. */
    public static Set<Value> read(Op op) {
        Set<Value> read = new LinkedHashSet<>();
        Set<Value> defined = new LinkedHashSet<>();
        collect(op, read, defined);
        read.removeAll(defined);
        return read;
    }

    /** The operations directly inside an operation's regions. */
    public static List<Op> nested(Op op) {
        return op.regions().stream().flatMap(List::stream).toList();
    }

    /** Visits every operation in the order of the program, those inside regions included. */
    public static void walk(List<Op> body, Consumer<Op> visitor) {
        for (Op op : body) {
            visitor.accept(op);
            op.regions().forEach(region -> walk(region, visitor));
        }
    }

    private static void collect(Op op, Set<Value> read, Set<Value> defined) {
        op.operands().forEach(operand -> {
            if (operand instanceof Value value) {
                read.add(value);
            }
        });
        defined.addAll(op.regionArguments());
        for (Op inner : nested(op)) {
            collect(inner, read, defined);
            defined.addAll(inner.results());
        }
    }

    static List<Operand> concat(List<? extends Operand> a, List<? extends Operand> b) {
        List<Operand> all = new ArrayList<>(a);
        all.addAll(b);
        return all;
    }
}
