package dev.perihelion.search.sim;

import dev.perihelion.search.trial.TrialResult;
import java.util.ArrayList;
import java.util.List;

/** Adds up what a simulated search spends, and keeps its incumbents. */
final class SimulatedLedger {

    private static final double MILLIS_PER_SECOND = 1e3;

    private final double bestNanos;
    private final List<Trajectory.Incumbent> incumbents = new ArrayList<>();
    private double fastestSeenNanos = Double.POSITIVE_INFINITY;
    private long evaluations;
    private double seconds;
    private double gpuMillis;
    private double compileMillis;
    private long failures;
    private double failedGpuMillis;
    private long duplicates;
    private long surrogates;

    SimulatedLedger(double bestNanos) {
        this.bestNanos = bestNanos;
    }

    /**
     * Takes in one evaluation.
     *
     * @param row what it truly is
     * @param shown what the measurement showed
     * @param recorded whether a recording says so, rather than a surrogate
     * @param atSeconds of virtual time
     */
    void add(RecordedRow row, TrialResult shown, boolean recorded, double atSeconds) {
        evaluations++;
        seconds = atSeconds;
        compileMillis += row.compileMillis();
        double deviceMillis = row.endedInCompiler() ? 0 : row.measureMillis();
        gpuMillis += deviceMillis;
        if (!recorded) {
            surrogates++;
        }
        if (row.latencyNanos().isEmpty()) {
            failures++;
            failedGpuMillis += deviceMillis;
        } else if (shown.latencyNanos().getAsDouble() < fastestSeenNanos) {
            fastestSeenNanos = shown.latencyNanos().getAsDouble();
            incumbents.add(new Trajectory.Incumbent(spent(), row.latencyNanos().getAsDouble(), recorded));
        }
    }

    void addDuplicate() {
        duplicates++;
    }

    long evaluations() {
        return evaluations;
    }

    /** Whether the incumbent changed with what was added last. */
    boolean isNew() {
        return !incumbents.isEmpty()
                && incumbents.get(incumbents.size() - 1).at().evaluations() == evaluations;
    }

    /** The incumbent's recorded latency; infinite while there is none. */
    double incumbentNanos() {
        return incumbents.isEmpty()
                ? Double.POSITIVE_INFINITY
                : incumbents.get(incumbents.size() - 1).latencyNanos();
    }

    /** What the incumbent's measurement showed; infinite while there is none. */
    double shownNanos() {
        return fastestSeenNanos;
    }

    Trajectory trajectory(String ended) {
        return new Trajectory(incumbents, spent(), bestNanos, ended);
    }

    private Trajectory.Spent spent() {
        return new Trajectory.Spent(
                evaluations,
                seconds,
                gpuMillis / MILLIS_PER_SECOND,
                compileMillis / MILLIS_PER_SECOND,
                failures,
                failedGpuMillis / MILLIS_PER_SECOND,
                duplicates,
                surrogates);
    }
}
