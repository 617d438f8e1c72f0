package dev.perihelion.search.study;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.perihelion.search.sim.Landscape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A study's folder: {@code runs.jsonl}, one line for each run in the order of their ends; {@code tables.md}; {@code
 * summary.json}; and one {@code regret-SPACE.svg} for each space.
 */
public final class StudyFiles {

    /** The marks between which a page shows the tables of the last study. */
    public static final String BEGIN = "<!-- study: begin -->";

    public static final String END = "<!-- study: end -->";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;

    public StudyFiles(Path folder) {
        this.folder = folder;
    }

    /** The runs that are there; a torn last line, as a killed study leaves, is passed over. */
    public List<StudyRun> read() throws IOException {
        List<StudyRun> runs = new ArrayList<>();
        if (Files.exists(runsFile())) {
            List<String> lines = Files.readAllLines(runsFile());
            for (int i = 0; i < lines.size(); i++) {
                try {
                    runs.add(StudyRun.fromJson(lines.get(i)));
                } catch (IllegalArgumentException e) {
                    if (i < lines.size() - 1) {
                        throw new IOException("Line " + (i + 1) + " of " + runsFile() + " is not a run of a study.", e);
                    }
                }
            }
        }
        return runs;
    }

    /** Begins the file of runs with these, which replaces what was there. */
    public void begin(List<StudyRun> runs) throws IOException {
        Files.createDirectories(folder);
        List<String> lines = runs.stream().map(StudyRun::toJson).toList();
        Files.write(runsFile(), lines, StandardCharsets.UTF_8);
    }

    /** Adds one run. */
    public void append(StudyRun run) throws IOException {
        Files.writeString(runsFile(), run.toJson() + "\n", StandardOpenOption.APPEND, StandardOpenOption.CREATE);
    }

    /** Writes tables, figures and plots. */
    public void writeReport(StudyResults results) throws IOException {
        Files.writeString(folder.resolve("tables.md"), new StudyTables(results).markdown());
        Files.writeString(folder.resolve("summary.json"), summary(results));
        for (Landscape space : results.plan().spaces()) {
            String name = "regret-" + space.name().replaceAll("[^A-Za-z0-9._-]", "_") + ".svg";
            Files.writeString(folder.resolve(name), new RegretPlot(results, space).svg());
        }
    }

    /**
     * Puts the tables between the marks of a page.
     *
     * @throws IOException if the page cannot be read or written, or lacks the marks
     */
    public static void writeInto(Path page, StudyResults results) throws IOException {
        String text = Files.readString(page);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IOException("The page " + page + " lacks the lines `" + BEGIN + "` and `" + END
                    + "`, between which tables go.");
        }
        String tables = "\n" + new StudyTables(results).markdown();
        Files.writeString(page, text.substring(0, begin + BEGIN.length()) + "\n" + tables + text.substring(end));
    }

    private static String summary(StudyResults results) throws IOException {
        ObjectNode root = JSON.createObjectNode();
        StudyPlan plan = results.plan();
        root.put("seeds", results.completeSeeds());
        root.put("budget", plan.budget());
        root.put("gpus", plan.mainGpus());
        root.put("cores_per_gpu", plan.coresPerGpu());
        root.put("noise", plan.noise().name().toLowerCase(Locale.ROOT));
        ObjectNode strategies = root.putObject("strategies");
        for (String strategy : plan.strategies()) {
            ObjectNode node = strategies.putObject(strategy);
            node.put("score", results.score(strategy));
            for (double target : new double[] {0.10, 0.05, 0.02, 0.01}) {
                String name = "to_" + Math.round(target * 100) + "_percent";
                ObjectNode cost = node.putObject(name);
                for (StudyResults.Cost kind : StudyResults.Cost.values()) {
                    cost.put(
                            kind.name().toLowerCase(Locale.ROOT),
                            results.meanCost(strategy, plan.mainGpus(), target, kind));
                }
                cost.put("censored", results.censoredShare(strategy, plan.mainGpus(), target));
                cost.put("relative_to_random", results.relativeToRandom(strategy, target));
            }
            ObjectNode spaces = node.putObject("spaces");
            for (Landscape space : plan.spaces()) {
                CostToTarget cost =
                        results.costToWithin(space, strategy, plan.mainGpus(), 0.05, StudyResults.Cost.EVALUATIONS);
                ObjectNode row = spaces.putObject(space.name());
                row.put("expected_evaluations_to_5_percent", cost.expected());
                cost.median().ifPresent(median -> row.put("median_evaluations_to_5_percent", median));
                row.put("censored", cost.censoredShare());
                row.put("score", results.score(space, strategy));
            }
            ObjectNode speedUps = node.putObject("speed_up_to_5_percent");
            plan.gpus().forEach(gpus -> speedUps.put(gpus.toString(), results.speedUp(strategy, gpus, 0.05)));
        }
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    }

    private Path runsFile() {
        return folder.resolve("runs.jsonl");
    }
}
