package dev.perihelion.compiler.ir;

import dev.perihelion.compiler.ir.Operand.Value;

/**
 * A number that the host passes at launch.
 *
 * @param name the host expression
 * @param value how the program reads it
 */
public record HostScalar(String name, Value value) {}
