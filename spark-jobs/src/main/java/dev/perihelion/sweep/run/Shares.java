package dev.perihelion.sweep.run;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Shares compile workers and GPUs out to the tasks that wait for them. A compile worker goes to the task that has the fewest. A
 * GPU goes to the task that waits the longest among those whose inputs its worker has, or to another that has waited for more
 * than a second. Only the loop's thread touches it.
 */
final class Shares {

    private static final long PATIENCE_NANOS = 1_000_000_000L;

    private final Capacity capacity;
    private final BiConsumer<SweepEntry, RuntimeException> failed;
    private final Set<SweepEntry> wantCompilers = new LinkedHashSet<>();
    private final Map<Boolean, Set<SweepEntry>> wantLanes =
            Map.of(true, new LinkedHashSet<>(), false, new LinkedHashSet<>());

    /**
     * @param failed hears of a task that cannot go on with what it was given
     */
    Shares(Capacity capacity, BiConsumer<SweepEntry, RuntimeException> failed) {
        this.capacity = capacity;
        this.failed = failed;
    }

    /** Notes what a task waits for now. */
    void note(SweepEntry entry, long nowNanos) {
        Set<SweepEntry> ready = wantLanes.get(entry.measured());
        if (entry.isSearching() && entry.pipeline().isReady()) {
            if (ready.add(entry)) {
                entry.readySinceNanos = nowNanos;
            }
        } else {
            ready.remove(entry);
        }
        if (entry.isSearching() && entry.pipeline().toBuild() > 0) {
            wantCompilers.add(entry);
        } else {
            wantCompilers.remove(entry);
        }
    }

    /** Gives away what is free. */
    void give() {
        giveCompilers();
        giveLanes(capacity.checkers(), wantLanes.get(false));
        if (capacity.gpus() != null) {
            giveLanes(capacity.gpus(), wantLanes.get(true));
        }
    }

    /** Whoever waits for a lane to race on waits in vain. */
    void refuseRaces(RuntimeException why) {
        capacity.checkers().refuseWishes(why);
        if (capacity.gpus() != null) {
            capacity.gpus().refuseWishes(why);
        }
    }

    private void giveCompilers() {
        int free = capacity.compileSlots().free();
        if (free == 0 || wantCompilers.isEmpty()) {
            return;
        }
        List<SweepEntry> poorest = new ArrayList<>(wantCompilers);
        poorest.sort(Comparator.comparingInt(entry -> entry.pipeline().building()));
        int left = poorest.size();
        for (SweepEntry entry : poorest) {
            int fair = Math.max(1, free / left--);
            int count = Math.min(Math.min(fair, free), entry.pipeline().toBuild());
            if (count > 0) {
                guarded(entry, () -> entry.pipeline().build(count));
                free -= count;
            }
            note(entry, System.nanoTime());
        }
    }

    private void giveLanes(GpuLanes lanes, Set<SweepEntry> ready) {
        if (lanes.allLost()) {
            lanes.refuseWishes(lanes.allLostFailure());
            List.copyOf(ready).forEach(entry -> failed.accept(entry, lanes.allLostFailure()));
            ready.clear();
        }
        while (!ready.isEmpty()) {
            List<GpuLanes.Lane> open = lanes.open();
            if (open.isEmpty()) {
                return;
            }
            GpuLanes.Lane lane = open.get(0);
            SweepEntry next = next(lane, ready);
            int room = Math.max(1, lanes.room() / ready.size());
            boolean alone = ready.size() == 1;
            ready.remove(next);
            guarded(next, () -> next.task.search().measure(lane, room, alone));
            // Behind the others now.
            note(next, System.nanoTime());
        }
    }

    private static SweepEntry next(GpuLanes.Lane lane, Set<SweepEntry> ready) {
        SweepEntry longest = ready.iterator().next();
        if (System.nanoTime() - longest.readySinceNanos > PATIENCE_NANOS) {
            return longest;
        }
        Optional<SweepEntry> known = ready.stream()
                .filter(entry -> lane.serves(entry.task.plan().id()))
                .findFirst();
        return known.orElse(longest);
    }

    private void guarded(SweepEntry entry, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            failed.accept(entry, e);
        }
    }
}
