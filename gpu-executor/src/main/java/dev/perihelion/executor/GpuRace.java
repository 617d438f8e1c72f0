package dev.perihelion.executor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.perihelion.search.trial.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One race on a GPU: run again without an entrant that spoilt the worker, until those that are left have run. */
final class GpuRace {

    private final WorkerProcess worker;
    private final Duration prepareLimit;
    private final RaceJob job;
    private final RaceOutcome.Lane[] out;
    // The entrant that the worker checks now, by its place among those of the request; -1 while all run in turns.
    private int checking = -1;

    GpuRace(WorkerProcess worker, Duration prepareLimit, RaceJob job) {
        for (RaceJob.Entrant entrant : job.entrants()) {
            if (entrant.artefact().isEmpty()) {
                throw new IllegalArgumentException("Entrant `" + entrant.name() + "` of race `" + job.id()
                        + "` has no artefact, which a GPU worker needs.");
            }
        }
        this.worker = worker;
        this.prepareLimit = prepareLimit;
        this.job = job;
        this.out = new RaceOutcome.Lane[job.entrants().size()];
    }

    RaceOutcome run() throws WorkerFailure, InterruptedException {
        while (true) {
            List<Integer> in = new ArrayList<>();
            for (int i = 0; i < out.length; i++) {
                if (out[i] == null) {
                    in.add(i);
                }
            }
            Frame answer;
            try {
                answer = worker.exchange(Requests.race(job, in), prepareLimit, this::limit);
            } catch (WorkerFailure e) {
                if (checking < 1 || !excuse(e.kind())) {
                    throw e;
                }
                putOut(in.get(checking), Answers.runOutcome(e), e.reason());
                continue;
            }
            int culprit = answer.header().path("entrant").asInt(0);
            if (culprit < 1) {
                return merged(Answers.raced(answer));
            }
            putOut(in.get(culprit), Answers.outcome(answer.header()), Answers.reason(answer.header()));
        }
    }

    private static boolean excuse(WorkerFailure.Kind kind) {
        return kind == WorkerFailure.Kind.TIMEOUT || kind == WorkerFailure.Kind.DIED;
    }

    // The worker tells of every check and every few rounds, from which the limit counts anew.
    private Duration limit(ObjectNode phase) {
        checking = phase.path("entrant").asInt(-1);
        return Duration.ofMillis(job.policy().runTimeoutMillis());
    }

    private void putOut(int entrant, Outcome outcome, String reason) {
        checking = -1;
        String name = job.entrants().get(entrant).name();
        out[entrant] = new RaceOutcome.Lane(name, false, new double[0], 0, Optional.of(outcome), reason);
    }

    private RaceOutcome merged(RaceOutcome outcome) {
        if (!(outcome instanceof RaceOutcome.Raced raced)) {
            return outcome;
        }
        List<RaceOutcome.Lane> lanes = new ArrayList<>(raced.lanes());
        for (int i = 0; i < out.length; i++) {
            if (out[i] != null) {
                lanes.add(i, out[i]);
            }
        }
        return new RaceOutcome.Raced(lanes, raced.deviceJson(), raced.busyMillis(), raced.workerMillis());
    }
}
