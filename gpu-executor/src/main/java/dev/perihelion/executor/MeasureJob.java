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
 * @param reductionLength how many additions stand behind one element of an output, at least 1; scales the tolerance
 * @param spareMillis time on the wall to spend on more timed calls than the policy asks for, where there is nothing else to do
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
        OptionalDouble incumbentNanos,
        double reductionLength,
        double spareMillis) {

    /** @throws IllegalArgumentException where a number makes no sense */
    public MeasureJob {
        if (!(reductionLength >= 1) || Double.isInfinite(reductionLength)) {
            throw new IllegalArgumentException(
                    "A reduction adds at least one element, not " + reductionLength + " (job `" + id + "`).");
        }
        if (!(spareMillis >= 0) || Double.isInfinite(spareMillis)) {
            throw new IllegalArgumentException(
                    "Spare time cannot be " + spareMillis + " ms (job `" + id + "`); 0 is none.");
        }
    }

    /** A job without spare time. */
    public MeasureJob(
            String id,
            String moduleText,
            String kernelName,
            String argumentsJson,
            Optional<Artefact> artefact,
            Reference reference,
            MeasurePolicy policy,
            long inputSeed,
            OptionalDouble incumbentNanos,
            double reductionLength) {
        this(
                id,
                moduleText,
                kernelName,
                argumentsJson,
                artefact,
                reference,
                policy,
                inputSeed,
                incumbentNanos,
                reductionLength,
                0);
    }

    /** The same with other spare time. */
    public MeasureJob withSpareMillis(double millis) {
        return new MeasureJob(
                id,
                moduleText,
                kernelName,
                argumentsJson,
                artefact,
                reference,
                policy,
                inputSeed,
                incumbentNanos,
                reductionLength,
                millis);
    }
}
