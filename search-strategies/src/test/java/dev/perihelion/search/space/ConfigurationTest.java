package dev.perihelion.search.space;

import static dev.perihelion.search.space.ParameterName.element;
import static dev.perihelion.search.space.ParameterName.scalar;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigurationTest {

    @Test
    void equalContentIsEqualWhateverTheOrderAndTheJavaTypes() {
        Configuration one = Configuration.fromJson("{\"num_warps\": 4, \"block_sizes\": [64, 32]}");
        Configuration other = Configuration.of(Map.of("block_sizes", List.of(64, 32L), "num_warps", 4L));

        assertThat(one).isEqualTo(other).hasSameHashCodeAs(other);
        assertThat(one.toJson()).isEqualTo("{\"block_sizes\":[64,32],\"num_warps\":4}");
        assertThat(one.hash()).isEqualTo(other.hash()).hasSize(16);
    }

    @Test
    void noneIsAValueAndNotAnAbsence() {
        Configuration configuration = Configuration.fromJson("{\"maxnreg\": null, \"range_flattens\": [null, true]}");

        assertThat(configuration.has(scalar("maxnreg"))).isTrue();
        assertThat(configuration.get(scalar("maxnreg"))).isNull();
        assertThat(configuration.get(element("range_flattens", 0))).isNull();
        assertThat(configuration.has(element("range_flattens", 2))).isFalse();
        assertThat(configuration.has(scalar("num_warps"))).isFalse();
        assertThat(configuration.values()).containsEntry("range_flattens", Arrays.asList(null, true));
    }

    @Test
    void changesMakeCopies() {
        Configuration before = Configuration.fromJson("{\"block_sizes\":[64,32]}");

        Configuration after = before.with(element("block_sizes", 1), 16).with(scalar("num_warps"), 8);

        assertThat(before.toJson()).isEqualTo("{\"block_sizes\":[64,32]}");
        assertThat(after.toJson()).isEqualTo("{\"block_sizes\":[64,16],\"num_warps\":8}");
    }

    @Test
    void whatIsNotThereIsNamed() {
        Configuration configuration = Configuration.fromJson("{\"pid_type\":\"flat\"}");

        assertThatThrownBy(() -> configuration.get(element("block_sizes", 0))).hasMessageContaining("`block_sizes[0]`");
        assertThatThrownBy(() -> configuration.getLong(scalar("pid_type"))).hasMessageContaining("flat");
        assertThatThrownBy(() -> Configuration.fromJson("[1]")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Configuration.of(Map.of("a", new Object())))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
