package dev.perihelion.sweep.run;

import dev.perihelion.sweep.TaskSummary;
import dev.perihelion.sweep.results.TaskResult;
import dev.perihelion.sweep.stage.RaceStage;
import dev.perihelion.sweep.store.TrialRow;
import dev.perihelion.sweep.truth.Verdict;
import java.util.List;
import java.util.Optional;

/** Times the answer of a finished task again, against the default, as the task's own end did. */
final class Verifier {

    private final Races races;
    private final TaskPlan plan;

    Verifier(Races races, TaskPlan plan) {
        this.races = races;
        this.plan = plan;
    }

    /** The claim of a task that could not be timed, and why. */
    static Verified unverified(TaskResult result, TaskSummary.Best claim, String problem) {
        double unknown = Double.NaN;
        return new Verified(
                result.id(),
                claim.configuration(),
                claim.latencyNanos(),
                unknown,
                unknown,
                unknown,
                unknown,
                unknown,
                problem);
    }

    /** Times it. */
    Verified verify(TaskResult result, TaskSummary.Best claim) throws InterruptedException {
        TrialRow standard = row(result, 0).orElse(null);
        TrialRow answer = result.trials().stream()
                .filter(row -> row.id().equals(claim.trial()))
                .findFirst()
                .orElse(null);
        if (standard == null || answer == null) {
            return unverified(result, claim, "The store has lost the trial of the answer or of the default.");
        }
        boolean same = standard.id().equals(answer.id());
        List<Races.Built> built = races.build(same ? List.of(standard) : List.of(answer, standard));
        for (Races.Built one : built) {
            if (!one.ok()) {
                return unverified(
                        result, claim, "Trial " + one.row().id() + " could not be built again: " + one.problem());
            }
        }
        long seed = Finals.seed(plan.task().seed(), Finals.VERIFICATION);
        RaceStage.Report report = races.accept(built, built.get(built.size() - 1), List.of(seed));
        Optional<Verdict> verdict = Finals.verdict(report, seed);
        if (verdict.isEmpty()) {
            return unverified(result, claim, "It could not be timed: " + Finals.problem(report));
        }
        return new Verified(
                result.id(),
                claim.configuration(),
                claim.latencyNanos(),
                verdict.get().winnerNanos().median(),
                verdict.get().defaultNanos().median(),
                verdict.get().winnerNanos().low(),
                verdict.get().winnerNanos().high(),
                verdict.get().noiseFloor(),
                "");
    }

    private static Optional<TrialRow> row(TaskResult result, long number) {
        return result.trials().stream()
                .filter(row -> row.trial().number() == number)
                .findFirst();
    }
}
