package dev.perihelion.search.study;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.perihelion.search.sim.Landscape;
import dev.perihelion.search.sim.Noise;
import dev.perihelion.search.sim.T4Format;
import dev.perihelion.search.strategy.Strategies;
import dev.perihelion.search.study.StudyResults.Cost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Fails when the default strategy needs more evaluations than it used to. The reference is written by
 *
 * <pre>mvn -q -pl search-strategies test -Dtest=StrategyGateTest -Dperihelion.gate=write</pre>
 *
 * to be run and committed when the default strategy changes on purpose.
 */
@Timeout(120)
class StrategyGateTest {

    /**
     * Ten seeds are few: with the same strategy, other seeds give figures that differ by tens of percent. The seeds here are
     * always the same, but any change of a strategy draws new luck, so smaller losses than this one say nothing.
     */
    private static final double MARGIN = 0.35;

    private static final Path REFERENCE = Path.of("src", "test", "resources", "strategy-gate.json");
    private static final Path SPACES = Path.of("..", "bench", "spaces", "public");
    private static final double TARGET = 0.05;
    private static final ObjectMapper JSON = new ObjectMapper();

    private static StudyResults results;

    @BeforeAll
    static void run() throws Exception {
        List<Landscape> spaces = Stream.of("convolution-A4000", "dedispersion-W7800")
                .<Landscape>map(name -> T4Format.read(SPACES.resolve(name + ".T4.json.gz")))
                .toList();
        StudyPlan plan = new StudyPlan(spaces, List.of(Strategies.DEFAULT), 10, 800, List.of(1), 16, Noise.BOOTSTRAP);
        List<StudyRun> runs = new ArrayList<>();
        StudyRunner runner = new StudyRunner(plan, Runtime.getRuntime().availableProcessors());
        runner.run(runner.missing(runs), runs::add);
        results = new StudyResults(plan, runs);
        if ("write".equals(System.getProperty("perihelion.gate"))) {
            write();
        }
    }

    @Test
    void defaultStrategyIsNotWorseThanItWas() throws IOException {
        JsonNode reference = JSON.readTree(Files.readString(REFERENCE));

        assertThat(reference.path("strategy").asText())
                .as("The reference in %s is of another strategy; write it anew (see this class).", REFERENCE)
                .isEqualTo(Strategies.DEFAULT);
        assertThat(evaluations(Strategies.DEFAULT))
                .as("Evaluations of `%s` to within 5 %% of the best known", Strategies.DEFAULT)
                .isLessThan(limit(reference));
    }

    @Test
    void aWorseStrategyWouldBeNoticed() throws IOException {
        assertThat(evaluations(StudyPlan.BASELINE)).isGreaterThan(limit(JSON.readTree(Files.readString(REFERENCE))));
    }

    private static double evaluations(String strategy) {
        return results.meanCost(strategy, 1, TARGET, Cost.EVALUATIONS);
    }

    private static double limit(JsonNode reference) {
        return reference.required("evaluations_to_5_percent").asDouble() * (1 + MARGIN);
    }

    private static void write() throws IOException {
        ObjectNode node = JSON.createObjectNode();
        node.put("strategy", Strategies.DEFAULT);
        node.put("evaluations_to_5_percent", evaluations(Strategies.DEFAULT));
        node.put("random_evaluations_to_5_percent", evaluations(StudyPlan.BASELINE));
        Files.createDirectories(REFERENCE.getParent());
        Files.writeString(REFERENCE, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node) + "\n");
    }
}
