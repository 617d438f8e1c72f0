package dev.perihelion.executor;

/**
 * One module to compile for one target.
 *
 * @param id names the job in messages
 * @param moduleText the standalone Triton module
 * @param kernelName its host function
 * @param argumentsJson the arguments of the host function, in order (see docs/workers.md for the form)
 * @param target {@code cuda:90}, {@code hip:gfx942} ...
 * @param family what jobs that take about equally long have in common, as a tuning task's id: the time limit adapts to it
 */
public record CompileJob(
        String id, String moduleText, String kernelName, String argumentsJson, String target, String family) {}
