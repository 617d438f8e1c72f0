package dev.perihelion.search.strategy;

import dev.perihelion.search.forest.ForestOptions;
import dev.perihelion.search.forest.RandomForest;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.Parameter;
import dev.perihelion.search.space.PowerOfTwoParameter;
import dev.perihelion.search.space.SearchSpace;
import dev.perihelion.search.trial.Trial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The peer of our studies: tree-guided likelihood-free Bayesian optimisation in generations, as Helion's default search is
 * described, with its published numbers and the faults mended that its authors found in 2026.
 *
 * <p>A start of 100 configurations; then up to 20 generations. In each, five copies propose 200 neighbours of their
 * incumbents: a tree of the forest is drawn, and the parameters on the incumbent's way through it, a random block size and
 * the warps are set one after another to what this tree rates best within two steps. A forest that tells the fastest tenth
 * of all trials from the rest, failures among them, keeps a tenth, one by one, less the likeness to those already kept. A
 * copy ends after more stale generations than its patience. At last the best point goes downhill by whole neighbourhoods.
 *
 * <p>Mended: only what is proposed counts as visited; at least one neighbour is kept; the incumbent does not compete with
 * its neighbours; labels come from all results known; the final descent.
 *
 * <p>A generation is handed out whole, and the next starts when it was told. While some of it is late, what the next one
 * would be from what is known is proposed, so that no device waits; that does not advance the search. When all has ended,
 * the search starts over with 100 fresh points and what it knows.
 */
public final class LfboTreeSearch implements SearchStrategy {

    private static final int INITIAL = 100;
    private static final int COPIES = 5;
    private static final int NEIGHBOURS = 200;
    private static final double KEPT = 0.1;
    private static final double QUANTILE = 0.1;
    private static final double PENALTY = 1.0;
    private static final int GENERATIONS = 20;
    private static final int PATIENCE = 1;
    private static final double MIN_GAIN = 0.001;
    private static final int DESCENT_ROUNDS = 10;

    /** The forest learns from so many trials at most: the fastest, which bear the labels, and the latest. */
    private static final int MAX_ROWS = 2_000;

    private static final ForestOptions FOREST =
            ForestOptions.standard().withCriterion(ForestOptions.Criterion.LOG_LOSS);

    private final SearchSpace space;
    private final int neighbours;
    private final ForestOptions forestOptions;
    private final Journal journal;
    private final TrialLog log = new TrialLog();
    private final Features features;
    private final Moves moves;
    private Stage stage;
    private Stage preview;
    private long previewAt = -1;

    private enum Phase {
        START,
        GENERATION,
        DESCENT
    }

    /** A copy's incumbent, how many stale generations it had, and what it proposed last. */
    private record Copy(Configuration incumbent, double nanos, int stale, List<Configuration> proposed) {}

    /** What is being tried, and what is left of it. */
    private record Stage(Phase phase, int round, List<Copy> copies, Set<Configuration> untold) {}

    public LfboTreeSearch(SearchSpace space, long seed) {
        this(space, seed, StrategyInputs.NONE);
    }

    public LfboTreeSearch(SearchSpace space, long seed, StrategyInputs inputs) {
        this(space, seed, inputs, NEIGHBOURS, FOREST.trees());
    }

    /** Smaller than published; for tests. */
    LfboTreeSearch(SearchSpace space, long seed, StrategyInputs inputs, int neighbours, int trees) {
        this.space = space;
        this.neighbours = neighbours;
        this.forestOptions = FOREST.withTrees(trees);
        this.journal = new Journal(space, seed, inputs);
        this.features = Features.plain(space);
        this.moves = new Moves(space);
        this.stage = start();
    }

    @Override
    public String name() {
        return "lfbo-tree";
    }

    @Override
    public List<Suggestion> ask(int count, Collection<Configuration> pending) {
        Batch batch = journal.batch(count, pending);
        propose(stage, batch);
        if (!batch.isFull() && !stage.untold().isEmpty()) {
            propose(preview(), batch);
            journal.fill(batch, name() + ":fill");
        }
        return batch.suggestions();
    }

    @Override
    public void tell(Trial trial) {
        if (!journal.learn(trial)) {
            return;
        }
        if (space.contains(trial.configuration())) {
            log.add(trial);
        }
        stage.untold().remove(trial.configuration());
        // Neighbourhoods that are known already end at once; a start without anything fresh ends the search.
        while (stage.untold().isEmpty() && !isOver()) {
            stage = next(stage);
        }
    }

