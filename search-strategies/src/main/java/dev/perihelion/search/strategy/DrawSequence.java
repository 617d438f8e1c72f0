package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A fixed sequence of different legal configurations in random order: a pure function of (space, seed, costs), computed as
 * far as it is read. A small space is shuffled whole, so the sequence holds each legal configuration once; a large one is
 * drawn from until draws bring nothing new any more. What cannot run comes last.
 */
final class DrawSequence {

    /** Spaces up to this size are listed and shuffled. */
    static final long ENUMERABLE = 10_000;

    /** So many draws in a row that bring nothing new end the sequence, or the patience with what cannot run. */
    private static final int MAX_REPEATS = 2_000;

    private final SearchSpace space;
    private final CostModel costs;
    private final SplittableRandom random;
    private final List<Configuration> drawn;
    private final Set<Configuration> seen = new HashSet<>();
    private final List<Configuration> refused = new ArrayList<>();
    private boolean takesRefused;
    private boolean ended;

    DrawSequence(SearchSpace space, long seed) {
        this(space, seed, CostModel.NONE);
    }

    DrawSequence(SearchSpace space, long seed, CostModel costs) {
        this.space = space;
        this.costs = costs;
        this.random = new SplittableRandom(seed);
        this.drawn = new ArrayList<>();
        if (space.isListed() || space.isEnumerable(ENUMERABLE)) {
            space.enumerate().forEach(drawn::add);
            Collections.shuffle(drawn, new Random(random.nextLong()));
            if (costs != CostModel.NONE) {
                drawn.sort(Comparator.comparing(configuration -> !costs.mayRun(configuration)));
            }
            ended = true;
        }
    }

    /** The configuration at this position of the sequence; empty beyond its end. */
    Optional<Configuration> at(int position) {
        while (position >= drawn.size() && !ended) {
            draw();
        }
        return position < drawn.size() ? Optional.of(drawn.get(position)) : Optional.empty();
    }

    private void draw() {
        for (int repeats = 0; repeats < MAX_REPEATS; repeats++) {
            Configuration configuration = space.random(random);
            if (seen.add(configuration)) {
                if (takesRefused || costs.mayRun(configuration)) {
                    drawn.add(configuration);
                    return;
                }
                refused.add(configuration);
            }
        }
        if (takesRefused || costs == CostModel.NONE) {
            ended = true;
            return;
        }
        takesRefused = true;
        drawn.addAll(refused);
        refused.clear();
    }
}
