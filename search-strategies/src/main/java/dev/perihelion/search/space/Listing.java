package dev.perihelion.search.space;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * The index over a {@link ListedConfigurations}: rows as ranks among the values that occur, and a hash of each row that is
 * changed in one parameter without looking at the others (Zobrist, 1970). Immutable.
 */
final class Listing {

    private final List<Parameter> parameters;
    private final List<Configuration> rows;
    private final Map<Configuration, Integer> positions = new HashMap<>();
    private final List<List<Object>> ladders = new ArrayList<>();
    private final List<Map<Object, Integer>> rankOf = new ArrayList<>();
    private final int[][] ranks;
    private final long[][] keys;
    private final Map<Long, Integer> byHash = new HashMap<>();

    /**
     * @param parameters of the space
     * @param rows legal, different, at least one
     */
    Listing(List<Parameter> parameters, List<Configuration> rows) {
        this.parameters = parameters;
        this.rows = List.copyOf(rows);
        this.ranks = new int[rows.size()][parameters.size()];
        this.keys = new long[parameters.size()][];
        SplittableRandom random = new SplittableRandom(rows.size());
        for (int p = 0; p < parameters.size(); p++) {
            List<Object> ladder = ladder(parameters.get(p));
            Map<Object, Integer> rank = new HashMap<>();
            ladder.forEach(value -> rank.put(value, rank.size()));
            for (int row = 0; row < ranks.length; row++) {
                ranks[row][p] = rank.get(rows.get(row).get(parameters.get(p).name()));
            }
            ladders.add(ladder);
            rankOf.add(rank);
            keys[p] = random.longs(ladder.size()).toArray();
        }
        for (int row = 0; row < ranks.length; row++) {
            positions.put(rows.get(row), row);
            if (byHash.put(hash(ranks[row]), row) != null) {
                throw new IllegalStateException("Two listed configurations share a 64-bit hash; reorder the list.");
            }
        }
    }

    List<Configuration> rows() {
        return rows;
    }

    boolean contains(Configuration configuration) {
        return positions.containsKey(configuration);
    }

    Configuration random(RandomGenerator random) {
        return rows.get(random.nextInt(rows.size()));
    }

    /** The rows one step of one parameter away: the next listed value up and down, or every other choice. */
    List<Configuration> steps(Configuration configuration, Parameter parameter) {
        int p = position(parameter);
        int[] from = ranks[positions.get(configuration)];
        List<Configuration> steps = new ArrayList<>();
        if (parameter.isOrdered()) {
            addNext(steps, from, p, -1);
            addNext(steps, from, p, 1);
            return steps;
        }
        for (Object value : parameter.neighbours(ladders.get(p).get(from[p]))) {
            int rank = ladders.get(p).indexOf(value);
            if (rank >= 0 && at(from, p, rank) >= 0) {
                steps.add(rows.get(at(from, p, rank)));
            }
        }
        return steps;
    }

    /** The other rows that differ from this one in this parameter alone. */
    List<Configuration> line(Configuration configuration, Parameter parameter) {
        int p = position(parameter);
        int[] from = ranks[positions.get(configuration)];
        List<Configuration> line = new ArrayList<>();
        for (int rank = 0; rank < ladders.get(p).size(); rank++) {
            int row = at(from, p, rank);
            if (row >= 0 && rank != from[p]) {
                line.add(rows.get(row));
            }
        }
        return line;
    }

    /** The row that differs from a listed one in this value; empty if there is none. */
    Optional<Configuration> changed(Configuration configuration, Parameter parameter, Object value) {
        int p = position(parameter);
        Integer rank = rankOf.get(p).get(value);
        int row = rank == null ? -1 : at(ranks[positions.get(configuration)], p, rank);
        return row < 0 ? Optional.empty() : Optional.of(rows.get(row));
    }

    /** The row of these values, in the parameters' order; empty if there is none. */
    Optional<Configuration> find(Object[] values) {
        int[] wanted = new int[values.length];
        for (int p = 0; p < wanted.length; p++) {
            Integer rank = rankOf.get(p).get(values[p]);
            if (rank == null) {
                return Optional.empty();
            }
            wanted[p] = rank;
        }
        Integer row = byHash.get(hash(wanted));
        return row == null || !Arrays.equals(ranks[row], wanted) ? Optional.empty() : Optional.of(rows.get(row));
    }

