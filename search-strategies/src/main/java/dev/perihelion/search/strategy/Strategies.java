package dev.perihelion.search.strategy;

import dev.perihelion.search.space.SearchSpace;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The strategies by name. A new strategy is one class and one line here. */
public final class Strategies {

    /** What a tuning task uses unless told otherwise. */
    public static final String DEFAULT = "pattern";

    private static final Map<String, Factory> FACTORIES = new LinkedHashMap<>();

    static {
        FACTORIES.put("random", RandomSearch::new);
        FACTORIES.put("exhaustive", ExhaustiveSearch::new);
        FACTORIES.put("listed", ListedSearch::new);
        FACTORIES.put("portfolio", PortfolioSearch::new);
        FACTORIES.put("pattern", PatternSearch::new);
        FACTORIES.put("lfbo-tree", LfboTreeSearch::new);
        FACTORIES.put("lfbo", LfboSearch::new);
        FACTORIES.put("bayes", BayesSearch::new);
        FACTORIES.put("genetic", GeneticSearch::new);
        FACTORIES.put("differential-evolution", DifferentialEvolution::new);
        FACTORIES.put("annealing", AnnealingSearch::new);
        FACTORIES.put("bandit", BanditSearch::new);
    }

    private Strategies() {}

    private interface Factory {
        SearchStrategy create(SearchSpace space, long seed, StrategyInputs inputs);
    }

    /** The names that {@link #create} knows, in the order of registration. */
    public static List<String> names() {
        return List.copyOf(FACTORIES.keySet());
    }

    /**
     * A fresh strategy.
     *
     * @param name one of {@link #names()}
     * @param seed equal seeds give equal proposals for equal results
     * @throws IllegalArgumentException if there is no strategy of that name; the message suggests one
     */
    public static SearchStrategy create(String name, SearchSpace space, long seed) {
        return create(name, space, seed, StrategyInputs.NONE);
    }

    /**
     * A fresh strategy that knows something beforehand.
     *
     * @param name one of {@link #names()}
     * @param seed equal seeds give equal proposals for equal results and equal inputs
     * @param inputs what to try first, and what is known of configurations
     * @throws IllegalArgumentException if there is no strategy of that name; the message suggests one
     */
    public static SearchStrategy create(String name, SearchSpace space, long seed, StrategyInputs inputs) {
        Factory factory = FACTORIES.get(name);
        if (factory == null) {
            throw new IllegalArgumentException("Unknown strategy `" + name + "`; did you mean `" + nearest(name)
                    + "`? Known are " + String.join(", ", names()) + ".");
        }
        return factory.create(space, seed, inputs);
    }

    static void requirePositive(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("Ask for at least 1 configuration, not " + count + ".");
        }
    }

    private static String nearest(String name) {
        return names().stream()
                .min(Comparator.comparingInt(known -> distance(name, known)))
                .orElseThrow();
    }

    /** The edit distance (Levenshtein, 1966): how many characters to insert, delete or replace. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
