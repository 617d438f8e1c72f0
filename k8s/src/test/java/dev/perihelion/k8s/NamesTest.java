package dev.perihelion.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class NamesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "norms",
                "Nightly norms!",
                "--",
                "ünïcode",
                "a.b_c",
                "an extraordinarily long name of a sweep over very many kernels, shapes and devices"
            })
    void everyNameFitsEveryKind(String sweep) {
        Names names = Names.of(sweep);

        assertThat(names.base()).hasSizeLessThanOrEqualTo(47);
        for (String name :
                new String[] {names.base(), names.driver(), names.specification(), names.configuration(), names.store()
                }) {
            assertThat(name).matches("[a-z]([-a-z0-9]{0,61}[a-z0-9])?");
        }
    }

    @Test
    void longNamesThatDifferOnlyAtTheEndStayApart() {
        String stem = "x".repeat(80);

        assertThat(Names.of(stem + "1")).isNotEqualTo(Names.of(stem + "2"));
    }
}
