package dev.perihelion.compiler.syntax;

import java.util.function.Supplier;

/** Where a statement or expression stands; decides whether {@code return}, {@code break} or {@code await} are possible. */
final class Scope {

    /** What a body belongs to. */
    enum Kind {
        MODULE,
        CLASS,
        FUNCTION,
        ASYNC_FUNCTION
    }

    private Kind kind = Kind.MODULE;
    private boolean inLoop;

    boolean inFunction() {
        return kind == Kind.FUNCTION || kind == Kind.ASYNC_FUNCTION;
    }

    boolean inAsyncFunction() {
        return kind == Kind.ASYNC_FUNCTION;
    }

    boolean inLoop() {
        return inLoop;
    }

    /** Builds the body of a function or class. */
    <T> T body(Kind bodyKind, Supplier<T> build) {
        Kind outerKind = kind;
        boolean outerLoop = inLoop;
        kind = bodyKind;
        inLoop = false;
        T built = build.get();
        kind = outerKind;
        inLoop = outerLoop;
        return built;
    }

    /** Builds the body of a loop. */
    <T> T loop(Supplier<T> build) {
        boolean outer = inLoop;
        inLoop = true;
        T built = build.get();
        inLoop = outer;
        return built;
    }
}
