package dev.perihelion.sweep.run;

import dev.perihelion.search.trial.Outcome;
import dev.perihelion.sweep.stage.MeasureStage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** At small shapes many configurations are the same program, which is checked once for all of them. */
final class SmallChecks {

    private final Map<String, MeasureStage.Report> known = new HashMap<>();
    private final Map<String, List<Flight>> waiting = new HashMap<>();

    /** What came of the small program of this trial, if that is known; with the trial's number. */
    Optional<MeasureStage.Report> known(Flight flight) {
        return Optional.ofNullable(known.get(sha256(flight))).map(report -> report.sharedWith(flight.number()));
    }

    /** Whether this trial is the one to be checked; else it waits for another's check. */
    boolean isFirst(Flight flight) {
        List<Flight> others = waiting.get(sha256(flight));
        if (others == null) {
            waiting.put(sha256(flight), new ArrayList<>());
            return true;
        }
        others.add(flight);
        return false;
    }

    /** A check has ended; those that waited for it go on, each with the report or, where our machinery lost it, without. */
    List<Flight> ended(Flight flight, MeasureStage.Report report) {
        if (report.outcome() != Outcome.INFRASTRUCTURE) {
            known.put(sha256(flight), report);
        }
        return waiting.remove(sha256(flight));
    }

    private static String sha256(Flight flight) {
        return flight.built().module().smallSha256();
    }
}
