package dev.perihelion.search.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perihelion.search.study.CostToTarget.Observation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CostToTargetTest {

    private static CostToTarget of(String costs) {
        List<Observation> observations = new ArrayList<>();
        for (String cost : costs.split(" ")) {
            observations.add(new Observation(Double.parseDouble(cost.replace("+", "")), !cost.endsWith("+")));
        }
        return CostToTarget.of(observations);
    }

    @Test
    void withoutCensoringItIsMedianAndMean() {
        CostToTarget cost = of("5 1 3 2 4");
        assertThat(cost.median()).hasValue(3);
        assertThat(cost.expected()).isEqualTo(3);
        assertThat(cost.censored()).isZero();
    }

    @Test
    void censoredRunsCountUntilTheyEnd() {
        // Surviving: 1 -> 3/4, then one leaves at 2; 3 -> 3/4 * 1/2.
        CostToTarget cost = of("1 2+ 3 4+");
        assertThat(cost.median()).hasValue(3);
        assertThat(cost.expected()).isEqualTo(10.0 / 2);
        assertThat(cost.censoredShare()).isEqualTo(0.5);

        // Censored at the moment of an event: at risk in it.
        assertThat(of("2 2+").median()).hasValue(2);
    }

    @Test
    void hasNoMedianWhereTooFewArrive() {
        CostToTarget few = of("10 100+ 100+ 100+");
        assertThat(few.median()).isEmpty();
        assertThat(few.expected()).isEqualTo(310);
        assertThat(few.isLowerBound()).isFalse();

        CostToTarget none = of("100+ 100+");
        assertThat(none.median()).isEmpty();
        assertThat(none.expected()).isEqualTo(200);
        assertThat(none.isLowerBound()).isTrue();
        assertThatThrownBy(() -> CostToTarget.of(List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
