package dev.perihelion.compiler.ir;

import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.syntax.Span;
import java.util.List;
import java.util.Set;

/** An operation of the tile IR. Free of any configuration. */
public sealed interface Op permits MemoryOp, ElementwiseOp, CreationOp, AxisOp, ProductOp, ShapeOp, EscapeOp, FlowOp {

    /** The source it came from. */
    Span span();

    /** Calls the visitor's method for this operation. */
    <R> R accept(OpVisitor<R> visitor);

    /** What the operation itself reads; what its regions read is theirs. */
    List<Operand> operands();

    /** The values it gives to what follows it. */
    List<Value> results();

    /** Whether it does something besides giving values. */
    default boolean hasEffect() {
        return false;
    }

    /** The memory it writes itself, by {@link HostTensor#storage}; what its regions write is theirs. */
    default Set<String> writes() {
        return Set.of();
    }

    /** The operations inside it, region by region. */
    default List<List<Op>> regions() {
        return List.of();
    }

    /** The values that its regions get from outside under names of their own. */
    default List<Value> regionArguments() {
        return List.of();
    }
}
