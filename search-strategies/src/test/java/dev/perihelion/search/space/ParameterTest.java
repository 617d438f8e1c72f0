package dev.perihelion.search.space;

import static dev.perihelion.search.space.ParameterName.scalar;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ParameterTest {

    private static final ParameterName NAME = scalar("p");

    static Stream<Parameter> parameters() {
        return Stream.of(
                new PowerOfTwoParameter(NAME, 2, 64, 8),
                new IntegerParameter(NAME, -2, 3, 0),
                new EnumParameter(NAME, Arrays.asList("a", null, 3, List.of(1, 2)), null),
                new BooleanParameter(NAME, true),
                new PermutationParameter(NAME, 4));
    }

    @ParameterizedTest
    @MethodSource("parameters")
    void valuesAreDifferentAndContained(Parameter parameter) {
        List<Object> values = valuesOf(parameter);

        assertThat(new HashSet<>(values)).hasSize((int) parameter.cardinality());
        assertThat(values).allMatch(parameter::contains).contains(parameter.defaultValue());
    }

    @ParameterizedTest
    @MethodSource("parameters")
    void drawsReachEveryValueAndNoOther(Parameter parameter) {
        SplittableRandom random = new SplittableRandom(3);
        Set<Object> drawn = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            drawn.add(parameter.random(random));
        }

        assertThat(drawn).isEqualTo(new HashSet<>(valuesOf(parameter)));
    }

    @ParameterizedTest
    @MethodSource("parameters")
    void neighboursAreOtherValuesAndSymmetric(Parameter parameter) {
        for (Object value : valuesOf(parameter)) {
            List<Object> neighbours = parameter.neighbours(value);
            assertThat(neighbours)
                    .doesNotHaveDuplicates()
                    .doesNotContain(value)
                    .allMatch(parameter::contains)
                    .allMatch(neighbour -> parameter.neighbours(neighbour).contains(value));
        }
    }

    @ParameterizedTest
    @MethodSource("parameters")
    void encodingTellsValuesApartAndStaysInItsPlace(Parameter parameter) {
        Set<List<Double>> codes = new HashSet<>();
        for (Object value : valuesOf(parameter)) {
            double[] target = new double[parameter.encodedWidth() + 2];
            Arrays.fill(target, -7);
            parameter.encode(value, target, 1);
            assertThat(target[0]).isEqualTo(-7);
            assertThat(target[target.length - 1]).isEqualTo(-7);
            codes.add(Arrays.stream(target).boxed().toList());
        }

        assertThat(codes).hasSize((int) parameter.cardinality());
    }

    @ParameterizedTest
    @MethodSource("parameters")
    void foreignValuesAreRefusedWithTheNameInTheMessage(Parameter parameter) {
        assertThat(parameter.contains("foreign")).isFalse();
        assertThatThrownBy(() -> parameter.neighbours("foreign"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("`p`");
        assertThatThrownBy(() -> parameter.valueAt((long) parameter.cardinality()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> parameter.valueAt(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void stepsFollowTheKind() {
        assertThat(new PowerOfTwoParameter(NAME, 2, 64, 8).neighbours(8L)).containsExactly(4L, 16L);
        assertThat(new PowerOfTwoParameter(NAME, 2, 64, 8).neighbours(64L)).containsExactly(32L);
        assertThat(new IntegerParameter(NAME, -2, 3, 0).neighbours(-2L)).containsExactly(-1L);
        assertThat(new EnumParameter(NAME, Arrays.asList("a", null, "b"), "a").neighbours(null))
                .containsExactly("a", "b");
        assertThat(new BooleanParameter(NAME, true).neighbours(true)).containsExactly(false);
        assertThat(new PermutationParameter(NAME, 3).neighbours(List.of(2L, 0L, 1L)))
                .containsExactly(List.of(0L, 2L, 1L), List.of(1L, 0L, 2L), List.of(2L, 1L, 0L));
    }

    @Test
    void encodingFollowsTheKind() {
        assertThat(encoded(new PowerOfTwoParameter(NAME, 2, 64, 8), 32L)).containsExactly(5);
        assertThat(encoded(new IntegerParameter(NAME, -2, 3, 0), -2L)).containsExactly(-2);
        assertThat(encoded(new EnumParameter(NAME, Arrays.asList("a", null, "b"), "a"), null))
                .containsExactly(0, 1, 0);
        assertThat(encoded(new BooleanParameter(NAME, false), true)).containsExactly(1);
        assertThat(encoded(new PermutationParameter(NAME, 3), List.of(2L, 0L, 1L)))
                .containsExactly(1, 2, 0);
    }

    @Test
    void permutationsComeInLexicographicOrder() {
        PermutationParameter parameter = new PermutationParameter(NAME, 3);

        assertThat(parameter.defaultValue()).isEqualTo(List.of(0L, 1L, 2L));
        assertThat(parameter.valueAt(3)).isEqualTo(List.of(1L, 2L, 0L));
        assertThat(parameter.contains(List.of(0L, 0L, 2L))).isFalse();
        assertThat(new PermutationParameter(NAME, 20).cardinality()).isEqualTo(2432902008176640000.0);
    }

    @Test
    void choicesAreBroughtToCanonicalForm() {
        EnumParameter parameter = new EnumParameter(NAME, Arrays.asList(null, 2), 2);

        assertThat(parameter.choices()).containsExactly(null, 2L);
        assertThat(parameter.defaultValue()).isEqualTo(2L);
        assertThat(parameter.domain()).isEqualTo(Map.of("choices", Arrays.asList(null, 2L)));
    }

    @Test
    void wrongParametersCannotBeBuilt() {
        assertRefused(() -> new PowerOfTwoParameter(NAME, 3, 64, 8), "not 3");
        assertRefused(() -> new PowerOfTwoParameter(NAME, 0, 64, 8), "not 0");
        assertRefused(() -> new PowerOfTwoParameter(NAME, 64, 2, 8), "64 is above 2");
        assertRefused(() -> new PowerOfTwoParameter(NAME, 2, 4, 8), "default of `p` is 8");
        assertRefused(() -> new IntegerParameter(NAME, 0, 3, 4), "default of `p` is 4");
        assertRefused(() -> new IntegerParameter(NAME, 0, Long.MAX_VALUE, 4), "2^53");
        assertRefused(() -> new EnumParameter(NAME, List.of(), "a"), "not among []");
        assertRefused(() -> new EnumParameter(NAME, List.of("a", "a"), "a"), "twice");
        assertRefused(() -> new EnumParameter(NAME, List.of("a"), null), "null");
        assertRefused(() -> new PermutationParameter(NAME, 0), "not 0");
        assertRefused(() -> new PermutationParameter(NAME, 21), "not 21");
    }

    private static void assertRefused(Runnable construction, String part) {
        assertThatThrownBy(construction::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(part);
    }

    private static double[] encoded(Parameter parameter, Object value) {
        double[] target = new double[parameter.encodedWidth()];
        parameter.encode(value, target, 0);
        return target;
    }

    private static List<Object> valuesOf(Parameter parameter) {
        return LongStream.range(0, (long) parameter.cardinality())
                .mapToObj(parameter::valueAt)
                .toList();
    }

    @Test
    void aNarrowedParameterHoldsAnyValueAndMovesAmongThoseThatDiffer() {
        ParameterName name = ParameterName.scalar("num_stages");
        Parameter narrowed = new NarrowedParameter(
                new IntegerParameter(name, 1, 8, 2), new IntegerParameter(name, 1, 2, 2), "More make no difference.");

        assertThat(narrowed.contains(7L)).isTrue();
        assertThat(narrowed.contains(9L)).isFalse();
        assertThat(narrowed.neighbours(2L)).containsExactly(1L);
        assertThat(narrowed.neighbours(7L)).containsExactly(2L);
        assertThat(narrowed.random(new SplittableRandom(1))).isIn(1L, 2L);
        assertThat(narrowed.cardinality()).isEqualTo(2);
        assertThat(narrowed.domain()).containsEntry("high", 8L).containsEntry("because", "More make no difference.");
    }
}
