package dev.perihelion.sweep.store;

import dev.perihelion.executor.BinaryFacts;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.trial.Trial;
import dev.perihelion.search.trial.TrialResult;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A trial with everything known of it.
 *
 * @param id unique in its sweep
 * @param kernel the function
 * @param target what it was compiled for
 * @param device the name of the GPU that timed it; empty where none did
 * @param trial number, configuration, origin and result
 * @param timing of the calls; empty where it was not timed
 * @param maxError the largest difference to the reference as a fraction of the tolerance; empty where not checked
 * @param facts what the binary needs; empty where there is none
 * @param generateMillis time spent to generate the module
 * @param compileMillis time spent to compile it; 0 where that was not needed
 * @param measureMillis time spent to check and time it; 0 where that was not needed
 * @param textSha256 of the module without its header; empty text where none could be generated
 * @param binarySha256 of the binary
 * @param duplicateOf the id of the trial whose result it shares
 * @param policyJson how the latency was taken
 * @param toolchainJson versions: perihelion, python, torch, triton, driver
 * @param deviceStateJson clocks and temperature while timing
 * @param askedAt when the strategy proposed it
 * @param finishedAt when its result was known
 */
public record TrialRow(
        String id,
        String kernel,
        String target,
        Optional<String> device,
        Trial trial,
        Optional<Timing> timing,
        OptionalDouble maxError,
        Optional<BinaryFacts> facts,
        double generateMillis,
        double compileMillis,
        double measureMillis,
        String textSha256,
        Optional<String> binarySha256,
        Optional<String> duplicateOf,
        String policyJson,
        String toolchainJson,
        Optional<String> deviceStateJson,
        Instant askedAt,
        Instant finishedAt) {

    /**
     * The timed calls.
     *
     * @param spreadNanos median absolute deviation
     * @param samplesNanos every timed call, in order
     * @param level 0 where the screen ended it, 1 where it was ranked
     */
    public record Timing(double spreadNanos, List<Double> samplesNanos, int level) {

        public Timing {
            samplesNanos = List.copyOf(samplesNanos);
        }
    }

    /** What was tried. */
    public Configuration configuration() {
        return trial.configuration();
    }

    /** How it ended. */
    public TrialResult result() {
        return trial.result();
    }
}
