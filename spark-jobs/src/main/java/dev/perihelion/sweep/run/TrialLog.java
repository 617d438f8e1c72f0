package dev.perihelion.sweep.run;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.strategy.SearchStrategy;
import dev.perihelion.search.strategy.Suggestion;
import dev.perihelion.search.trial.Trial;
import dev.perihelion.sweep.store.TrialRow;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The dialogue with one task's strategy: what was asked for and what was told, in order. Trial 0 is the default configuration;
 * the compiler's seeds follow, then what the strategy proposes.
 *
 * <p>A strategy's state follows from the seed and the trials told, and its answer from that, the count and what is pending. So
 * when each told trial carries the sizes of the calls of {@code ask} before it, telling and asking again in that order gives
 * the same proposals under the same numbers, whatever the workers' timing was; that is how a resumed search begins.
 */
final class TrialLog {

    private final String task;
    private final SearchStrategy strategy;
    private final Deque<Suggestion> first = new ArrayDeque<>();
    private final Map<Long, Asked> pending = new LinkedHashMap<>();
    private final List<Integer> asksSinceTold = new ArrayList<>();
    private final Deque<Trial> toldMeanwhile = new ArrayDeque<>();
    private boolean open;
    private long asked;
    private long told;

    /** A dialogue that begins; {@code task} is for messages. */
    TrialLog(String task, SearchStrategy strategy, Configuration standard, List<Configuration> seeds) {
        this.task = task;
        this.strategy = strategy;
        first.add(new Suggestion(standard, "default"));
        seeds.forEach(seed -> first.add(new Suggestion(seed, "compiler")));
    }

    /**
     * A call of {@code ask} that has begun and not ended.
     *
     * @param count how many trials are wanted
     * @param first those that need no strategy
     * @param busy what is under way, as the strategy sees it
     * @param askedAfter how many trials had been told
     */
    record Question(int count, List<Suggestion> first, List<Configuration> busy, long askedAfter) {

        /** Whether the strategy has to think. */
        boolean needsThought() {
            return first.size() < count;
        }
    }

    /** Up to {@code count} new trials; none where the strategy waits for results or is done. */
    List<Asked> ask(int count, Instant now) {
        Question question = begin(count);
        return end(question, think(question), now);
    }

    /** Begins to ask. What is told until {@link #end} counts as told after the question, and the strategy hears of it then. */
    Question begin(int count) {
        if (open) {
            throw new IllegalStateException("Task " + task + " has asked its strategy already.");
        }
        open = true;
        List<Suggestion> answer = new ArrayList<>();
        while (answer.size() < count && !first.isEmpty()) {
            answer.add(first.poll());
        }
        List<Configuration> busy = new ArrayList<>();
        pending.values().forEach(trial -> busy.add(trial.configuration()));
        answer.forEach(suggestion -> busy.add(suggestion.configuration()));
        asksSinceTold.add(count);
        return new Question(count, answer, busy, told);
    }

    /** What the strategy says. May run on any thread between {@link #begin} and {@link #end}: it may take long. */
    List<Suggestion> think(Question question) {
        return question.needsThought()
                ? strategy.ask(question.count() - question.first().size(), question.busy())
                : List.of();
    }

    /** Ends a question: the new trials, with what was told meanwhile told to the strategy. */
    List<Asked> end(Question question, List<Suggestion> thoughts, Instant now) {
        List<Suggestion> answer = new ArrayList<>(question.first());
        answer.addAll(thoughts);
        List<Asked> trials = new ArrayList<>();
        for (Suggestion suggestion : answer) {
            Asked trial = new Asked(
                    asked++,
                    suggestion.configuration(),
                    suggestion.origin(),
                    question.askedAfter(),
                    question.count(),
                    now);
            pending.put(trial.number(), trial);
            trials.add(trial);
        }
        if (trials.isEmpty() && told == question.askedAfter()) {
            // A question without an answer changes nothing, and need not be asked again in a resumed search.
            asksSinceTold.remove(asksSinceTold.size() - 1);
        }
        open = false;
        while (!toldMeanwhile.isEmpty()) {
            strategy.tell(toldMeanwhile.poll());
        }
        return trials;
    }

    /** Tells a result of a pending trial. */
    TrialRow.Place tell(Trial trial) {
        Asked answered = pending.remove(trial.number());
        if (answered == null) {
            throw new IllegalStateException("Trial " + trial.number() + " of " + task + " is not pending.");
        }
        TrialRow.Place place =
                new TrialRow.Place(told, answered.askedAfter(), answered.askSize(), List.copyOf(asksSinceTold));
        asksSinceTold.clear();
        if (open) {
            toldMeanwhile.add(trial);
        } else {
            strategy.tell(trial);
        }
        told++;
        return place;
    }

    /**
     * Goes through the dialogue of an earlier run. What was asked and not told is pending afterwards.
     *
     * @param rows the stored trials in the order in which they were told
     * @throws TaskFailure where they do not follow from the seed
     */
    void replay(List<TrialRow> rows, Instant now) {
        for (TrialRow row : rows) {
            TrialRow.Place place = row.place()
                    .orElseThrow(() -> new TaskFailure("Trial " + row.id() + " has no place in the order of telling."));
            if (place.told() != told) {
                throw new TaskFailure("The store has lost trials of task " + task + ": the one that was told as number "
                        + told + " is missing, so the search cannot go on. Start a new sweep.");
            }
            place.asksBefore().forEach(count -> ask(count, now));
            Asked expected = pending.get(row.trial().number());
            if (expected == null || !expected.configuration().equals(row.configuration())) {
                throw new TaskFailure("The stored trials of task " + task
                        + " do not follow from its seed: trial "
                        + row.trial().number() + " should be "
                        + (expected == null
                                ? "unknown yet"
                                : expected.configuration().toJson())
                        + " and the store has " + row.configuration().toJson()
                        + ". They were made by another version; start a new sweep.");
            }
            tell(row.trial());
        }
    }

    /** What was asked for and not told, in the order of asking. */
    Collection<Asked> pending() {
        return Collections.unmodifiableCollection(pending.values());
    }

    /** How many trials were told. */
    long told() {
        return told;
    }
}
