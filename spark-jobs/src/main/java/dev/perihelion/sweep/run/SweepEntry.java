package dev.perihelion.sweep.run;

import dev.perihelion.sweep.TaskSummary;
import java.util.Set;

/** One task on its way through a sweep. Only the loop's thread touches it. */
final class SweepEntry {

    /** Strategies that go through a given set, where a lack of gains says nothing. */
    private static final Set<String> COMPLETE = Set.of("exhaustive", "listed");

    /** A turn is at least this much of the machine's time, so that inputs and references are not made for a few trials. */
    private static final double TURN_SECONDS = 2;

    private static final long TURN_TRIALS = 8;

    /** Where it is. */
    enum Phase {
        WAITING,
        BEGINNING,
        SEARCHING,
        ENDING,
        ENDED
    }

    final TaskRunner task;
    final TurnClock.Watch watch;
    final Payoff payoff = new Payoff();
    Phase phase = Phase.WAITING;
    boolean hasTurn;
    long readySinceNanos;
    long endingSinceNanos;
    TaskSummary summary;
    private double turnStartSeconds;
    private long turnStartTold;

    SweepEntry(TaskRunner task, TurnClock.Watch watch) {
        this.task = task;
        this.watch = watch;
    }

    boolean measured() {
        return task.plan().measured();
    }

    boolean isSearching() {
        return phase == Phase.SEARCHING;
    }

    /** Whether its search could go on if it had a turn. */
    boolean isPaused() {
        return isSearching() && !hasTurn;
    }

    /** The trials under way. */
    TrialPipeline pipeline() {
        return task.search().pipeline();
    }

    /** Trials told, those of earlier runs included; 0 where it has not begun. */
    long told() {
        return hasBegun() ? task.search().told() : 0;
    }

    /** Trials told in this run. */
    long toldNow() {
        return hasBegun() ? task.search().told() - task.search().statistics().replayedTrials() : 0;
    }

    private boolean hasBegun() {
        return phase != Phase.WAITING && phase != Phase.BEGINNING && task.search() != null;
    }

    void turnStarts(long nowNanos) {
        hasTurn = true;
        watch.start(nowNanos);
        turnStartSeconds = watch.seconds();
        turnStartTold = told();
    }

    void turnEnds(long nowNanos) {
        hasTurn = false;
        watch.stop(nowNanos);
    }

    /** Whether its turn was long enough that another may have one. */
    boolean turnIsUsed() {
        return watch.seconds() - turnStartSeconds >= TURN_SECONDS && told() - turnStartTold >= TURN_TRIALS;
    }

    /** Looks at what its search brings. */
    void look() {
        payoff.look(told(), task.search().tally().bestNanos(), watch.seconds());
    }

    /**
     * How much a second of the machine is worth here: the expected gain, doubled for each step of priority. One that has not
     * begun is worth the most.
     */
    double claim() {
        if (phase == Phase.WAITING) {
            return Double.POSITIVE_INFINITY;
        }
        int priority = Math.max(-30, Math.min(30, task.plan().task().priority()));
        return payoff.perSecond(watch.seconds()) * Math.pow(2, priority);
    }

    /** Whether its search brings nothing any more. */
    boolean hasConverged() {
        return !COMPLETE.contains(task.plan().task().strategy()) && payoff.hasConverged(told());
    }
}
