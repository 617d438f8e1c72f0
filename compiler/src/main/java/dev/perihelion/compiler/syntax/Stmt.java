package dev.perihelion.compiler.syntax;

import java.util.List;
import java.util.Optional;

/** A Python statement. Its span covers all of it, decorators and nested blocks included, without the line break. */
public sealed interface Stmt {

    /** Where it stands in the source. */
    Span span();

    /** Calls the visitor's method for this node. */
    <R> R accept(StmtVisitor<R> visitor);

    /** An expression for its effect; a docstring is one too. */
    record Expression(Expr value, Span span) implements Stmt {
        @Override
        public <R> R accept(StmtVisitor<R> visitor) {
            return visitor.visitExpression(this);
        }
    }

    /** {@code a = b = value}; at least one target. */
    record Assign(List<Expr> targets, Expr value, Span span) implements Stmt {
        @Override
        public <R> R accept(StmtVisitor<R> visitor) {
            return visitor.visitAssign(this);
        }
    }

    /** {@code target: annotation = value}. */
    record AnnotatedAssign(Expr target, Expr annotation, Optional<Expr> value, Span span) implements Stmt {
        @Override
        public <R> R accept(StmtVisitor<R> visitor) {
            return visitor.visitAnnotatedAssign(this);
        }
    }

    /** {@code target op= value}. */
    record AugmentedAssign(Expr target, BinaryOperator operator, Expr value, Span span) implements Stmt {
        @Override
        public <R> R accept(StmtVisitor<R> visitor) {
            return visitor.visitAugmentedAssign(this);
        }
    }

    /** {@code for target in iterable}; {@code header} spans the line up to the colon. */
    record For(Expr target, Expr iterable, List<Stmt> body, List<Stmt> orElse, Span header, Span span) implements Stmt {
        @Override
        public <R> R accept(StmtVisitor<R> visitor) {
            return visitor.visitFor(this);
        }
    }

    /** {@code while test}; {@code header} spans the line up to the colon. */
    record While(Expr test, List<Stmt> body, List<Stmt> orElse, Span header, Span span) implements Stmt {
        @Override
        public <R> R accept(StmtVisitor<R> visitor) {
            return visitor.visitWhile(this);
        }
    }

    /** {@code if test}; an {@code elif} is an If alone in {@code orElse}. {@code header} ends at the colon. */
    record If(Expr test, List<Stmt> body, List<Stmt> orElse, Span header, Span span) implements Stmt {
        @Override
        public <R> R accept(StmtVisitor<R> visitor) {
            return visitor.visitIf(this);
        }
    }

    /** {@code return value}. */
    record Return(Optional<Expr> value, Span span) implements Stmt {
        @Override
        public <R> R accept(StmtVisitor<R> visitor) {
            return visitor.visitReturn(this);
        }
    }

    /** {@code assert test, message}. */
    record Assert(Expr test, Optional<Expr> message, Span span) implements Stmt {
        @Override
        public <R> R accept(StmtVisitor<R> visitor) {
            return visitor.visitAssert(this);
        }
    }

    /** {@code raise exception from cause}. */
    record Raise(Optional<Expr> exception, Optional<Expr> cause, Span span) implements Stmt {
        @Override
        public <R> R accept(StmtVisitor<R> visitor) {
            return visitor.visitRaise(this);
        }
    }

    /** {@code pass}. */
    record Pass(Span span) implements Stmt {
        @Override
        public <R> R accept(StmtVisitor<R> visitor) {
            return visitor.visitPass(this);
        }
    }

    /** {@code break}. */
    record Break(Span span) implements Stmt {
        @Override
        public <R> R accept(StmtVisitor<R> visitor) {
            return visitor.visitBreak(this);
        }
    }

    /** {@code continue}. */
    record Continue(Span span) implements Stmt {
        @Override
        public <R> R accept(StmtVisitor<R> visitor) {
            return visitor.visitContinue(this);
        }
    }

    /** A function; {@code nameSpan} is its name, {@code header} runs from {@code def} to the colon. */
    record FunctionDef(
            String name,
            Parameters parameters,
            Optional<Expr> returns,
            List<Expr> decorators,
            List<Stmt> body,
            Span nameSpan,
            Span header,
            Span span)
            implements Stmt {
        @Override
        public <R> R accept(StmtVisitor<R> visitor) {
            return visitor.visitFunctionDef(this);
        }
    }

    /** A class; only its methods are looked at. */
    record ClassDef(String name, List<Expr> bases, List<Expr> decorators, List<Stmt> body, Span span) implements Stmt {
        @Override
        public <R> R accept(StmtVisitor<R> visitor) {
            return visitor.visitClassDef(this);
        }
    }

    /** {@code import module as alias, ...}. */
    record Import(List<Alias> names, Span span) implements Stmt {
        @Override
        public <R> R accept(StmtVisitor<R> visitor) {
            return visitor.visitImport(this);
        }
    }

    /** {@code from module import name as alias, ...}; {@code module} keeps leading dots, a star is the name "*". */
    record ImportFrom(String module, List<Alias> names, Span span) implements Stmt {
        @Override
        public <R> R accept(StmtVisitor<R> visitor) {
            return visitor.visitImportFrom(this);
        }
    }

    /** An imported name and the name it gets here (the same where there is no {@code as}). */
    record Alias(String name, Optional<String> asName) {}

    /**
     * A statement that device code cannot use: {@code try}, {@code with}, {@code del}, {@code global},
     * {@code nonlocal}, {@code match}, {@code async}, {@code type}.
     *
     * @param what the Python keyword
     * @param parts its blocks in order; of {@code try} the body, {@code else} and {@code finally}, which may be empty, and
     *     then those of {@code except}
     */
    record Other(String what, List<List<Stmt>> parts, Span span) implements Stmt {
        public Other {
            parts = parts.stream().map(List::copyOf).toList();
        }

        /** The statements of all blocks, so that functions defined in them at module level are found. */
        public List<Stmt> blocks() {
            return parts.stream().flatMap(List::stream).toList();
        }

        @Override
        public <R> R accept(StmtVisitor<R> visitor) {
            return visitor.visitOther(this);
        }
    }
}
