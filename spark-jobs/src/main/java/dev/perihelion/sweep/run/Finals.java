package dev.perihelion.sweep.run;

import dev.perihelion.search.trial.Outcome;
import dev.perihelion.sweep.Confirmation;
import dev.perihelion.sweep.Json;
import dev.perihelion.sweep.stage.RaceStage;
import dev.perihelion.sweep.store.TrialRow;
import dev.perihelion.sweep.truth.Contest;
import dev.perihelion.sweep.truth.Contestant;
import dev.perihelion.sweep.truth.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * The end of a measured task. The search's fastest programs race with the default; of those that nothing separates the simplest
 * wins; and the winner is timed against the default once more in a fresh process, with inputs that none of them has seen.
 */
final class Finals {

    /** Finalists, the default not counted. */
    private static final int MOST = 7;

    private static final double WITHIN = 1.10;

    // Uses of random numbers, each with a seed of its own.
    private static final int RACE_INPUTS = 1;
    private static final int ACCEPTANCE_INPUTS = 2;
    private static final int RESAMPLING = 3;
    static final int VERIFICATION = 4;

    private final Races races;
    private final TaskPlan plan;
    private final Consumer<String> messages;

    Finals(Races races, TaskPlan plan, Consumer<String> messages) {
        this.races = races;
        this.plan = plan;
        this.messages = messages;
    }

    /**
     * Races and accepts.
     *
     * @param rows of the search
     * @return empty where there was nothing to compare, or it could not be timed; the listener is told why
     */
    Optional<Confirmation> decide(Collection<TrialRow> rows) throws InterruptedException {
        Optional<TrialRow> standard =
                rows.stream().filter(row -> row.trial().number() == 0).findFirst();
        if (standard.isEmpty() || standard.get().result().latencyNanos().isEmpty()) {
            return Optional.empty();
        }
        List<Races.Built> built = races.build(finalists(rows, standard.get()));
        Races.Built standardBuilt = built.get(0);
        if (!standardBuilt.ok()) {
            return unconfirmed("the default could not be built again: " + standardBuilt.problem());
        }
        List<Confirmation.Finalist> story = new ArrayList<>();
        List<Races.Built> candidates = new ArrayList<>();
        for (Races.Built one : built.subList(1, built.size())) {
            if (one.ok()) {
                candidates.add(one);
            } else {
                story.add(new Confirmation.Finalist(one.row().id(), Double.NaN, 0, one.problem()));
            }
        }
        Optional<Races.Built> winner;
        try {
            winner = race(candidates, standardBuilt, story);
        } catch (CannotTime e) {
            return unconfirmed(e.getMessage());
        }
        List<Long> seeds = List.of(seed(ACCEPTANCE_INPUTS));
        List<Races.Built> last = winner.isPresent() ? List.of(winner.get(), standardBuilt) : List.of(standardBuilt);
        RaceStage.Report report = races.accept(last, standardBuilt, seeds);
        Optional<Verdict> verdict = verdict(report, seed(RESAMPLING));
        if (verdict.isEmpty()) {
            return unconfirmed(problem(report));
        }
        return Optional.of(Confirmation.of(
                verdict.get(),
                last.get(0).row().id(),
                seeds,
                story,
                timer(report, plan.task().policy().timer())));
    }

    /** Timing failed for a reason that is nobody's fault. */
    private static final class CannotTime extends Exception {

        private static final long serialVersionUID = 1L;

        CannotTime(String message) {
            super(message);
        }
    }

    /** The default, then the fastest distinct programs that are near to the best, fastest first. */
    static List<TrialRow> finalists(Collection<TrialRow> rows, TrialRow standard) {
        List<TrialRow> timed = rows.stream()
                .filter(row -> row.result().outcome() == Outcome.MEASURED)
                .filter(row ->
                        row.trial().number() != 0 && !standard.duplicateOf().equals(Optional.of(row.id())))
                .sorted(Comparator.comparingDouble(Finals::nanos))
                .toList();
        List<TrialRow> finalists = new ArrayList<>(List.of(standard));
        if (!timed.isEmpty()) {
            double best = Math.min(nanos(timed.get(0)), nanos(standard));
            double reach = Math.max(best * WITHIN, best + spread(timed.get(0)));
            timed.stream()
                    .filter(row -> nanos(row) <= reach || nanos(row) - spread(row) <= best + spread(timed.get(0)))
                    .limit(MOST)
                    .forEach(finalists::add);
        }
        return finalists;
    }

