package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.trial.Trial;
import java.util.Collection;
import java.util.List;

/**
 * Proposes configurations and learns from their results, in the ask/tell form (see Vizier's designers, Song et al.,
 * 2022, "Open Source Vizier").
 *
 * <p>A strategy's state is a pure function of (space, seed, trials told so far): telling the stored trials to a fresh
 * instance resumes a search. It does no input or output and reads no clock.
 */
public interface SearchStrategy {

    /** The name under which {@link Strategies} knows this strategy. */
    String name();

    /**
     * Up to {@code count} configurations to try next, each new: neither told, nor pending, nor twice in the answer. Does
     * not change the state. An empty answer means that the strategy waits for pending results, or, when nothing is
     * pending, that it is done.
     *
     * @param count how many are wanted; at least 1
     * @param pending asked for earlier and not told yet
     */
    List<Suggestion> ask(int count, Collection<Configuration> pending);

    /**
     * Learns one result. Results may come in any order; a configuration told twice is learnt once. Configurations that
     * this strategy did not propose (a user's seed, the default) are welcome.
     */
    void tell(Trial trial);
}
