package dev.perihelion.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.sweep.run.Verified;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class VerificationTest {

    private static final Configuration CONFIGURATION = Configuration.fromJson("{\"num_warps\":8}");

    private static Verified timed(String task, double now, double noise) {
        return new Verified(task, CONFIGURATION, 10_000, now, 15_000, now - 50, now + 50, noise, "");
    }

    private static Verified untimed() {
        double unknown = Double.NaN;
        return new Verified(
                "gone", CONFIGURATION, 10_000, unknown, unknown, unknown, unknown, unknown, "There is no GPU here.");
    }

    private static String printed(Verification verification) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        verification.print(out);
        out.flush();
        return text.toString();
    }

    @Test
    void aClaimHoldsWithinTwoPercentOrTheNoise() {
        assertThat(Verification.holds(timed("a", 10_190, 0.001))).isTrue();
        assertThat(Verification.holds(timed("a", 10_210, 0.001))).isFalse();
        assertThat(Verification.holds(timed("a", 10_390, 0.04))).isTrue();
        assertThat(Verification.holds(timed("a", 10_410, 0.04))).isFalse();
        // Faster than claimed is another number than claimed.
        assertThat(Verification.holds(timed("a", 9_700, 0.001))).isFalse();
    }

    @Test
    void whatWasNotTimedDoesNotHold() {
        assertThat(Verification.holds(untimed())).isFalse();
        assertThat(new Verification("s", List.of(timed("a", 10_000, 0), untimed())).holds())
                .isFalse();
        assertThat(new Verification("s", List.of()).holds()).isFalse();
        assertThat(new Verification("s", List.of(timed("a", 10_000, 0))).holds())
                .isTrue();
    }

    @Test
    void theTableSaysWhatMovedAndWhatCouldNotBeTimed() {
        String text = printed(
                new Verification("s", List.of(timed("a", 10_100, 0.004), timed("b", 11_000, 0.004), untimed())));
        assertThat(text)
                .containsPattern(
                        "a +10\\.00 us +10\\.10 us +\\+1\\.0 % +10\\.05 us to 10\\.15 us +0\\.4 % +15\\.00 us +holds")
                .containsPattern("b .*\\+10\\.0 % .*DOES NOT HOLD")
                .containsPattern("gone .*not timed")
                .contains("gone: There is no GPU here.");
        assertThat(printed(new Verification("s", List.of()))).contains("nothing to verify");
    }

    @Test
    void theDocumentHasNullsForWhatIsNotKnown() throws Exception {
        JsonNode document = new ObjectMapper()
                .readTree(new Verification("s", List.of(timed("a", 10_100, 0.004), untimed())).toJson());
        assertThat(document.get("holds").asBoolean()).isFalse();
        JsonNode first = document.get("tasks").get(0);
        assertThat(first.get("difference").asDouble()).isBetween(0.0099, 0.0101);
        assertThat(first.get("holds").asBoolean()).isTrue();
        assertThat(first.at("/config/num_warps").asInt()).isEqualTo(8);
        assertThat(first.get("problem").isNull()).isTrue();
        JsonNode second = document.get("tasks").get(1);
        assertThat(second.get("now_ns").isNull()).isTrue();
        assertThat(second.get("difference").isNull()).isTrue();
        assertThat(second.get("problem").asText()).isEqualTo("There is no GPU here.");
    }
}