    /** The values next to this one among those that occur in any row. */
    List<Object> neighbourValues(Parameter parameter, Object value) {
        List<Object> ladder = ladders.get(position(parameter));
        if (!parameter.isOrdered()) {
            return parameter.neighbours(value).stream().filter(ladder::contains).toList();
        }
        int rank = ladder.indexOf(value);
        List<Object> values = new ArrayList<>(2);
        if (rank > 0) {
            values.add(ladder.get(rank - 1));
        }
        if (rank >= 0 && rank + 1 < ladder.size()) {
            values.add(ladder.get(rank + 1));
        }
        return values;
    }

    /** The row that differs in the fewest parameters, then by the fewest steps, then the first of these. */
    Configuration nearest(Configuration configuration) {
        int[] wanted = new int[parameters.size()];
        for (int p = 0; p < wanted.length; p++) {
            wanted[p] = nearestRank(
                    ladders.get(p), configuration.get(parameters.get(p).name()));
        }
        int best = 0;
        int fewest = Integer.MAX_VALUE;
        int shortest = Integer.MAX_VALUE;
        for (int row = 0; row < ranks.length; row++) {
            int different = 0;
            int steps = 0;
            int[] have = ranks[row];
            for (int p = 0; p < wanted.length && different <= fewest; p++) {
                if (have[p] != wanted[p]) {
                    different++;
                    steps += parameters.get(p).isOrdered() ? Math.abs(have[p] - wanted[p]) : 1;
                }
            }
            if (different < fewest || different == fewest && steps < shortest) {
                best = row;
                fewest = different;
                shortest = steps;
            }
        }
        return rows.get(best);
    }

    private int position(Parameter parameter) {
        for (int p = 0; p < parameters.size(); p++) {
            if (parameters.get(p) == parameter) {
                return p;
            }
        }
        return parameters.indexOf(parameter);
    }

    private List<Object> ladder(Parameter parameter) {
        Set<Object> values = new LinkedHashSet<>();
        rows.forEach(row -> values.add(row.get(parameter.name())));
        List<Object> ladder = new ArrayList<>(values);
        if (parameter.isOrdered()) {
            ladder.sort(Comparator.comparingLong(value -> (Long) value));
        }
        return ladder;
    }

    private void addNext(List<Configuration> steps, int[] from, int p, int direction) {
        for (int rank = from[p] + direction; rank >= 0 && rank < ladders.get(p).size(); rank += direction) {
            int row = at(from, p, rank);
            if (row >= 0) {
                steps.add(rows.get(row));
                return;
            }
        }
    }

    /** The row with these ranks but for parameter {@code p}; -1 if it is not listed. */
    private int at(int[] from, int p, int rank) {
        Integer row = byHash.get(hash(from) ^ keys[p][from[p]] ^ keys[p][rank]);
        if (row == null) {
            return -1;
        }
        for (int i = 0; i < from.length; i++) {
            if (ranks[row][i] != (i == p ? rank : from[i])) {
                return -1;
            }
        }
        return row;
    }

    private long hash(int[] row) {
        long hash = 0;
        for (int p = 0; p < row.length; p++) {
            hash ^= keys[p][row[p]];
        }
        return hash;
    }

    private static int nearestRank(List<Object> ladder, Object value) {
        int rank = ladder.indexOf(value);
        if (rank >= 0 || !(value instanceof Long wanted)) {
            return rank;
        }
        for (int i = 0; i < ladder.size(); i++) {
            if (ladder.get(i) instanceof Long number && (rank < 0 || closer(number, ladder.get(rank), wanted))) {
                rank = i;
            }
        }
        return rank;
    }

    private static boolean closer(long number, Object than, long wanted) {
        return !Objects.equals(number, than) && Math.abs(number - wanted) < Math.abs((Long) than - wanted);
    }
}
