package dev.perihelion.search.space;

import static dev.perihelion.search.space.ParameterName.element;
import static dev.perihelion.search.space.ParameterName.scalar;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConstraintTest {

    private final ProductAtMost tile = new ProductAtMost(
            List.of(element("block_sizes", 0), element("block_sizes", 1)), 4, 1 << 20, "elements of a tile");
    private final OnlyWhen multiplier = new OnlyWhen(
            scalar("num_sm_multiplier"), 1, scalar("pid_type"), Set.of("persistent_blocked", "persistent_interleaved"));

    @Test
    void productsAreAllowedUpToTheLimitItself() {
        assertThat(tile.violation(Configuration.fromJson("{\"block_sizes\":[512,512]}")))
                .isEmpty();
        assertThat(tile.violation(Configuration.fromJson("{\"block_sizes\":[1024,512]}")))
                .hasValue("`4 * block_sizes[0] * block_sizes[1]` makes 2097152 elements of a tile, more than 1048576.");
    }

    @Test
    void hugeProductsDoNotWrapAround() {
        Configuration huge = Configuration.fromJson("{\"block_sizes\":[4611686018427387904,4611686018427387904]}");

        assertThat(tile.violation(huge)).isPresent();
    }

    @Test
    void aMeaninglessParameterMustBeNeutral() {
        assertThat(multiplier.violation(pid("flat", 1))).isEmpty();
        assertThat(multiplier.violation(pid("persistent_blocked", 4))).isEmpty();
        assertThat(multiplier.violation(pid("flat", 4)))
                .hasValue("`num_sm_multiplier` must be 1, not 4, where `pid_type` is flat; "
                        + "other values need one of [persistent_blocked, persistent_interleaved].");
        assertThat(multiplier.remedy(pid("flat", 4))).containsEntry(scalar("num_sm_multiplier"), 1L);
    }

    @Test
    void noneMayBeNeutralAndMayBeTheCondition() {
        OnlyWhen rule =
                new OnlyWhen(scalar("maxnreg"), null, scalar("mode"), new HashSet<>(Arrays.asList(null, "slow")));

        assertThat(rule.violation(Configuration.fromJson("{\"maxnreg\":64,\"mode\":null}")))
                .isEmpty();
        assertThat(rule.violation(Configuration.fromJson("{\"maxnreg\":null,\"mode\":\"fast\"}")))
                .isEmpty();
        assertThat(rule.violation(Configuration.fromJson("{\"maxnreg\":64,\"mode\":\"fast\"}")))
                .isPresent();
    }

    @Test
    void wrongConstraintsCannotBeBuilt() {
        assertThatThrownBy(() -> new ProductAtMost(List.of(), 1, 1, "elements")).hasMessageContaining("elements");
        assertThatThrownBy(() -> new ProductAtMost(List.of(scalar("a")), 0, 1, "elements"))
                .hasMessageContaining("not 0");
        assertThatThrownBy(() -> new OnlyWhen(scalar("a"), 1, scalar("a"), Set.of(1)))
                .hasMessageContaining("`a`");
    }

    private static Configuration pid(String pidType, long multiplier) {
        return Configuration.fromJson("{\"pid_type\":\"" + pidType + "\",\"num_sm_multiplier\":" + multiplier + "}");
    }
}
