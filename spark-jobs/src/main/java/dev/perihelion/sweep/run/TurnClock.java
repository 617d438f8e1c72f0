package dev.perihelion.sweep.run;

/**
 * The time that tasks search, as their budgets count it: where several search at once, each second is divided among them. So a
 * sweep whose tasks have a minute each takes no longer than if one ran after the other, and each has as much of the machine.
 */
final class TurnClock {

    private double shared;
    private int searching;
    private long sinceNanos;

    TurnClock(long nowNanos) {
        sinceNanos = nowNanos;
    }

    /** The clock of one task. */
    final class Watch {
        private double before;
        private double startedAt = Double.NaN;

        void start(long nowNanos) {
            if (Double.isNaN(startedAt)) {
                advance(nowNanos);
                startedAt = shared;
                searching++;
            }
        }

        void stop(long nowNanos) {
            if (!Double.isNaN(startedAt)) {
                advance(nowNanos);
                before += shared - startedAt;
                startedAt = Double.NaN;
                searching--;
            }
        }

        /** This task's part of the time in which it searched, in seconds. */
        double seconds() {
            advance(System.nanoTime());
            return before + (Double.isNaN(startedAt) ? 0 : shared - startedAt);
        }
    }

    Watch watch() {
        return new Watch();
    }

    private void advance(long nowNanos) {
        if (searching > 0) {
            shared += (nowNanos - sinceNanos) / 1e9 / searching;
        }
        sinceNanos = nowNanos;
    }
}
