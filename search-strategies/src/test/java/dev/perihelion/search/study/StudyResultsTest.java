package dev.perihelion.search.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.perihelion.search.sim.Landscape;
import dev.perihelion.search.sim.Noise;
import dev.perihelion.search.sim.RecordedRow;
import dev.perihelion.search.sim.RecordedTable;
import dev.perihelion.search.sim.T4Format;
import dev.perihelion.search.sim.Trajectory;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.IntegerParameter;
import dev.perihelion.search.space.ParameterName;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.trial.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class StudyResultsTest {

    @TempDir
    Path folder;

    /** A valley with its best in the middle, of 60 points; 10 ms to compile and 5 ms to measure; one point fails. */
    private static RecordedTable valley(String name) {
        List<RecordedRow> rows = new ArrayList<>();
        for (long x = 0; x < 60; x++) {
            Configuration point = Configuration.of(Map.of("x", x));
            rows.add(
                    x == 50
                            ? RecordedRow.failed(point, Outcome.LAUNCH_ERROR, "", 10, 5)
                            : RecordedRow.measured(point, List.of(1e5 + 1e4 * Math.abs(x - 30)), 10, 5));
        }
        SearchSpace space =
                new SearchSpace(List.of(new IntegerParameter(ParameterName.scalar("x"), 0, 59, 15)), List.of());
        return new RecordedTable(name, "valley", "test", space, rows, true);
    }

    private static StudyPlan plan(int seeds, List<Integer> gpus, Landscape... spaces) {
        return new StudyPlan(List.of(spaces), List.of("pattern"), seeds, 1_000, gpus, 2, Noise.NONE);
    }

    private static List<StudyRun> run(StudyPlan plan, int threads) throws InterruptedException {
        List<StudyRun> runs = new ArrayList<>();
        StudyRunner runner = new StudyRunner(plan, threads);
        runner.run(runner.missing(List.of()), runs::add);
        return runs;
    }

    @Test
    void randomSearchCostsWhatArithmeticSays() throws Exception {
        RecordedTable table = valley("valley-a");
        StudyPlan plan = plan(400, List.of(1), table);
        StudyResults results = new StudyResults(plan, run(plan, 2));

        // 3 of 60 rows are within 10 %, and the default, which is tried first, is none of them.
        assertThat(table.countWithin(0.1)).isEqualTo(3);
        double expected = 1 + RandomBaseline.expectedUntil(3, 59);
        assertThat(results.costToWithin(table, "random", 1, 0.1, StudyResults.Cost.EVALUATIONS)
                        .expected())
                .isCloseTo(expected, within(1.5));
        assertThat(results.score("random")).isZero();
        assertThat(results.failedShare("random")).isBetween(0.001, 0.04);
        assertThat(results.relativeToRandom("random", 0.05)).isEqualTo(1);
        assertThat(results.worseThanRandom("random", 0.05)).isZero();
        assertThat(results.regret(table, "random", 60, 0.5)).isZero();
    }

    @Test
    void baselineIsTheExpectedBestOfDraws() {
        RandomBaseline baseline = new RandomBaseline(valley("valley-a"));

        // The best of all rows is certain; of all but one it is missed once in 60 times, for the next, 10 % slower.
        assertThat(baseline.nanosAfter(60)).isCloseTo(1e5, within(1e-6));
        assertThat(baseline.nanosAfter(59)).isCloseTo(1e5 + 1e4 / 60, within(1e-6));
        double mean = valley("valley-a").rows().stream()
                .mapToDouble(row -> row.latencyNanos().orElse(4e5))
                .average()
                .orElseThrow();
        assertThat(baseline.nanosAfter(1)).isCloseTo(mean, within(1e-6));
        assertThat(baseline.nanosAfter(1.5))
                .isCloseTo((baseline.nanosAfter(1) + baseline.nanosAfter(2)) / 2, within(1e-6));
        double wanted = baseline.medianNanos() - 0.95 * (baseline.medianNanos() - baseline.bestNanos());
        assertThat(baseline.nanosAfter(baseline.cutoffEvaluations())).isLessThanOrEqualTo(wanted);
        assertThat(baseline.nanosAfter(baseline.cutoffEvaluations() - 1)).isGreaterThan(wanted);
    }

    @Test
    void scoreOfFindingTheBestAtOnceIsOne() throws Exception {
        RecordedTable table = valley("valley-a");
        StudyPlan plan = plan(20, List.of(1), table);
        List<StudyRun> runs = new ArrayList<>();
        for (StudyRun run : run(plan, 2)) {
            Trajectory.Incumbent best = new Trajectory.Incumbent(Trajectory.Spent.NOTHING, table.bestNanos(), true);
            runs.add(
                    run.key().strategy().equals("random")
                            ? run
                            : new StudyRun(
                                    run.key(),
                                    new Trajectory(List.of(best), Trajectory.Spent.NOTHING, table.bestNanos(), "best"),
                                    1));
        }
        StudyResults results = new StudyResults(plan, runs);

        assertThat(results.score("pattern")).isCloseTo(1, within(1e-9));
        assertThat(results.costToWithin(table, "pattern", 1, 0.01, StudyResults.Cost.EVALUATIONS)
                        .expected())
                .isZero();
    }

    /** Random search's score is 0 by definition; what never leaves the first draw must be told as worse. */
    @Test
    void scoreOfFindingNothingIsWorseThanRandomSearch() throws Exception {
        RecordedTable table = valley("valley-a");
        StudyPlan plan = plan(20, List.of(1), table);
        List<StudyRun> runs = new ArrayList<>();
        for (StudyRun run : run(plan, 2)) {
            runs.add(
                    run.key().strategy().equals("random")
                            ? run
                            : new StudyRun(
                                    run.key(),
                                    new Trajectory(List.of(), Trajectory.Spent.NOTHING, table.bestNanos(), "nothing"),
                                    1));
        }

        assertThat(new StudyResults(plan, runs).score("pattern")).isNegative();
    }

    @Test
    void runsDoNotDependOnThreads() throws Exception {
        StudyPlan plan = plan(5, List.of(1, 4), valley("valley-a"));
        List<String> one = run(plan, 1).stream()
                .map(StudyResultsTest::withoutClock)
                .sorted()
                .toList();
        List<String> two = run(plan, 3).stream()
                .map(StudyResultsTest::withoutClock)
                .sorted()
                .toList();

        assertThat(one).hasSize(20).isEqualTo(two);
    }

    private static String withoutClock(StudyRun run) {
        return new StudyRun(run.key(), run.trajectory(), 0).toJson();
    }

    @Test
    void moreGpusAreFaster() throws Exception {
        StudyPlan plan = plan(20, List.of(1, 4), valley("valley-a"), valley("valley-b"));
        StudyResults results = new StudyResults(plan, run(plan, 2));

        assertThat(results.speedUp("random", 1, 0.05)).isEqualTo(1);
        assertThat(results.boundOfSpeedUp("random", 0.05)).isGreaterThan(results.speedUp("random", 4, 0.05));
        assertThat(results.speedUp("random", 4, 0.05)).isBetween(2.0, 4.01);
        assertThat(new StudyTables(results).markdown())
                .contains("| space | `random` | `pattern` |")
                .contains("Times faster to within 5 % than 1 GPU")
                .contains("valley-b | 60 | 59 |");
    }

    @Test
    void stoppedStudyGoesOn() throws Exception {
        StudyPlan plan = plan(4, List.of(1), valley("valley-a"));
        List<StudyRun> all = run(plan, 2);
        StudyFiles files = new StudyFiles(folder);
        files.begin(all.subList(0, 3));
        files.append(all.get(3));
        Files.writeString(folder.resolve("runs.jsonl"), "{\"space\": \"val", StandardOpenOption.APPEND);

        List<StudyRun> read = files.read();

        assertThat(read).isEqualTo(all.subList(0, 4));
        assertThat(new StudyRunner(plan, 1).missing(read))
                .hasSize(4)
                .doesNotContain(all.get(3).key());
        assertThat(new StudyFiles(folder.resolve("none")).read()).isEmpty();
    }

    @Test
    void writesTablesPlotsAndThePage() throws Exception {
        StudyPlan plan = plan(3, List.of(1, 2), valley("valley-a"));
        StudyResults results = new StudyResults(plan, run(plan, 2));
        StudyFiles files = new StudyFiles(folder);
        files.begin(List.of());
        files.writeReport(results);

        assertThat(folder.resolve("regret-valley-a.svg"))
                .content()
                .startsWith("<svg")
                .contains("pattern")
                .doesNotContain("NaN");
        assertThat(folder.resolve("summary.json")).content().contains("\"speed_up_to_5_percent\"");
        Path page = Files.writeString(
                folder.resolve("page.md"), "before\n" + StudyFiles.BEGIN + "\nold\n" + StudyFiles.END + "\nafter\n");
        StudyFiles.writeInto(page, results);
        StudyFiles.writeInto(page, results);
        assertThat(page)
                .content()
                .startsWith("before\n")
                .endsWith("\nafter\n")
                .contains("`pattern`")
                .doesNotContain("old");
        Path bare = Files.writeString(folder.resolve("bare.md"), "nothing");
        assertThatThrownBy(() -> StudyFiles.writeInto(bare, results))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("lacks the lines");
    }

    @Test
    void namesTheRunThatBroke() {
        StudyPlan plan =
                new StudyPlan(List.of(valley("valley-a")), List.of("nosuch"), 1, 10, List.of(1), 1, Noise.NONE);
        assertThatThrownBy(() -> run(plan, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("nosuch")
                .hasMessageContaining("valley-a");
        assertThatThrownBy(() -> plan(1, List.of(1), valley("a"), valley("a"))).hasMessageContaining("called `a`");
    }

    @Test
    void randomSearchRunsFastOnPublicTables() throws Exception {
        StudyPlan plan = new StudyPlan(
                List.of(T4Format.read(Path.of("..", "bench", "spaces", "public", "convolution-A4000.T4.json.gz"))),
                List.of(),
                20,
                500,
                List.of(1),
                8,
                Noise.BOOTSTRAP);
        // A generous limit: the bench command measures what it really is.
        assertThat(run(plan, 2)).allMatch(each -> each.realMillis() < 10_000);
    }
}
