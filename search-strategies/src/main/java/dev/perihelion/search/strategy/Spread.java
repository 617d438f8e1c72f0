package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Chooses configurations that lie far from each other, to look at a space before anything is known. */
final class Spread {

    private final double[][] rows;
    private final double[] scale;
    private final double[] nearest;

    private Spread(double[][] rows) {
        this.rows = rows;
        this.scale = new double[rows[0].length];
        for (int feature = 0; feature < scale.length; feature++) {
            int f = feature;
            double range = Arrays.stream(rows).mapToDouble(row -> row[f]).max().getAsDouble()
                    - Arrays.stream(rows).mapToDouble(row -> row[f]).min().getAsDouble();
            scale[feature] = range > 0 ? 1 / range : 0;
        }
        this.nearest = new double[rows.length];
        Arrays.fill(nearest, Double.POSITIVE_INFINITY);
    }

    /**
     * Takes, one by one, what is farthest from all taken before.
     *
     * @param given taken before the first
     * @param from to choose from
     * @return up to {@code count} of {@code from}, none of them given
     */
    static List<Configuration> choose(
            SearchSpace space, List<Configuration> given, List<Configuration> from, int count) {
        List<Configuration> chosen = new ArrayList<>();
        if (from.isEmpty()) {
            return chosen;
        }
        Features features = Features.plain(space);
        Spread spread = new Spread(features.of(from));
        given.forEach(point -> spread.take(features.of(point)));
        while (chosen.size() < Math.min(count, from.size())) {
            int farthest = spread.farthest();
            if (spread.nearest[farthest] <= 0) {
                break;
            }
            chosen.add(from.get(farthest));
            spread.take(spread.rows[farthest]);
        }
        return chosen;
    }

    private int farthest() {
        int farthest = 0;
        for (int i = 1; i < nearest.length; i++) {
            if (nearest[i] > nearest[farthest]) {
                farthest = i;
            }
        }
        return farthest;
    }

    private void take(double[] point) {
        for (int i = 0; i < rows.length; i++) {
            double distance = 0;
            for (int f = 0; f < point.length; f++) {
                distance += Math.abs(rows[i][f] - point[f]) * scale[f];
            }
            nearest[i] = Math.min(nearest[i], distance);
        }
    }
}
