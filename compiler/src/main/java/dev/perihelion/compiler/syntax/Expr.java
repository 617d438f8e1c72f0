package dev.perihelion.compiler.syntax;

import java.util.List;
import java.util.Optional;

/** A Python expression. */
public sealed interface Expr {

    /** Where it stands in the source. */
    Span span();

    /** Calls the visitor's method for this node. */
    <R> R accept(ExprVisitor<R> visitor);

    /** A name. */
    record Name(String id, Span span) implements Expr {
        @Override
        public <R> R accept(ExprVisitor<R> visitor) {
            return visitor.visitName(this);
        }
    }

    /**
     * A literal.
     *
     * @param value {@link Long}, {@link java.math.BigInteger} (beyond 64 bits), {@link Double}, {@link Boolean},
     *     {@link String}, {@link Special#NONE} or {@link Special#ELLIPSIS}; {@link Special#OPAQUE} for bytes and complex
     */
    record Constant(Object value, Span span) implements Expr {
        @Override
        public <R> R accept(ExprVisitor<R> visitor) {
            return visitor.visitConstant(this);
        }
    }

    /** Literals that no Java value stands for. */
    enum Special {
        NONE,
        ELLIPSIS,
        OPAQUE
    }

    /** An f-string: its literal pieces ({@link Constant}) and replacement fields (any expression), in order. */
    record FormattedString(List<Expr> parts, Span span) implements Expr {
        @Override
        public <R> R accept(ExprVisitor<R> visitor) {
            return visitor.visitFormattedString(this);
        }
    }

    /** A tuple, with or without parentheses. */
    record TupleDisplay(List<Expr> elements, Span span) implements Expr {
        @Override
        public <R> R accept(ExprVisitor<R> visitor) {
            return visitor.visitTuple(this);
        }
    }

    /** A list display. */
    record ListDisplay(List<Expr> elements, Span span) implements Expr {
        @Override
        public <R> R accept(ExprVisitor<R> visitor) {
            return visitor.visitList(this);
        }
    }

    /** A set display. */
    record SetDisplay(List<Expr> elements, Span span) implements Expr {
        @Override
        public <R> R accept(ExprVisitor<R> visitor) {
            return visitor.visitSet(this);
        }
    }

    /** A dictionary display; an entry without a key is a {@code **} merge. */
    record DictDisplay(List<DictEntry> entries, Span span) implements Expr {
        @Override
        public <R> R accept(ExprVisitor<R> visitor) {
            return visitor.visitDict(this);
        }
    }

    /** One entry of a dictionary display. */
    record DictEntry(Optional<Expr> key, Expr value) {}

    /** {@code -x}, {@code +x}, {@code ~x}, {@code not x}. */
    record Unary(UnaryOperator operator, Expr operand, Span span) implements Expr {
        @Override
        public <R> R accept(ExprVisitor<R> visitor) {
            return visitor.visitUnary(this);
        }
    }

    /** An arithmetic or bitwise operation. */
    record Binary(BinaryOperator operator, Expr left, Expr right, Span span) implements Expr {
        @Override
        public <R> R accept(ExprVisitor<R> visitor) {
            return visitor.visitBinary(this);
        }
    }

    /** {@code a and b and ...} or {@code a or b or ...}; at least two operands. */
    record BoolOp(boolean isAnd, List<Expr> operands, Span span) implements Expr {
        @Override
        public <R> R accept(ExprVisitor<R> visitor) {
            return visitor.visitBoolOp(this);
        }
    }

    /** A comparison chain: {@code left op0 right0 op1 right1 ...}; as many operators as right operands. */
    record Compare(Expr left, List<CompareOperator> operators, List<Expr> rights, Span span) implements Expr {
        @Override
        public <R> R accept(ExprVisitor<R> visitor) {
            return visitor.visitCompare(this);
        }
    }

    /** {@code then if test else otherwise}. */
    record Conditional(Expr test, Expr then, Expr otherwise, Span span) implements Expr {
        @Override
        public <R> R accept(ExprVisitor<R> visitor) {
            return visitor.visitConditional(this);
        }
    }

    /** A call; {@code *seq} arguments are {@link Starred}, a keyword without a name is {@code **mapping}. */
    record Call(Expr callee, List<Expr> arguments, List<Keyword> keywords, Span span) implements Expr {
        @Override
        public <R> R accept(ExprVisitor<R> visitor) {
            return visitor.visitCall(this);
        }
    }

    /** A keyword argument. */
    record Keyword(Optional<String> name, Expr value, Span span) {}

    /** {@code value.name}; {@code nameSpan} is the attribute's name alone. */
    record Attribute(Expr value, String name, Span nameSpan, Span span) implements Expr {
        @Override
        public <R> R accept(ExprVisitor<R> visitor) {
            return visitor.visitAttribute(this);
        }
    }

    /** {@code value[index]}; several subscripts are one {@link TupleDisplay}. */
    record Subscript(Expr value, Expr index, Span span) implements Expr {
        @Override
        public <R> R accept(ExprVisitor<R> visitor) {
            return visitor.visitSubscript(this);
        }
    }

    /** {@code lower:upper:step} inside a subscript. */
    record Slice(Optional<Expr> lower, Optional<Expr> upper, Optional<Expr> step, Span span) implements Expr {
        @Override
        public <R> R accept(ExprVisitor<R> visitor) {
            return visitor.visitSlice(this);
        }
    }

    /** {@code *value} in a call, a display or a target. */
    record Starred(Expr value, Span span) implements Expr {
        @Override
        public <R> R accept(ExprVisitor<R> visitor) {
            return visitor.visitStarred(this);
        }
    }

    /** A lambda. */
    record Lambda(Parameters parameters, Expr body, Span span) implements Expr {
        @Override
        public <R> R accept(ExprVisitor<R> visitor) {
            return visitor.visitLambda(this);
        }
    }

    /** {@code (target := value)}. */
    record Walrus(Name target, Expr value, Span span) implements Expr {
        @Override
        public <R> R accept(ExprVisitor<R> visitor) {
            return visitor.visitWalrus(this);
        }
    }

    /** A list, set, dict or generator comprehension; {@code value} only for dicts. */
    record Comprehension(
            ComprehensionKind kind, Expr element, Optional<Expr> value, List<ComprehensionClause> clauses, Span span)
            implements Expr {
        @Override
        public <R> R accept(ExprVisitor<R> visitor) {
            return visitor.visitComprehension(this);
        }
    }

    /** What a comprehension builds. */
    enum ComprehensionKind {
        LIST,
        SET,
        DICT,
        GENERATOR
    }

    /** One {@code for target in iterable if c0 if c1} of a comprehension. */
    record ComprehensionClause(Expr target, Expr iterable, List<Expr> conditions) {}

    /** An expression that kernels cannot use, kept for its place only: {@code await}, {@code yield}. */
    record Other(String what, Span span) implements Expr {
        @Override
        public <R> R accept(ExprVisitor<R> visitor) {
            return visitor.visitOther(this);
        }
    }
}
