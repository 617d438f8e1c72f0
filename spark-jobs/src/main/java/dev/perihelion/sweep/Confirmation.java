package dev.perihelion.sweep;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.perihelion.sweep.truth.Verdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The default configuration and the search's winner, timed in turns in a fresh worker: who won the search was partly lucky, and
 * this is what can be promised.
 *
 * @param defaultNanos median of the default
 * @param bestNanos median of the winner
 * @param noise how far two equal programs seemed to differ, as a fraction
 * @param bestTrial the winner's trial id; the default's where nothing else came into question
 * @param accepted whether the winner is the answer; else the default is
 * @param details how the comparison was made; empty in stores of versions that timed less
 */
public record Confirmation(
        double defaultNanos,
        double bestNanos,
        double noise,
        String bestTrial,
        boolean accepted,
        Optional<Details> details) {

    /**
     * How the comparison was made.
     *
     * @param bestLowNanos lower end of the 95 % interval of the winner's median
     * @param bestHighNanos upper end of it
     * @param gain how much faster the winner is, as a fraction of the default's latency, by the median over the rounds
     * @param gainLow lower end of the gain's 95 % interval
     * @param gainHigh upper end of it
     * @param rounds how often each was timed
     * @param seeds of the inputs
     * @param finalists who raced for the winner's place
     * @param timer how calls were timed
     */
    public record Details(
            double bestLowNanos,
            double bestHighNanos,
            double gain,
            double gainLow,
            double gainHigh,
            int rounds,
            List<Long> seeds,
            List<Finalist> finalists,
            String timer) {

        public Details {
            seeds = List.copyOf(seeds);
            finalists = List.copyOf(finalists);
        }
    }

    /**
     * A configuration that raced.
     *
     * @param trial its id
     * @param medianNanos its median; NaN where it failed
     * @param rounds how often it was timed; fewer than others where it was eliminated
     * @param problem why it failed; empty where it did not
     */
    public record Finalist(String trial, double medianNanos, int rounds, String problem) {}

    /** The comparison's result. */
    public static Confirmation of(
            Verdict verdict, String bestTrial, List<Long> seeds, List<Finalist> finalists, String timer) {
        return new Confirmation(
                verdict.defaultNanos().median(),
                verdict.winnerNanos().median(),
                verdict.noiseFloor(),
                bestTrial,
                verdict.accepted(),
                Optional.of(new Details(
                        verdict.winnerNanos().low(),
                        verdict.winnerNanos().high(),
                        verdict.gain(),
                        verdict.gainLow(),
                        verdict.gainHigh(),
                        verdict.rounds(),
                        seeds,
                        finalists,
                        timer)));
    }

    /** How much faster the winner is, as a fraction of the default's latency. */
    public double gain() {
        return details.map(Details::gain).orElse((defaultNanos - bestNanos) / defaultNanos);
    }

    /** The form that is stored. */
    public String toJson() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("default_ns", defaultNanos);
        map.put("best_ns", bestNanos);
        map.put("noise", noise);
        map.put("best_trial", bestTrial);
        map.put("accepted", accepted);
        details.ifPresent(made -> {
            map.put("best_low_ns", made.bestLowNanos());
            map.put("best_high_ns", made.bestHighNanos());
            map.put("gain", made.gain());
            map.put("gain_low", made.gainLow());
            map.put("gain_high", made.gainHigh());
            map.put("noise_floor", noise);
            map.put("rounds", made.rounds());
            map.put("seeds", made.seeds());
            map.put(
                    "finalists",
                    made.finalists().stream().map(Confirmation::finalistJson).toList());
            map.put("timer", made.timer());
        });
        return Json.write(map);
    }

    private static Map<String, Object> finalistJson(Finalist finalist) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("trial", finalist.trial());
        map.put("median_ns", Double.isNaN(finalist.medianNanos()) ? null : finalist.medianNanos());
        map.put("rounds", finalist.rounds());
        map.put("problem", finalist.problem());
        return map;
    }

    /** Reads {@link #toJson()}, also of earlier versions. */
    public static Confirmation fromJson(String json) {
        Map<String, Object> map = Json.readObject(json);
        return new Confirmation(
                number(map, "default_ns"),
                number(map, "best_ns"),
                number(map, "noise"),
                (String) map.get("best_trial"),
                (Boolean) map.get("accepted"),
                map.containsKey("gain") ? Optional.of(details(map)) : Optional.empty());
    }

    private static Details details(Map<String, Object> map) {
        List<Map<String, Object>> finalists =
                Json.convert(map.get("finalists"), new TypeReference<List<Map<String, Object>>>() {});
        return new Details(
                number(map, "best_low_ns"),
                number(map, "best_high_ns"),
                number(map, "gain"),
                number(map, "gain_low"),
                number(map, "gain_high"),
                (int) number(map, "rounds"),
                Json.convert(map.get("seeds"), new TypeReference<List<Long>>() {}),
                finalists.stream()
                        .map(finalist -> new Finalist(
                                (String) finalist.get("trial"),
                                number(finalist, "median_ns"),
                                (int) number(finalist, "rounds"),
                                (String) finalist.get("problem")))
                        .toList(),
                (String) map.get("timer"));
    }

    private static double number(Map<String, Object> map, String key) {
        return map.get(key) instanceof Number number ? number.doubleValue() : Double.NaN;
    }
}
