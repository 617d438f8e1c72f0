package dev.perihelion.search.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CreditTest {

    private final Credit credit = new Credit(List.of("a", "b", "c"));

    @Test
    void sharesEvenlyWhileNothingIsKnown() {
        assertThat(shares(9)).containsOnly(Map.entry("a", 3), Map.entry("b", 3), Map.entry("c", 3));
    }

    @Test
    void anArmThatSucceedsGetsMoreAndTheOthersSomething() {
        IntStream.range(0, 10).forEach(i -> {
            credit.add("a", i % 2 == 0);
            credit.add("b", false);
            credit.add("c", false);
        });

        assertThat(shares(10).get("a"))
                .isGreaterThan(shares(10).get("b") + shares(10).get("c"));
        assertThat(shares(400)).allSatisfy((arm, share) -> assertThat(share).isPositive());
    }

    @Test
    void lateSuccessesWeighMoreThanEarlyOnes() {
        IntStream.range(0, 16).forEach(i -> {
            credit.add("a", i < 4);
            credit.add("b", i >= 12);
            credit.add("c", false);
        });

        assertThat(shares(1)).containsEntry("b", 1);
    }

    @Test
    void forgetsWhatIsLongAgo() {
        IntStream.range(0, 10).forEach(i -> credit.add("a", true));
        IntStream.range(0, 60).forEach(i -> credit.add(List.of("a", "b", "c").get(i % 3), false));

        assertThat(shares(10)).allSatisfy((arm, share) -> assertThat(share).isBetween(3, 4));
    }

    private Map<String, Integer> shares(int count) {
        return credit.shares(count, new SplittableRandom(1));
    }
}
