package dev.perihelion.executor;

/**
 * A function of the user's file to time, to compare a kernel with what torch does in the same run.
 *
 * @param id names the job in messages
 * @param file the user's file
 * @param function its name there
 * @param argumentsJson as in {@link CompileJob}
 * @param compiled whether it runs under {@code torch.compile}
 * @param policy how to time
 * @param inputSeed random inputs are drawn from it
 */
public record FunctionJob(
        String id,
        KernelFile file,
        String function,
        String argumentsJson,
        boolean compiled,
        MeasurePolicy policy,
        long inputSeed) {}
