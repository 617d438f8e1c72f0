package dev.perihelion.compiler.ir;

import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.syntax.Span;
import java.util.ArrayList;
import java.util.List;

/** Loops and choices, with operations inside. */
public sealed interface FlowOp extends Op {

    /** A loop over tiles inside a program. */
    record ForTiles(List<TileAxis> axes, List<Carried> carried, List<Op> body, Span span) implements FlowOp {
        public ForTiles {
            axes = List.copyOf(axes);
            carried = List.copyOf(carried);
            body = List.copyOf(body);
        }

        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitForTiles(this);
        }

        @Override
        public List<Operand> operands() {
            List<Operand> all = new ArrayList<>();
            axes.forEach(axis -> {
                all.add(axis.begin());
                all.add(axis.end());
                axis.lengths().ifPresent(all::add);
            });
            carried.forEach(value -> {
                all.add(value.initial());
                all.add(value.yielded());
            });
            return all;
        }

        @Override
        public List<Value> results() {
            return carried.stream().map(Carried::result).toList();
        }

        @Override
        public List<List<Op>> regions() {
            return List.of(body);
        }

        @Override
        public List<Value> regionArguments() {
            return carried.stream().map(Carried::argument).toList();
        }
    }

    /**
     * A loop that runs while a condition holds.
     *
     * @param test computes the condition, from the carried arguments
     * @param condition a single truth value, from {@code test}
     */
    record While(List<Carried> carried, List<Op> test, Operand condition, List<Op> body, Span span) implements FlowOp {
        public While {
            carried = List.copyOf(carried);
            test = List.copyOf(test);
            body = List.copyOf(body);
        }

        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitWhile(this);
        }

        @Override
        public List<Operand> operands() {
            List<Operand> all = new ArrayList<>(List.of(condition));
            carried.forEach(value -> {
                all.add(value.initial());
                all.add(value.yielded());
            });
            return all;
        }

        @Override
        public List<Value> results() {
            return carried.stream().map(Carried::result).toList();
        }

        @Override
        public List<List<Op>> regions() {
            return List.of(test, body);
        }

        @Override
        public List<Value> regionArguments() {
            return carried.stream().map(Carried::argument).toList();
        }
    }

    /**
     * A value that a loop hands from one turn to the next.
     *
     * @param initial before the first turn
     * @param argument the name of it inside the body
     * @param yielded at the end of a turn
     * @param result after the last turn
     */
    record Carried(Operand initial, Value argument, Operand yielded, Value result) {}

    /** A runtime choice; both branches give values of equal types. */
    record If(Operand condition, List<Op> then, List<Op> orElse, List<Merged> merged, Span span) implements FlowOp {
        public If {
            then = List.copyOf(then);
            orElse = List.copyOf(orElse);
            merged = List.copyOf(merged);
        }

        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitIf(this);
        }

        @Override
        public List<Operand> operands() {
            List<Operand> all = new ArrayList<>(List.of(condition));
            merged.forEach(value -> {
                all.add(value.thenValue());
                all.add(value.elseValue());
            });
            return all;
        }

        @Override
        public List<Value> results() {
            return merged.stream().map(Merged::result).toList();
        }

        @Override
        public List<List<Op>> regions() {
            return List.of(then, orElse);
        }
    }

    /** A value that depends on the branch taken. */
    record Merged(Operand thenValue, Operand elseValue, Value result) {}

    /**
     * A loop over chunks of one static extent, made by lowering from a reduction that is not kept whole in registers.
     *
     * @param extent the static extent that is cut into chunks
     * @param body works on one chunk; axes of this extent have the chunk's length inside
     * @param partials reductions over the extent, accumulated chunk by chunk and finished behind the loop
     */
    record ForChunks(long extent, List<Op> body, List<AxisOp.Reduce> partials, Span span) implements FlowOp {
        public ForChunks {
            body = List.copyOf(body);
            partials = List.copyOf(partials);
        }

        @Override
        public <R> R accept(OpVisitor<R> visitor) {
            return visitor.visitForChunks(this);
        }

        @Override
        public List<Operand> operands() {
            return List.of();
        }

        @Override
        public List<Value> results() {
            return partials.stream().map(AxisOp.Reduce::result).toList();
        }

        @Override
        public List<List<Op>> regions() {
            return List.of(body);
        }
    }
}
