package dev.perihelion.search.study;

import dev.perihelion.search.sim.Landscape;
import dev.perihelion.search.study.StudyResults.Cost;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A study's tables in Markdown. */
public final class StudyTables {

    private static final double[] TARGETS = {0.10, 0.05, 0.02, 0.01};
    private static final double MAIN_TARGET = 0.05;

    private final StudyResults results;
    private final StudyPlan plan;

    public StudyTables(StudyResults results) {
        this.results = results;
        this.plan = results.plan();
    }

    /** All tables, each under a line that says what it shows. */
    public String markdown() {
        List<String> parts = new ArrayList<>();
        parts.add(String.format(
                Locale.ROOT,
                "%d spaces, %d strategies, %d seeds each, at most %d evaluations a run; %s with %d compile cores each;"
                        + " noise: %s.",
                plan.spaces().size(),
                plan.strategies().size(),
                results.completeSeeds(),
                plan.budget(),
                gpus(plan.mainGpus()),
                plan.coresPerGpu(),
                plan.noise().name().toLowerCase(Locale.ROOT)));
        parts.add(
                "**All spaces** (geometric means of expected costs; in brackets the share of runs that did not get there):");
        parts.add(overall());
        parts.add("**Evaluations to within 5 %**, median of the runs (≥ where fewer than half got there):");
        parts.add(perSpace(MAIN_TARGET));
        parts.add("**Evaluations to within 1 %**, median of the runs:");
        parts.add(perSpace(0.01));
        parts.add("**Performance score P** by space:");
        parts.add(scores());
        if (plan.gpus().size() > 1) {
            parts.add("**Times faster to within 5 % than " + gpus(plan.mainGpus())
                    + "** (geometric mean over the spaces):");
            parts.add(speedUps());
        }
        parts.add("**Spaces:**");
        parts.add(spaces());
        return String.join("\n\n", parts) + "\n";
    }

    private String overall() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "strategy",
                "P",
                "to 10 %",
                "to 5 %",
                "to 2 %",
                "to 1 %",
                "5 %: of random",
                "worse than random on",
                "GPU s to 5 %",
                "failed",
                "thinking, ms"));
        for (String strategy : plan.strategies()) {
            List<String> row = new ArrayList<>(List.of("`" + strategy + "`", two(results.score(strategy))));
            for (double target : TARGETS) {
                double cost = results.meanCost(strategy, plan.mainGpus(), target, Cost.EVALUATIONS);
                double censored = results.censoredShare(strategy, plan.mainGpus(), target);
                row.add(count(cost) + (censored > 0 ? " (" + percent(censored) + ")" : ""));
            }
            row.add(two(results.relativeToRandom(strategy, MAIN_TARGET)));
            row.add(Long.toString(results.worseThanRandom(strategy, MAIN_TARGET)));
            row.add(count(results.meanCost(strategy, plan.mainGpus(), MAIN_TARGET, Cost.GPU_SECONDS)));
            row.add(percent(results.failedShare(strategy)));
            row.add(count(results.thinkingMillis(strategy)));
            rows.add(row);
        }
        return table(rows);
    }

    private String perSpace(double target) {
        return bySpace((space, strategy) -> {
            CostToTarget cost = results.costToWithin(space, strategy, plan.mainGpus(), target, Cost.EVALUATIONS);
            String median =
                    cost.median().isPresent() ? count(cost.median().getAsDouble()) : "≥ " + plan.budgetOf(space);
            return cost.censored() > 0 ? median + " (" + percent(cost.censoredShare()) + ")" : median;
        });
    }

    private String scores() {
        return bySpace((space, strategy) -> two(results.score(space, strategy)));
    }

    private String speedUps() {
        List<List<String>> rows = new ArrayList<>();
        List<Integer> more = plan.gpus().subList(1, plan.gpus().size());
        List<String> head = new ArrayList<>(List.of("strategy", gpus(plan.mainGpus()) + ", s"));
        more.forEach(gpus -> head.add(gpus(gpus)));
        head.add("at most");
        rows.add(head);
        for (String strategy : plan.strategies()) {
            List<String> row = new ArrayList<>(List.of(
                    "`" + strategy + "`", one(results.meanCost(strategy, plan.mainGpus(), MAIN_TARGET, Cost.SECONDS))));
            more.forEach(gpus -> row.add(one(results.speedUp(strategy, gpus, MAIN_TARGET))));
            row.add(one(results.boundOfSpeedUp(strategy, MAIN_TARGET)));
            rows.add(row);
        }
        return table(rows);
    }

    private String spaces() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "space",
                "configurations",
                "work",
                "within 10 %",
                "within 5 %",
                "within 1 %",
                "median / best",
                "default / best",
                "random needs for 95 %"));
        for (Landscape space : plan.spaces()) {
            double[] sorted = space.sortedNanos();
            var start = space.at(space.space().defaultConfiguration()).latencyNanos();
            rows.add(List.of(
                    space.name(),
                    Integer.toString(space.size()),
                    Integer.toString(sorted.length),
                    Long.toString(within(sorted, 0.10)),
                    Long.toString(within(sorted, 0.05)),
                    Long.toString(within(sorted, 0.01)),
                    two(results.baseline(space).medianNanos() / space.bestNanos()),
                    start.isPresent() ? two(start.getAsDouble() / space.bestNanos()) : "fails",
                    Integer.toString(results.baseline(space).cutoffEvaluations())));
        }
        return table(rows);
    }

    private static long within(double[] sorted, double fraction) {
        return java.util.Arrays.stream(sorted)
                .filter(nanos -> nanos <= sorted[0] * (1 + fraction))
                .count();
    }

    private interface Cell {
        String of(Landscape space, String strategy);
    }

    private String bySpace(Cell cell) {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("space"));
        plan.strategies().forEach(strategy -> head.add("`" + strategy + "`"));
        rows.add(head);
        for (Landscape space : plan.spaces()) {
            List<String> row = new ArrayList<>(List.of(space.name()));
            plan.strategies().forEach(strategy -> row.add(cell.of(space, strategy)));
            rows.add(row);
        }
        return table(rows);
    }

    private static String table(List<List<String>> rows) {
        List<String> lines = new ArrayList<>();
        lines.add(line(rows.get(0)));
        lines.add("|" + "---|".repeat(rows.get(0).size()));
        rows.subList(1, rows.size()).forEach(row -> lines.add(line(row)));
        return String.join("\n", lines);
    }

    private static String line(List<String> cells) {
        return cells.stream().collect(Collectors.joining(" | ", "| ", " |"));
    }

    private static String gpus(int gpus) {
        return gpus + (gpus == 1 ? " GPU" : " GPUs");
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", share * 100);
    }

    private static String two(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static String one(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String count(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%.0f", value);
    }
}
