package dev.perihelion.sweep;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How fast a search was. Trials that an earlier run had stored count only as such.
 *
 * @param trials told in this run
 * @param replayedTrials taken from the store
 * @param searchSeconds wall time of the search, the final race not included
 * @param gpus that measured; 0 where results were checked on the CPU
 * @param gpuBusySeconds time in which the GPUs worked, over all
 * @param workerSeconds time in which the workers of the GPUs had a job, over all
 * @param compileSeconds time spent compiling, over all compile workers
 * @param firstResultSeconds from the search's start to its first result; NaN where there was none
 * @param longestStallSeconds the longest time without a result between the first and the last
 */
public record SearchStatistics(
        long trials,
        long replayedTrials,
        double searchSeconds,
        int gpus,
        double gpuBusySeconds,
        double workerSeconds,
        double compileSeconds,
        double firstResultSeconds,
        double longestStallSeconds) {

    /** Trials of this run in a second of its search. */
    public double trialsPerSecond() {
        return searchSeconds > 0 ? trials / searchSeconds : 0;
    }

    /** The share of the search in which the GPUs worked, 0 to 1. */
    public double gpuBusyShare() {
        return gpus > 0 && searchSeconds > 0 ? gpuBusySeconds / (searchSeconds * gpus) : 0;
    }

    /** The share of the search in which the GPUs' workers had a job, 0 to 1. */
    public double workerShare() {
        return gpus > 0 && searchSeconds > 0 ? workerSeconds / (searchSeconds * gpus) : 0;
    }

    /** The form that is stored. */
    public Map<String, Object> toJsonMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("trials", trials);
        map.put("replayed_trials", replayedTrials);
        map.put("search_seconds", searchSeconds);
        map.put("trials_per_second", trialsPerSecond());
        map.put("gpus", gpus);
        map.put("gpu_busy_share", gpus > 0 ? gpuBusyShare() : null);
        map.put("worker_share", gpus > 0 ? workerShare() : null);
        map.put("compile_seconds", compileSeconds);
        map.put("first_result_seconds", Double.isNaN(firstResultSeconds) ? null : firstResultSeconds);
        map.put("longest_stall_seconds", longestStallSeconds);
        return map;
    }
}
