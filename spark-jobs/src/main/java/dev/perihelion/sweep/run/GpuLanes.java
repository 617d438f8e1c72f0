package dev.perihelion.sweep.run;

import dev.perihelion.sweep.stage.MeasureSlot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The places that measure or check: how many jobs each has, and which GPUs are lost. A GPU is lost when its worker says several
 * times in a row that it cannot be used any more. GPUs that Spark hands out are one lane, because which of them a job gets is
 * not known before.
 */
final class GpuLanes {

    private static final int LOST_AFTER = 3;
    private static final long NEVER = Long.MIN_VALUE;

    /** One place. */
    static final class Lane {
        private final MeasureSlot slot;
        private final int most;
        private final Deque<Long> startNanos = new ArrayDeque<>();
        private final SpareTime spare = new SpareTime();
        private long idleSinceNanos = NEVER;
        private int lostInARow;
        private String problem = "";

        /** A lane of a test that looks at its times only. */
        Lane() {
            this(MeasureSlot.GIVEN, 2);
        }

        private Lane(MeasureSlot slot, int most) {
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

        /** Milliseconds that a job may take more than it must, where nothing else is there to do. */
        double spareMillis() {
            return spare.millis();
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
    }

    private final List<Lane> lanes = new ArrayList<>();

    GpuLanes(Flow flow) {
        if (flow.slots().fromSpark()) {
            lanes.add(new Lane(MeasureSlot.GIVEN, flow.slots().count() * flow.jobsPerSlot()));
        } else {
            flow.slots().slots().forEach(slot -> lanes.add(new Lane(slot, flow.jobsPerSlot())));
        }
    }

    /** The lane with the most room for another job. */
    Optional<Lane> free() {
        return lanes.stream()
                .filter(lane -> !lane.isLost() && lane.startNanos.size() < lane.most)
                .min(Comparator.comparingDouble(lane -> (double) lane.startNanos.size() / lane.most));
    }

    /** Room for jobs on all lanes. */
    int room() {
        return lanes.stream()
                .filter(lane -> !lane.isLost())
                .mapToInt(lane -> Math.max(0, lane.most - lane.startNanos.size()))
                .sum();
    }

    /** Whether no lane is left; {@link #problem} then says why. */
    boolean allLost() {
        return lanes.stream().allMatch(Lane::isLost);
    }

    /** What the last lost lane's worker said. */
    String problem() {
        return lanes.get(lanes.size() - 1).problem;
    }
}
