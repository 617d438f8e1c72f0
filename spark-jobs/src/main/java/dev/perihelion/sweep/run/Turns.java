package dev.perihelion.sweep.run;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Who searches. A few tasks do at once. Where the whole sweep has a limit, tasks take turns: when one has had a turn of two
 * seconds and another promises more for each second of the machine ({@link SweepEntry#claim}), that one goes on in its place.
 * Without such a limit each task searches until its own budget ends. Only the loop's thread touches it.
 */
final class Turns {

    /** A claim must be this much larger to take another's turn. */
    private static final double MARGIN = 1.1;

    private final Capacity capacity;
    private final boolean competing;
    private final List<SweepEntry> waiting = new ArrayList<>();
    private final List<SweepEntry> open = new ArrayList<>();

    /**
     * @param competing whether the tasks compete for the time
     */
    Turns(Capacity capacity, boolean competing) {
        this.capacity = capacity;
        this.competing = competing;
    }

    /** Adds a task; those that were added first begin first. */
    void add(SweepEntry entry) {
        waiting.add(entry);
    }

    /** Tasks that have not begun. */
    List<SweepEntry> waiting() {
        return waiting;
    }

    /** Tasks of a kind that search or are about to. */
    int count(boolean measured) {
        int count = 0;
        for (SweepEntry entry : open) {
            boolean turn = entry.hasTurn || entry.phase == SweepEntry.Phase.BEGINNING;
            count += turn && entry.measured() == measured ? 1 : 0;
        }
        return count;
    }

    /** The task that gets a turn now, one that has not begun included; empty where enough search. */
    Optional<SweepEntry> next() {
        for (boolean measured : new boolean[] {true, false}) {
            Optional<SweepEntry> next =
                    count(measured) < capacity.searches(measured) ? candidate(measured) : Optional.empty();
            if (next.isPresent()) {
                if (waiting.remove(next.get())) {
                    open.add(next.get());
                }
                return next;
            }
        }
        return Optional.empty();
    }

    private Optional<SweepEntry> candidate(boolean measured) {
        Optional<SweepEntry> first =
                waiting.stream().filter(entry -> entry.measured() == measured).findFirst();
        return first.or(() -> open.stream()
                .filter(entry -> entry.isPaused() && entry.measured() == measured)
                .max(Comparator.comparingDouble(SweepEntry::claim)));
    }

    /** Those whose turn is over, because others promise more. */
    List<SweepEntry> toPause() {
        if (!competing) {
            return List.of();
        }
        List<SweepEntry> poorest = open.stream()
                .filter(entry -> entry.isSearching() && entry.hasTurn && entry.turnIsUsed())
                .sorted(Comparator.comparingDouble(SweepEntry::claim))
                .toList();
        List<SweepEntry> paused = new ArrayList<>();
        List<SweepEntry> rivals = new ArrayList<>(waiting);
        open.stream()
                .filter(SweepEntry::isPaused)
                .sorted(Comparator.comparingDouble(SweepEntry::claim).reversed())
                .forEach(rivals::add);
        for (SweepEntry entry : poorest) {
            Optional<SweepEntry> rival = rivals.stream()
                    .filter(other -> other.measured() == entry.measured())
                    .findFirst();
            if (rival.isPresent() && rival.get().claim() > MARGIN * entry.claim()) {
                rivals.remove(rival.get());
                paused.add(entry);
            }
        }
        return paused;
    }

    /** The task whose search promises least. */
    Optional<SweepEntry> poorest() {
        return open.stream().filter(SweepEntry::isSearching).min(Comparator.comparingDouble(SweepEntry::claim));
    }

    /** Tasks that have begun and not ended their search. */
    Collection<SweepEntry> open() {
        return open;
    }

    /** A task's search has ended. */
    void ended(SweepEntry entry) {
        open.remove(entry);
    }
}
