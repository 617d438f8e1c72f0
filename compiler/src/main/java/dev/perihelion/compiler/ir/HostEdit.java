package dev.perihelion.compiler.ir;

import dev.perihelion.compiler.syntax.Span;

/** A piece of host code that the generated module has something else for. */
public sealed interface HostEdit {

    /** The generated module's function that says how many processors a device has. */
    String PROCESSORS = "_processors";

    /** The generated module's class for what is known of a device, also where it is not there. */
    String PROPERTIES = "_DeviceProperties";

    /** Where the piece stands. */
    Span span();

    /** Other code. */
    record Text(Span span, String text) implements HostEdit {}

    /** The number that a configuration gives. */
    record Number(Span span, Size size) implements HostEdit {}
}
