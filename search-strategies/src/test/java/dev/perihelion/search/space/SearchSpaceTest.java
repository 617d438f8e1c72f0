package dev.perihelion.search.space;

import static dev.perihelion.search.space.ParameterName.element;
import static dev.perihelion.search.space.ParameterName.scalar;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SearchSpaceTest {

    private final SearchSpace space = Spaces.everyKind();
    private final Configuration defaults = space.defaultConfiguration();

    @Test
    void theDefaultHasEveryKeyWithListsInOrder() {
        assertThat(defaults.toJson())
                .isEqualTo("{\"block_sizes\":[32,32,16],\"flatten_loops\":[false],\"loop_orders\":[[0,1,2]],"
                        + "\"maxnreg\":null,\"num_sm_multiplier\":1,\"num_stages\":1,\"num_warps\":4,"
                        + "\"pid_type\":\"flat\",\"range_flattens\":[null,null]}");
    }

    @Test
    void theFirstReasonIsGiven() {
        assertThat(space.violation(Configuration.of(Map.of()))).hasValue("`block_sizes[0]` is missing.");
        assertThat(reason(defaults.with(scalar("warps"), 4))).isEqualTo("`warps` is not a key of this search space.");
        assertThat(reason(defaults.with(element("block_sizes", 3), 4)))
                .isEqualTo("`block_sizes` has 4 values where 3 belong.");
        assertThat(reason(defaults.with(scalar("num_warps"), 3)))
                .isEqualTo("`num_warps` cannot be 3: it is of kind power_of_two {low=1, high=32}.");
        assertThat(reason(defaults.with(scalar("block_sizes"), 3))).isEqualTo("`block_sizes[0]` is missing.");
        assertThat(reason(defaults.with(scalar("maxnreg"), 64))).startsWith("`maxnreg` must be null");
        assertThat(space.contains(defaults)).isTrue();
    }

    @Test
    void wrongSpacesCannotBeBuilt() {
        Parameter warps = new PowerOfTwoParameter(scalar("num_warps"), 1, 32, 4);
        Parameter second = new BooleanParameter(element("flags", 1), false);

        assertThatThrownBy(() -> new SearchSpace(List.of(warps, warps), List.of()))
                .hasMessageContaining("two parameters `num_warps`");
        assertThatThrownBy(() -> new SearchSpace(List.of(second), List.of())).hasMessageContaining("position 0");
        assertThatThrownBy(() -> new SearchSpace(
                        List.of(warps, new BooleanParameter(element("num_warps", 0), false)), List.of()))
                .hasMessageContaining("both one value and a list");
        assertThatThrownBy(() -> new SearchSpace(
                        List.of(warps), List.of(new ProductAtMost(List.of(scalar("gone")), 1, 1, "elements"))))
                .hasMessageContaining("`gone`");
        assertThatThrownBy(() -> new SearchSpace(
                        List.of(warps), List.of(new ProductAtMost(List.of(scalar("num_warps")), 1, 2, "warps"))))
                .hasMessageContaining("default configuration is not legal")
                .hasMessageContaining("4 warps");
    }

    @Test
    void enumerationGivesTheLegalConfigurationsOnceAndInOrder() {
        SearchSpace small = Spaces.small();
        List<Configuration> all = small.enumerate().toList();

        assertThat(small.isEnumerable(60)).isTrue();
        assertThat(small.isEnumerable(59)).isFalse();
        assertThat(all).doesNotHaveDuplicates().allMatch(small::contains).hasSize(42);
        assertThat(all.get(0).toJson())
                .isEqualTo("{\"block_sizes\":[1],\"flatten\":false,\"num_warps\":1,\"unroll\":null}");
        assertThat(all.get(1).toJson())
                .isEqualTo("{\"block_sizes\":[1],\"flatten\":true,\"num_warps\":1,\"unroll\":null}");
        assertThat(all.get(2).toJson())
                .isEqualTo("{\"block_sizes\":[1],\"flatten\":true,\"num_warps\":1,\"unroll\":2}");
        assertThat(small.sizeLog10()).isCloseTo(Math.log10(60), within(1e-12));
    }

    @Test
    void conditionsStayEquallyLikelyInRandomDraws() {
        SplittableRandom random = new SplittableRandom(5);
        long flat = Stream.generate(() -> space.random(random))
                .limit(2000)
                .filter(draw -> "flat".equals(draw.get(scalar("pid_type"))))
                .count();

        assertThat(flat).isBetween(400L, 600L);
    }

    @Test
    void randomEndsEvenWhereOnlyTheDefaultIsLegal() {
        Constraint onlyDefault = new Constraint() {
            @Override
            public List<ParameterName> parameters() {
                return Spaces.everyKindParameters().stream()
                        .map(Parameter::name)
                        .toList();
            }

            @Override
            public Optional<String> violation(Configuration configuration) {
                return configuration.equals(defaults) ? Optional.empty() : Optional.of("Only the default is legal.");
            }

            @Override
            public Map<ParameterName, Object> remedy(Configuration configuration) {
                return Map.of();
            }
        };
        SearchSpace narrow = new SearchSpace(Spaces.everyKindParameters(), List.of(onlyDefault));

        assertThat(narrow.random(new SplittableRandom(1))).isEqualTo(defaults);
        assertThat(narrow.neighbours(defaults)).isEmpty();
    }

    @Test
    void repairChangesAsLittleAsIsNeeded() {
        Configuration meaningless =
                defaults.with(scalar("num_sm_multiplier"), 8).with(scalar("num_warps"), 16);
        Configuration tooLarge = defaults.with(element("block_sizes", 0), 1024).with(element("block_sizes", 1), 1024);

        assertThat(space.repair(defaults)).isEqualTo(defaults);
        assertThat(space.repair(meaningless)).isEqualTo(defaults.with(scalar("num_warps"), 16));
        assertThat(space.repair(tooLarge).values()).containsEntry("block_sizes", List.of(128L, 256L, 16L));
        assertThatThrownBy(() -> space.repair(defaults.with(scalar("num_warps"), 3)))
                .hasMessageContaining("`num_warps` cannot be 3");
    }

    @Test
    void repairMakesMeaninglessParametersNeutralRatherThanDefault() {
        Parameter pid = new EnumParameter(scalar("pid_type"), List.of("flat", "persistent"), "persistent");
        Parameter multiplier = new PowerOfTwoParameter(scalar("multiplier"), 1, 8, 4);
        SearchSpace persistent = new SearchSpace(
                List.of(pid, multiplier),
                List.of(new OnlyWhen(multiplier.name(), 1, pid.name(), Set.of("persistent"))));

        Configuration repaired =
                persistent.repair(persistent.defaultConfiguration().with(pid.name(), "flat"));

        assertThat(repaired.toJson()).isEqualTo("{\"multiplier\":1,\"pid_type\":\"flat\"}");
    }

    @Test
    void neighboursAreOneStepAwayAndFollowTheParameters() {
        List<Configuration> neighbours =
                Spaces.small().neighbours(Spaces.small().defaultConfiguration());

        assertThat(neighbours)
                .extracting(Configuration::toJson)
                .containsExactly(
                        "{\"block_sizes\":[2],\"flatten\":false,\"num_warps\":1,\"unroll\":null}",
                        "{\"block_sizes\":[8],\"flatten\":false,\"num_warps\":1,\"unroll\":null}",
                        "{\"block_sizes\":[4],\"flatten\":false,\"num_warps\":2,\"unroll\":null}",
                        "{\"block_sizes\":[4],\"flatten\":true,\"num_warps\":1,\"unroll\":null}");
        assertThatThrownBy(() -> space.neighbours(defaults.with(scalar("maxnreg"), 64)))
                .hasMessageContaining("`maxnreg`");
    }

    @Test
    void descriptionHasTheRowsOfTheCommandLine() {
        List<Map<String, Object>> rows = space.describe();

        assertThat(rows).hasSize(12);
        assertThat(rows.get(1))
                .isEqualTo(Map.of(
                        "key",
                        "block_sizes",
                        "index",
                        1L,
                        "kind",
                        "power_of_two",
                        "low",
                        1L,
                        "high",
                        1024L,
                        "default",
                        32L));
        assertThat(rows.get(3))
                .containsEntry("kind", "permutation")
                .containsEntry("size", 3L)
                .containsEntry("default", List.of(0L, 1L, 2L));
        assertThat(rows.get(11))
                .doesNotContainKey("index")
                .containsEntry("kind", "enum")
                .containsEntry("choices", Arrays.asList(null, 32L, 64L, 128L, 256L))
                .containsEntry("default", null);
    }

    @Test
    void spacesAreValues() {
        assertThat(space).isEqualTo(Spaces.everyKind()).hasSameHashCodeAs(Spaces.everyKind());
        assertThat(space).isNotEqualTo(new SearchSpace(Spaces.everyKindParameters(), List.of()));
    }

    private String reason(Configuration configuration) {
        return space.violation(configuration).orElseThrow();
    }
}
