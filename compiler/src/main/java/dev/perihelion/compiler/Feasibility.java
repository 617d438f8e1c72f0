package dev.perihelion.compiler;

import java.util.Optional;

/**
 * What a configuration's program will need, told before anything is compiled. The figures are estimates from a model of
 * Triton's lowering and are checked against Triton by {@code bench/feasibility.py}; docs/configuration.md has the rules.
 *
 * @param elementsPerThread of the largest block that the program holds
 * @param sharedBytes shared memory of one program; the part that is certain, so that a refusal is right
 * @param registersPerThread what a thread would like to have; more than {@link DeviceLimits#registersPerThread} spills
 * @param compileMillis how long Triton and the target's assembler will take, on one core of a server
 * @param refusal why the target cannot run it, or no compiler will finish it; empty where it may be sent
 */
public record Feasibility(
        double elementsPerThread,
        long sharedBytes,
        long registersPerThread,
        double compileMillis,
        Optional<String> refusal) {

    /** Whether it is worth compiling. */
    public boolean isFeasible() {
        return refusal.isEmpty();
    }
}