    private boolean isOver() {
        return stage.phase() == Phase.START && start().untold().isEmpty();
    }

    private void propose(Stage from, Batch batch) {
        String origin = name() + ":" + from.phase().name().toLowerCase(Locale.ROOT);
        from.untold().forEach(point -> batch.add(point, origin));
    }

    private Stage preview() {
        if (previewAt != journal.told()) {
            preview = next(stage);
            previewAt = journal.told();
        }
        return preview;
    }

    /** Seeds and fresh random points. */
    private Stage start() {
        Batch batch = journal.batch(INITIAL, List.of());
        journal.offerSeeds(batch, name());
        journal.fill(batch, name());
        Set<Configuration> points = new LinkedHashSet<>();
        batch.suggestions().forEach(suggestion -> points.add(suggestion.configuration()));
        return new Stage(Phase.START, 0, List.of(), points);
    }

    /** What follows the stage, as far as its results are known. */
    private Stage next(Stage done) {
        return switch (done.phase()) {
            case START -> {
                List<Copy> copies = journal.fastest(COPIES).stream()
                        .map(LfboTreeSearch::copy)
                        .toList();
                yield copies.isEmpty() ? start() : generation(1, copies);
            }
            case GENERATION -> {
                List<Copy> live = done.copies().stream()
                        .map(this::moved)
                        .filter(copy -> copy.stale() <= PATIENCE)
                        .toList();
                yield live.isEmpty() || done.round() == GENERATIONS
                        ? descent(1, copy(journal.best().orElseThrow()))
                        : generation(done.round() + 1, live);
            }
            case DESCENT -> {
                Copy centre = moved(done.copies().get(0));
                yield centre.stale() > 0 || done.round() == DESCENT_ROUNDS
                        ? start()
                        : descent(done.round() + 1, centre);
            }
        };
    }

    private static Copy copy(Journal.Ranked known) {
        return new Copy(known.configuration(), known.latencyNanos(), 0, List.of());
    }

    /** The copy at the best of its proposals, or one generation staler. */
    private Copy moved(Copy copy) {
        Configuration best = copy.incumbent();
        double nanos = copy.nanos();
        for (Configuration point : copy.proposed()) {
            double latency = journal.history().latencyNanos(point).orElse(Double.POSITIVE_INFINITY);
            if (latency < nanos) {
                best = point;
                nanos = latency;
            }
        }
        boolean stale = nanos > copy.nanos() * (1 - MIN_GAIN);
        return new Copy(best, nanos, copy.stale() + (stale ? 1 : 0), List.of());
    }

    private Stage descent(int round, Copy centre) {
        Set<Configuration> around = new LinkedHashSet<>();
        for (Parameter parameter : space.parameters()) {
            around.addAll(space.steps(centre.incumbent(), parameter));
        }
        List<Integer> blocks = blockSizes();
        for (int i = 0; i < blocks.size(); i++) {
            for (Configuration half : stepped(centre.incumbent(), blocks.get(i))) {
                for (int j = i + 1; j < blocks.size(); j++) {
                    around.addAll(stepped(half, blocks.get(j)));
                }
            }
        }
        List<Configuration> proposed = List.copyOf(around);
        around.removeIf(point -> !isFree(point));
        Copy copy = new Copy(centre.incumbent(), centre.nanos(), 0, proposed);
        return new Stage(Phase.DESCENT, round, List.of(copy), around);
    }

    private List<Configuration> stepped(Configuration from, int parameter) {
        return space.steps(from, space.parameters().get(parameter));
    }

    private Stage generation(int round, List<Copy> copies) {
        SplittableRandom random = journal.random(0);
        RandomForest forest = fit(random.nextLong());
        Set<Configuration> batch = new LinkedHashSet<>();
        List<Copy> next = new ArrayList<>();
        for (Copy copy : copies) {
            Set<Configuration> around = new LinkedHashSet<>();
            for (int i = 0; i < neighbours; i++) {
                around.add(round == 1 ? wander(copy.incumbent(), random) : guided(copy.incumbent(), forest, random));
            }
            around.remove(copy.incumbent());
            around.removeIf(point -> !isFree(point) || batch.contains(point));
            List<Configuration> kept = select(List.copyOf(around), forest);
            batch.addAll(kept);
            next.add(new Copy(copy.incumbent(), copy.nanos(), copy.stale(), kept));
        }
        return new Stage(Phase.GENERATION, round, next, batch);
    }

