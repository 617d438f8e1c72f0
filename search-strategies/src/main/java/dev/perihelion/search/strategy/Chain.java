package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;

/** One walk of {@link AnnealingSearch}: where it stands and how warm it is. */
final class Chain {

    /** Accepts a point that is five percent slower with a chance of 1/e. */
    private static final double START_TEMPERATURE = 0.05;

    /** Accepts noise and nothing else. */
    private static final double END_TEMPERATURE = 1e-4;

    /** The temperature's factor per judged point. */
    private static final double COOLING = 0.95;

    /** Points without a new best of the chain before it starts again from a disturbed good point. */
    private static final int STAGNATION = 20;

    /** Steps in one disturbance. */
    private static final int DISTURBANCES = 3;

    /** Restarts are from one of so many fastest points. */
    private static final int ELITE = 10;

    private final int number;
    private final SplittableRandom random;
    private Configuration position;
    private double latencyNanos;
    private double bestNanos = Double.MAX_VALUE;
    private double temperature = START_TEMPERATURE;
    private int stale;
    private boolean kicked;

    Chain(int number, long seed) {
        this.number = number;
        this.random = new SplittableRandom(seed);
    }

    int number() {
        return number;
    }

    /** Where the next step starts from: its own position, or one of the fastest points. */
    Configuration base(Journal journal) {
        if (position != null && !kicked) {
            return position;
        }
        List<Journal.Ranked> elite = journal.fastest(ELITE);
        return elite.get((int) ((number + (kicked ? journal.told() : 0)) % elite.size()))
                .configuration();
    }

    /** Random steps before the next proposal. */
    int disturbances() {
        return kicked ? DISTURBANCES : 0;
    }

    /** Mutations to the point if it is faster, or by a chance that falls with its loss and the temperature. */
    void judge(Configuration point, OptionalDouble latency) {
        temperature = Math.max(END_TEMPERATURE, temperature * COOLING);
        stale++;
        double chance = random.nextDouble();
        if (latency.isPresent()) {
            double nanos = latency.getAsDouble();
            double loss = position == null || kicked ? 0 : nanos / latencyNanos - 1;
            if (loss <= 0 || chance < Math.exp(-loss / temperature)) {
                position = point;
                latencyNanos = nanos;
                kicked = false;
            }
            if (nanos < bestNanos) {
                bestNanos = nanos;
                stale = 0;
            }
        }
        if (stale > STAGNATION) {
            kicked = true;
            stale = 0;
            bestNanos = Double.MAX_VALUE;
        }
    }
}
