package dev.perihelion.sweep.run;

import dev.perihelion.sweep.SearchStatistics;
import dev.perihelion.sweep.stage.MeasureStage;
import dev.perihelion.sweep.store.TrialRow;

/** Measures how fast a search goes. Times are those of {@link System#nanoTime}. */
final class SearchMeter {

    private final int gpus;
    private final long startNanos;
    private long trials;
    private long replayed;
    private double busyMillis;
    private double workerMillis;
    private double compileMillis;
    private long firstNanos;
    private long lastNanos;
    private long longestStallNanos;

    SearchMeter(int gpus, long startNanos) {
        this.gpus = gpus;
        this.startNanos = startNanos;
    }

    void replayed(long count) {
        replayed = count;
    }

    void measured(MeasureStage.Report report) {
        busyMillis += report.busyMillis();
        workerMillis += report.millis() + report.spareMillis();
    }

    void finished(TrialRow row, long nowNanos) {
        compileMillis += row.compileMillis();
        if (trials == 0) {
            firstNanos = nowNanos;
        } else {
            longestStallNanos = Math.max(longestStallNanos, nowNanos - lastNanos);
        }
        lastNanos = nowNanos;
        trials++;
    }

    double seconds(long nowNanos) {
        return (nowNanos - startNanos) / 1e9;
    }

    /** Results of this run. */
    long trials() {
        return trials;
    }

    SearchStatistics statistics(long nowNanos) {
        return new SearchStatistics(
                trials,
                replayed,
                seconds(nowNanos),
                gpus,
                busyMillis / 1e3,
                workerMillis / 1e3,
                compileMillis / 1e3,
                trials == 0 ? Double.NaN : (firstNanos - startNanos) / 1e9,
                longestStallNanos / 1e9);
    }
}
