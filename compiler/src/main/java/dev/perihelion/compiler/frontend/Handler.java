package dev.perihelion.compiler.frontend;

/** Gives a call its meaning. */
@FunctionalInterface
interface Handler {
    Item apply(CallArguments call);
}
