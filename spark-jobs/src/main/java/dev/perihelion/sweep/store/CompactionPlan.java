package dev.perihelion.sweep.store;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a compaction will look at.
 *
 * @param tasks in the order of their sweeps
 * @param leftOut why a sweep (its id) or a task ({@code SWEEP/TASK}) is left as it is, one or more sentences
 */
record CompactionPlan(List<Task> tasks, Map<String, String> leftOut) {

    private static final String DRIVER =
            "Go on with it by `perihelion sweep --resume`, or, if no driver runs it and none "
                    + "shall, use `--force`.";

    /** A task to compact. */
    record Task(String sweep, String id) {}

    static CompactionPlan of(TrialStore store, List<String> sweeps, boolean force) {
        List<Task> tasks = new ArrayList<>();
        Map<String, String> leftOut = new LinkedHashMap<>();
        for (String sweep : sweeps) {
            try {
                boolean ended = store.sweep(sweep).flatMap(SweepRow::finishedAt).isPresent();
                if (!ended && !force) {
                    leftOut.put(sweep, "it has not ended. " + DRIVER);
                    continue;
                }
                store.tasks(sweep).forEach((id, row) -> {
                    if (row.state().equals("running") && !force) {
                        leftOut.put(sweep + "/" + id, "it is running. " + DRIVER);
                    } else {
                        tasks.add(new Task(sweep, id));
                    }
                });
            } catch (StoreException e) {
                leftOut.put(sweep, e.getMessage() + " `perihelion store fsck` tells more.");
            }
        }
        return new CompactionPlan(tasks, leftOut);
    }
}