    /** Who is to be compared with the default; empty where nobody comes near to it. */
    private Optional<Races.Built> race(
            List<Races.Built> candidates, Races.Built standard, List<Confirmation.Finalist> story)
            throws InterruptedException, CannotTime {
        List<Races.Built> left = new ArrayList<>(candidates);
        while (!left.isEmpty()) {
            List<Races.Built> entrants = new ArrayList<>(left);
            entrants.add(standard);
            RaceStage.Report report =
                    races.race(entrants, standard, List.of(plan.task().seed(), seed(RACE_INPUTS)));
            if (report.ok()) {
                return winner(entrants, report, story);
            }
            if (report.outcome() == Outcome.INFRASTRUCTURE) {
                throw new CannotTime(problem(report));
            }
            // The incumbent failed with other inputs, so it is no answer; the next one takes its place.
            Races.Built fallen = left.remove(0);
            story.add(new Confirmation.Finalist(fallen.row().id(), Double.NaN, 0, problem(report)));
        }
        return Optional.empty();
    }

    private Optional<Races.Built> winner(
            List<Races.Built> entrants, RaceStage.Report report, List<Confirmation.Finalist> story) throws CannotTime {
        List<Contestant> contestants = new ArrayList<>();
        Contestant incumbent = null;
        Contestant atDefault = null;
        for (int i = 0; i < entrants.size(); i++) {
            RaceStage.Lane lane = report.lanes().get(i);
            Races.Built entrant = entrants.get(i);
            story.add(new Confirmation.Finalist(
                    entrant.row().id(),
                    lane.samplesNanos().length == 0 ? Double.NaN : median(lane.samplesNanos()),
                    lane.samplesNanos().length,
                    lane.reason()));
            if (lane.failure() == null) {
                Contestant contestant = contestant(entrant.row(), lane.samplesNanos());
                incumbent = i == 0 ? contestant : incumbent;
                if (entrant.row().trial().number() == 0) {
                    atDefault = contestant;
                } else {
                    contestants.add(contestant);
                }
            }
        }
        if (atDefault == null) {
            throw new CannotTime("the default failed with other inputs: "
                    + report.lanes().get(entrants.size() - 1).reason());
        }
        if (incumbent == null) {
            throw new CannotTime("the incumbent has no timings");
        }
        double[] control = report.lanes().get(entrants.size()).samplesNanos();
        Optional<Contest> contest = Contest.of(
                contestants, incumbent, control, plan.kernel().space().defaultConfiguration(), seed(RESAMPLING));
        return contest.flatMap(decided -> entrants.stream()
                .filter(entrant -> entrant.row().id().equals(decided.winner().name()))
                .findFirst());
    }

    private static Contestant contestant(TrialRow row, double[] samplesNanos) {
        return new Contestant(
                row.id(),
                row.configuration(),
                row.facts().map(facts -> facts.sharedBytes()).orElse(0),
                row.facts().map(facts -> facts.registers()).orElse(0),
                samplesNanos);
    }

    /** The verdict on the first lane against the second, or against its own copy where it is alone. */
    static Optional<Verdict> verdict(RaceStage.Report report, long seed) {
        boolean whole = report.ok()
                && report.lanes().stream().allMatch(lane -> lane.failure() == null && lane.samplesNanos().length > 0);
        if (!whole) {
            return Optional.empty();
        }
        double[] winner = report.lanes().get(0).samplesNanos();
        double[] control = report.lanes().get(report.lanes().size() - 1).samplesNanos();
        double[] standard =
                report.lanes().size() == 2 ? winner : report.lanes().get(1).samplesNanos();
        return Optional.of(Verdict.of(winner, control, standard, seed));
    }

    static String problem(RaceStage.Report report) {
        if (!report.ok()) {
            return report.outcome().id() + ": " + report.problem();
        }
        return report.lanes().stream()
                .filter(lane -> lane.failure() != null)
                .findFirst()
                .map(lane -> lane.name() + ": " + lane.failure().id() + ": " + lane.reason())
                .orElse("a lane has no timings");
    }

    /** What the worker really used, where it says so. */
    private static String timer(RaceStage.Report report, String asked) {
        return report.deviceJson().isEmpty()
                ? asked
                : Json.readObject(report.deviceJson())
                        .getOrDefault("timer", asked)
                        .toString();
    }

    private Optional<Confirmation> unconfirmed(String why) {
        messages.accept("The fastest configuration of " + plan.id()
                + " could not be compared with the default in the end (" + why + "); its search latency stands.");
        return Optional.empty();
    }

    private long seed(int use) {
        return seed(plan.task().seed(), use);
    }

    /** A seed for one use that follows from the task's. */
    static long seed(long taskSeed, int use) {
        return new SplittableRandom(31 * taskSeed + use).nextLong() >>> 16;
    }

    private static double nanos(TrialRow row) {
        return row.result().latencyNanos().orElseThrow();
    }

    private static double spread(TrialRow row) {
        return row.timing().map(TrialRow.Timing::spreadNanos).orElse(0.0);
    }

    private static double median(double[] samples) {
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
