package dev.perihelion.compiler.frontend;

/** Ends a statement that uses something an earlier, reported mistake left without a value. Says nothing itself. */
final class Poisoned extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Poisoned() {
        super("depends on an earlier mistake", null, false, false);
    }
}