    private RandomForest fit(long forestSeed) {
        List<TrialLog.Known> known = log.first(log.size());
        double[] nanos = known.stream()
                .filter(one -> one.latencyNanos().isPresent())
                .mapToDouble(one -> one.latencyNanos().getAsDouble())
                .sorted()
                .toArray();
        double threshold = nanos[(int) (QUANTILE * (nanos.length - 1))];
        List<TrialLog.Known> used = new ArrayList<>();
        for (int i = 0; i < known.size(); i++) {
            if (known.size() - i <= MAX_ROWS / 2
                    || known.size() <= MAX_ROWS
                    || known.get(i).latencyNanos().orElse(Double.POSITIVE_INFINITY)
                            <= nanos[Math.min(nanos.length - 1, MAX_ROWS / 2)]) {
                used.add(known.get(i));
            }
        }
        double[] labels = new double[used.size()];
        double[] weights = new double[used.size()];
        Arrays.fill(weights, 1);
        double mean = 0;
        int positives = 0;
        for (int i = 0; i < labels.length; i++) {
            double latency = used.get(i).latencyNanos().orElse(Double.POSITIVE_INFINITY);
            if (latency <= threshold) {
                labels[i] = 1;
                weights[i] = threshold - latency;
                mean += weights[i];
                positives++;
            }
        }
        mean /= positives;
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] == 1) {
                weights[i] = mean > 0 ? Math.max(weights[i] / mean, 1e-3) : 1;
            }
        }
        double[][] rows =
                features.of(used.stream().map(TrialLog.Known::configuration).toList());
        return RandomForest.fitClassification(rows, labels, weights, forestOptions, forestSeed);
    }

    /** A block size and the warps moved up to two steps, and up to two other parameters changed. */
    private Configuration wander(Configuration from, SplittableRandom random) {
        Configuration point = from;
        for (int parameter : sizesToMove(random)) {
            point = moves.wander(point, parameter, random);
        }
        int others = random.nextInt(3);
        for (int i = 0; i < others; i++) {
            List<Configuration> steps = space.steps(
                    point,
                    space.parameters().get(random.nextInt(space.parameters().size())));
            if (!steps.isEmpty()) {
                point = steps.get(random.nextInt(steps.size()));
            }
        }
        return point;
    }

    private Configuration guided(Configuration from, RandomForest forest, SplittableRandom random) {
        int tree = random.nextInt(forest.trees());
        Set<Integer> toSet = new LinkedHashSet<>(TreeGuide.tested(forest, tree, features, from));
        toSet.addAll(sizesToMove(random));
        Configuration point = from;
        for (int parameter : toSet) {
            point = TreeGuide.bestValue(forest, tree, features, moves, point, parameter, random);
        }
        return point;
    }

    private boolean isFree(Configuration point) {
        return !journal.history().knows(point) && journal.costs().mayRun(point);
    }

    /** A tenth of the neighbours, but at least one. */
    private List<Configuration> select(List<Configuration> around, RandomForest forest) {
        if (around.isEmpty()) {
            return List.of();
        }
        double[][] rows = features.of(around);
        double[] scores = forest.predictAll(rows);
        int[][] leaves = Arrays.stream(rows).map(forest::leaves).toArray(int[][]::new);
        return Diversity.greedy(scores, leaves, PENALTY, Math.max(1, (int) (KEPT * around.size()))).stream()
                .map(around::get)
                .toList();
    }

    private List<Integer> sizesToMove(SplittableRandom random) {
        List<Integer> sizes = new ArrayList<>();
        List<Integer> blocks = blockSizes();
        if (!blocks.isEmpty()) {
            sizes.add(blocks.get(random.nextInt(blocks.size())));
        }
        for (int p = 0; p < space.parameters().size(); p++) {
            if (space.parameters().get(p).name().key().equals("num_warps")) {
                sizes.add(p);
            }
        }
        return sizes;
    }

    /** The parameters named block sizes; in spaces that have none, all powers of two but the warps. */
    private List<Integer> blockSizes() {
        List<Integer> named = new ArrayList<>();
        List<Integer> powers = new ArrayList<>();
        for (int p = 0; p < space.parameters().size(); p++) {
            Parameter parameter = space.parameters().get(p);
            if (parameter.name().key().startsWith("block_size")) {
                named.add(p);
            }
            if (parameter instanceof PowerOfTwoParameter
                    && !parameter.name().key().equals("num_warps")) {
                powers.add(p);
            }
        }
        return named.isEmpty() ? powers : named;
    }
}
