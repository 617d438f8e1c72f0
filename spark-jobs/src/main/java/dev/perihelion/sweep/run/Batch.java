package dev.perihelion.sweep.run;

import dev.perihelion.search.space.Configuration;
import java.time.Instant;
import java.util.List;

/** Trials that are compiled and measured together, in the order of their numbers. */
record Batch(List<Asked> trials, Instant askedAt) {

    /** A trial that was asked for. */
    record Asked(long number, Configuration configuration, String origin) {}

    List<Configuration> configurations() {
        return trials.stream().map(Asked::configuration).toList();
    }
}
