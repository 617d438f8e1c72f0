package dev.perihelion.cli;

import dev.perihelion.search.sim.Landscape;
import dev.perihelion.search.sim.Noise;
import dev.perihelion.search.strategy.Strategies;
import dev.perihelion.search.study.StudyFiles;
import dev.perihelion.search.study.StudyPlan;
import dev.perihelion.search.study.StudyResults;
import dev.perihelion.search.study.StudyRun;
import dev.perihelion.search.study.StudyRunner;
import dev.perihelion.search.study.StudyTables;
import dev.perihelion.sweep.spaces.RecordedSpaces;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code perihelion study}. */
@Command(
        name = "study",
        mixinStandardHelpOptions = true,
        description = "Compares search strategies on recorded spaces, in virtual time and without a GPU.")
final class StudyCommand implements Callable<Integer> {

    private static final double PROGRESS_SECONDS = 5;

    /** These go through what they are given and look for nothing. */
    private static final Set<String> NO_SEARCH = Set.of("listed", "exhaustive");

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--spaces",
            paramLabel = "PATH",
            arity = "1..*",
            defaultValue = "bench/spaces",
            description = "Folders and files of recorded spaces (default: ${DEFAULT-VALUE})")
    private List<Path> spaces;

    @Option(
            names = "--strategies",
            paramLabel = "NAME",
            split = ",",
            description = "What to compare, separated by commas (default: all that search); random is always there.")
    private List<String> strategies = List.of();

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "50",
            description = "Runs of each strategy on each space (default: ${DEFAULT-VALUE})")
    private int seeds;

    @Option(
            names = "--budget",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Most evaluations of one run (default: ${DEFAULT-VALUE})")
    private long budget;

    @Option(
            names = "--gpus",
            paramLabel = "N",
            split = ",",
            defaultValue = "1",
            description =
                    "Numbers of simulated GPUs, separated by commas; strategies are compared on the smallest (default:"
                            + " ${DEFAULT-VALUE})")
    private List<Integer> gpus;

    @Option(
            names = "--cores",
            paramLabel = "N",
            defaultValue = "16",
            description = "Simulated compile cores beside each GPU (default: ${DEFAULT-VALUE})")
    private int cores;

    @Option(
            names = "--noise",
            paramLabel = "KIND",
            defaultValue = "bootstrap",
            description =
                    "What a measurement shows: bootstrap (medians of recorded samples drawn anew) or none (default:"
                            + " ${DEFAULT-VALUE})")
    private String noise;

    @Option(names = "--threads", paramLabel = "N", description = "Runs at the same time (default: one for each core)")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--output",
            paramLabel = "FOLDER",
            defaultValue = "study",
            description = "Where runs.jsonl, tables.md, summary.json and plots go (default: ${DEFAULT-VALUE})")
    private Path output;

    @Option(names = "--resume", description = "Keeps the runs that the output folder has and does the rest.")
    private boolean resume;

    @Option(
            names = "--page",
            paramLabel = "FILE",
            description = "A page whose part between the study marks is replaced by the tables, as docs/search.md.")
    private Path page;

    @Override
    public Integer call() throws InterruptedException {
        StudyPlan plan = plan();
        StudyFiles files = new StudyFiles(output);
        PrintWriter out = spec.commandLine().getOut();
        try {
            List<StudyRun> runs = new ArrayList<>(resume ? files.read() : List.of());
            files.begin(runs);
            StudyRunner runner = new StudyRunner(plan, threads);
            List<StudyPlan.RunKey> missing = runner.missing(runs);
            Progress progress = new Progress(missing.size());
            runner.run(missing, run -> {
                append(files, run);
                runs.add(run);
                progress.finished();
            });
            StudyResults results = new StudyResults(plan, runs);
            files.writeReport(results);
            if (page != null) {
                StudyFiles.writeInto(page, results);
            }
            out.print(new StudyTables(results).markdown());
            out.println();
            out.println(progress.summary() + " Raw results, tables and plots are in " + output + ".");
            return ExitStatus.DONE;
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    private StudyPlan plan() {
        List<String> names = strategies.isEmpty()
                ? Strategies.names().stream()
                        .filter(name -> !NO_SEARCH.contains(name))
                        .toList()
                : strategies;
        names.stream()
                .filter(name -> !Strategies.names().contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw new UserMistake("There is no strategy `" + name + "`; there are "
                            + String.join(", ", Strategies.names()) + ".");
                });
        List<Landscape> landscapes = RecordedSpaces.read(spaces);
        if (landscapes.isEmpty()) {
            throw new UserMistake("No recorded space is in " + spaces
                    + ". Name folders or files with `--spaces`; docs/search.md tells which formats are read.");
        }
        try {
            Noise kind = Noise.valueOf(noise.toUpperCase(Locale.ROOT));
            return new StudyPlan(landscapes, names, seeds, budget, gpus, cores, kind);
        } catch (IllegalArgumentException e) {
            throw new UserMistake(
                    e.getMessage().startsWith("No enum constant")
                            ? "`--noise` is bootstrap or none, not `" + noise + "`."
                            : e.getMessage());
        }
    }

    private static void append(StudyFiles files, StudyRun run) {
        try {
            files.append(run);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    /** Says on the error stream how far the study is. */
    private final class Progress {

        private final int total;
        private final long startNanos = System.nanoTime();
        private double lastSeconds;
        private int done;

        Progress(int total) {
            this.total = total;
        }

        void finished() {
            done++;
            double seconds = seconds();
            if (seconds - lastSeconds >= PROGRESS_SECONDS) {
                lastSeconds = seconds;
                double left = seconds / done * (total - done);
                spec.commandLine()
                        .getErr()
                        .printf(
                                Locale.ROOT,
                                "%d of %d runs, %.0f a minute, about %s left%n",
                                done,
                                total,
                                done / seconds * 60,
                                left < 90 ? Math.round(left) + " s" : Math.round(left / 60) + " min");
                spec.commandLine().getErr().flush();
            }
        }

        String summary() {
            return String.format(Locale.ROOT, "%d runs in %.1f s.", done, seconds());
        }

        private double seconds() {
            return (System.nanoTime() - startNanos) / 1e9;
        }
    }
}
