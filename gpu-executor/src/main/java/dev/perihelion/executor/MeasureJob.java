package dev.perihelion.executor;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One configuration to check and time.
 *
 * @param id names the job in messages
 * @param moduleText the standalone Triton module
 * @param kernelName its host function
 * @param argumentsJson its arguments (see docs/workers.md); shapes differ from the compile job's where a check runs small
 * @param artefact the binary to load; empty where the module itself is run, as under Triton's interpreter
 * @param reference what the outputs are compared with
 * @param policy how to time; ignored by a worker that only checks
 * @param inputSeed random inputs are drawn from it
 * @param incumbentNanos the best latency so far, for the screen
 */
public record MeasureJob(
        String id,
        String moduleText,
        String kernelName,
        String argumentsJson,
        Optional<Artefact> artefact,
        Reference reference,
        MeasurePolicy policy,
        long inputSeed,
        OptionalDouble incumbentNanos) {}
