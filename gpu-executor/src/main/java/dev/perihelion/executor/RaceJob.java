package dev.perihelion.executor;

import java.util.List;
import java.util.Optional;

/**
 * Programs of one kernel to check and to time in turns on one device.
 *
 * @param id names the job in messages
 * @param entrants the first is the incumbent, of which the worker loads a second copy as the control lane
 * @param kernelName their host function
 * @param argumentsJson its arguments (see docs/workers.md)
 * @param reference what the outputs are compared with
 * @param policy how a call is timed
 * @param race how long to go on
 * @param inputSeeds every entrant is checked with inputs drawn from each; the first's are those that are timed. At least one
 * @param reductionLength how many additions stand behind one element of an output, at least 1; scales the tolerance
 */
public record RaceJob(
        String id,
        List<Entrant> entrants,
        String kernelName,
        String argumentsJson,
        Reference reference,
        MeasurePolicy policy,
        RacePolicy race,
        List<Long> inputSeeds,
        double reductionLength) {

    /** @throws IllegalArgumentException where there is nobody to race, no seed or no possible reduction */
    public RaceJob {
        entrants = List.copyOf(entrants);
        inputSeeds = List.copyOf(inputSeeds);
        if (entrants.isEmpty() || inputSeeds.isEmpty()) {
            throw new IllegalArgumentException("The race `" + id + "` has " + entrants.size() + " entrants and "
                    + inputSeeds.size() + " seeds; it needs one of each at least.");
        }
        if (!(reductionLength >= 1) || Double.isInfinite(reductionLength)) {
            throw new IllegalArgumentException(
                    "A reduction adds at least one element, not " + reductionLength + " (race `" + id + "`).");
        }
    }

    /**
     * One program.
     *
     * @param name as in the outcome
     * @param moduleText the standalone Triton module
     * @param artefact the binary to load
     */
    public record Entrant(String name, String moduleText, Optional<Artefact> artefact) {}
}
