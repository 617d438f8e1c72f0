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
 * @param launchSha256 of how the binary is launched; with the binary's it names a program
 * @param duplicateOf the id of the trial whose result it shares
 * @param policyJson how the latency was taken
 * @param toolchainJson versions: perihelion, python, torch, triton, driver
 * @param deviceStateJson clocks and temperature while timing
 * @param askedAt when the strategy proposed it
 * @param finishedAt when its result was known
 * @param place in the order of asking and telling; empty until it was told, and in files of versions before there was one
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
        Optional<String> launchSha256,
        Optional<String> duplicateOf,
        String policyJson,
        String toolchainJson,
        Optional<String> deviceStateJson,
        Instant askedAt,
        Instant finishedAt,
        Optional<Place> place) {

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

    /**
     * Where it stands in the dialogue with the strategy. All places together are enough to have the same dialogue again.
     *
     * @param told how many trials were told before it
     * @param askedAfter how many trials had been told when it was asked for
     * @param askSize how many were asked for in that call
     * @param asksBefore sizes of all calls that gave a trial between the trial that was told before it and its own telling
     */
    public record Place(long told, long askedAfter, long askSize, List<Integer> asksBefore) {

        public Place {
            asksBefore = List.copyOf(asksBefore);
        }
    }

    /** The same row with its place. */
    public TrialRow at(Place newPlace) {
        return new TrialRow(
                id,
                kernel,
                target,
                device,
                trial,
                timing,
                maxError,
                facts,
                generateMillis,
                compileMillis,
                measureMillis,
                textSha256,
                binarySha256,
                launchSha256,
                duplicateOf,
                policyJson,
                toolchainJson,
                deviceStateJson,
                askedAt,
                finishedAt,
                Optional.of(newPlace));
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
