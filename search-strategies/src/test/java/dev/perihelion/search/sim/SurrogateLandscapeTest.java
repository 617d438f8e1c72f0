package dev.perihelion.search.sim;

import static dev.perihelion.search.sim.Tables.failure;
import static dev.perihelion.search.sim.Tables.line;
import static dev.perihelion.search.sim.Tables.point;
import static dev.perihelion.search.sim.Tables.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perihelion.search.strategy.Strategies;
import dev.perihelion.search.trial.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SurrogateLandscapeTest {

    /** Every second point of a slope of 100; from 80 on all fail. */
    private static RecordedTable half() {
        List<RecordedRow> rows = new ArrayList<>();
        for (int x = 0; x < 100; x += 2) {
            rows.add(x < 80 ? row(x, 200 - x, 10 + x, 5) : failure(x, Outcome.OUT_OF_RESOURCES, 40, 0));
        }
        return new RecordedTable("half", "line", "test", line(100), rows, false);
    }

    @Test
    void gapsLieBetweenTheirNeighbours() {
        SurrogateLandscape surrogate = SurrogateLandscape.of(half());

        assertThat(surrogate.name()).isEqualTo("half (surrogate)");
        assertThat(surrogate.at(point(40)).latencyNanos()).hasValue(160e3);
        assertThat(surrogate.isRecorded(point(40))).isTrue();
        RecordedRow guess = surrogate.at(point(41));
        assertThat(surrogate.isRecorded(point(41))).isFalse();
        assertThat(guess.latencyNanos().getAsDouble()).isBetween(152e3, 167e3);
        assertThat(guess.compileMillis()).isBetween(40.0, 62.0);
        assertThat(guess.measureMillis()).isBetween(4.9, 5.1);
        assertThat(surrogate.at(point(91)).outcome()).isEqualTo(Outcome.OUT_OF_RESOURCES);
        assertThat(surrogate.at(point(41))).isSameAs(guess);
        assertThatThrownBy(() -> surrogate.at(point(100))).hasMessageContaining("no answer");
    }

    @Test
    void runsCountWhatWasGuessed() {
        SurrogateLandscape surrogate = SurrogateLandscape.of(half());
        Trajectory trajectory = new Simulator(
                        surrogate,
                        SimulatedMachine.of(1, 2),
                        new Limits(60, Double.POSITIVE_INFINITY, false),
                        Noise.BOOTSTRAP)
                .run(Strategies.create("random", surrogate.space(), 1), 1);

        assertThat(trajectory.spent().surrogates()).isBetween(15L, 45L);
        assertThat(trajectory.incumbents()).anyMatch(incumbent -> !incumbent.recorded());
        assertThatThrownBy(() -> half().at(point(41))).hasMessageContaining("put a surrogate around");
    }
}
