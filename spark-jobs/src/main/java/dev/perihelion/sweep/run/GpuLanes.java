package dev.perihelion.sweep.run;

import dev.perihelion.sweep.stage.MeasureSlot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The places that measure or check, which all tasks share: how many jobs each has, which GPUs are lost, and which one is given
 * to a single task for a while. A GPU is lost when its worker says several times in a row that it cannot be used any more.
 * GPUs that Spark hands out are one lane, because which of them a job gets is not known before.
 *
 * <p>Only the loop's thread touches it.
 */
final class GpuLanes {

    private static final int LOST_AFTER = 3;
    private static final long NEVER = Long.MIN_VALUE;

    /** Tasks whose inputs and references a GPU's worker keeps. */
    private static final int KEPT_TASKS = 8;

    /** One place. */
    static final class Lane {
        private final MeasureSlot slot;
        private final int most;
        private final Deque<String> served = new ArrayDeque<>();
        private final Deque<Long> startNanos = new ArrayDeque<>();
        private final SpareTime spare = new SpareTime();
        private long idleSinceNanos = NEVER;
        private boolean held;
        private int lostInARow;
        private String problem = "";

        /** One that may have so many jobs, of which one runs. */
        Lane(MeasureSlot slot, int most) {
            this.slot = slot;
            this.most = most;
        }

        MeasureSlot slot() {
            return slot;
        }

        /** A job is given to it, which begins when those before it have ended. */
        void jobStarts(long nowNanos) {
            if (isIdle() && idleSinceNanos != NEVER) {
                spare.gpuWaited((nowNanos - idleSinceNanos) / 1e6);
            }
            startNanos.add(nowNanos);
        }

        /** The first of its jobs has ended. */
        void jobEnds(long nowNanos) {
            startNanos.remove();
            if (isIdle()) {
                idleSinceNanos = nowNanos;
            } else {
                spare.configurationWaited((nowNanos - startNanos.peek()) / 1e6);
            }
        }

        /** Whether nothing else is there for it to do. */
        boolean isIdle() {
            return startNanos.isEmpty();
        }

        private int jobs() {
            return startNanos.size();
        }

        /** Milliseconds that a job may take more than it must, where nothing else is there to do. */
        double spareMillis() {
            return spare.millis();
        }

        /** Whether its worker has this task's inputs from earlier jobs. */
        boolean serves(String task) {
            return served.contains(task);
        }

        /** An answer that shows that the GPU works. */
        void worked() {
            lostInARow = 0;
        }

        /** An answer that says the GPU cannot be used any more; true where it is given up with this one. */
        boolean failed(String reason) {
            problem = reason;
            return ++lostInARow == LOST_AFTER;
        }

        private boolean isLost() {
            return lostInARow >= LOST_AFTER;
        }

        private boolean isOpen() {
            return !isLost() && !held && jobs() < most;
        }
    }

    private static final class Wish {
        private final String task;
        private final CompletableFuture<Lane> lane = new CompletableFuture<>();
        private Lane chosen;

        Wish(String task) {
            this.task = task;
        }
    }

    private final boolean fromSpark;
    private final List<Lane> lanes = new ArrayList<>();
    private final List<Wish> wishes = new ArrayList<>();

    GpuLanes(Flow flow) {
        fromSpark = flow.slots().fromSpark();
        if (fromSpark) {
            lanes.add(new Lane(MeasureSlot.GIVEN, flow.slots().count() * flow.jobsPerSlot()));
        } else {
            flow.slots().slots().forEach(slot -> lanes.add(new Lane(slot, flow.jobsPerSlot())));
        }
    }

    /** The lanes with room for another job: those with the most room first, of them those that waited longest. */
    List<Lane> open() {
        return lanes.stream()
                .filter(Lane::isOpen)
                .sorted(Comparator.comparingDouble((Lane lane) -> (double) lane.jobs() / lane.most)
                        .thenComparingLong(lane -> lane.idleSinceNanos))
                .toList();
    }

    /** Room for jobs on all lanes. */
    int room() {
        return lanes.stream()
                .filter(Lane::isOpen)
                .mapToInt(lane -> lane.most - lane.jobs())
                .sum();
    }

    void jobStarts(Lane lane, String task) {
        lane.jobStarts(System.nanoTime());
        lane.served.remove(task);
        lane.served.addFirst(task);
        if (lane.served.size() > KEPT_TASKS) {
            lane.served.removeLast();
        }
    }

    void jobEnds(Lane lane) {
        lane.jobEnds(System.nanoTime());
        settle();
    }

    /**
     * A lane for this task alone, as soon as what runs there has ended; to be {@linkplain #giveBack given back}. Where Spark
     * hands GPUs out, each job has one for itself anyhow.
     */
    CompletableFuture<Lane> alone(String task) {
        if (fromSpark) {
            return CompletableFuture.completedFuture(lanes.get(0));
        }
        Wish wish = new Wish(task);
        wishes.add(wish);
        settle();
        return wish.lane;
    }

    /** Ends what {@link #alone} began; the worker there may be another one now. */
    void giveBack(Lane lane) {
        if (!fromSpark) {
            lane.held = false;
            lane.served.clear();
            // It did not wait for configurations meanwhile.
            lane.idleSinceNanos = NEVER;
            settle();
        }
    }

    /** Whoever waits for a lane waits in vain. */
    void refuseWishes(RuntimeException why) {
        List<Wish> refused = List.copyOf(wishes);
        wishes.clear();
        for (Wish wish : refused) {
            if (wish.chosen != null) {
                wish.chosen.held = false;
            }
            wish.lane.completeExceptionally(why);
        }
    }

    private void settle() {
        Iterator<Wish> waiting = wishes.iterator();
        while (waiting.hasNext()) {
            Wish wish = waiting.next();
            if (wish.chosen == null || wish.chosen.isLost()) {
                choose(wish);
            }
            if (wish.chosen != null && wish.chosen.isIdle()) {
                waiting.remove();
                wish.lane.complete(wish.chosen);
            }
        }
    }

    private void choose(Wish wish) {
        if (wish.chosen != null) {
            wish.chosen.held = false;
        }
        Optional<Lane> best = lanes.stream()
                .filter(lane -> !lane.isLost() && !lane.held)
                .min(Comparator.comparingInt((Lane lane) -> lane.jobs())
                        .thenComparing(lane -> !lane.serves(wish.task)));
        wish.chosen = best.orElse(null);
        best.ifPresent(lane -> lane.held = true);
    }

    /** Whether no lane is left. */
    boolean allLost() {
        return lanes.stream().allMatch(Lane::isLost);
    }

    /** The end of a task that has no lane left to measure on. */
    TaskFailure allLostFailure() {
        return new TaskFailure("The GPU was lost: " + lanes.get(lanes.size() - 1).problem
                + " The trials so far are stored; the sweep can be resumed when the GPU works again.");
    }
}
