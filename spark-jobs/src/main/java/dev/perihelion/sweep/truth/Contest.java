package dev.perihelion.sweep.truth;

import dev.perihelion.search.space.Configuration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Which of the configurations that raced is to be compared with the default.
 *
 * @param winner the simplest of those that are not slower than the fastest by more than the noise
 * @param fastest by the median of the ratios to the incumbent
 * @param noiseFloor of the race, as a fraction
 */
public record Contest(Contestant winner, Contestant fastest, double noiseFloor) {

    /**
     * Decides.
     *
     * @param contestants at least one; those with fewer rounds than others were eliminated and cannot win
     * @param incumbent whose second copy was the control
     * @param controlNanos the control's samples by round
     * @param standard the default configuration
     * @param seed of the resampling
     * @return empty where no contestant has a full number of rounds
     */
    public static Optional<Contest> of(
            List<Contestant> contestants,
            Contestant incumbent,
            double[] controlNanos,
            Configuration standard,
            long seed) {
        int rounds = contestants.stream()
                .mapToInt(contestant -> contestant.samplesNanos().length)
                .max()
                .orElse(0);
        if (rounds == 0 || controlNanos.length == 0 || incumbent.samplesNanos().length == 0) {
            return Optional.empty();
        }
        List<Contestant> whole = contestants.stream()
                .filter(contestant -> contestant.samplesNanos().length == rounds)
                .toList();
        double noise = Bootstrap.noiseFloor(controlNanos, incumbent.samplesNanos(), seed);
        Contestant fastest = whole.stream()
                .min(Comparator.comparingDouble(
                        contestant -> ratio(contestant.samplesNanos(), incumbent.samplesNanos())))
                .orElseThrow();
        Contestant winner = whole.stream()
                .filter(contestant -> ratio(contestant.samplesNanos(), fastest.samplesNanos()) - 1 <= noise)
                .min(Contestant.simplestFirst(standard))
                .orElseThrow();
        return Optional.of(new Contest(winner, fastest, noise));
    }

    private static double ratio(double[] lane, double[] base) {
        double[] ratios = new double[Math.min(lane.length, base.length)];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = lane[i] / base[i];
        }
        return Bootstrap.median(ratios);
    }
}
