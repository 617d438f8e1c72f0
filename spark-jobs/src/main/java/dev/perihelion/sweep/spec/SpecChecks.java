package dev.perihelion.sweep.spec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Looks at the tasks of a specification that is well formed: whether one stands there twice, and whether each fits its kernel. */
final class SpecChecks {

    /** Argument sets of one kernel that are compiled; beyond that a share of them, evenly spread. */
    private static final int MOST_CHECKED = 200;

    private SpecChecks() {}

    static void addDuplicates(List<KernelEntry> kernels, Mistakes mistakes) {
        Map<Object, ArgumentSet> seen = new HashMap<>();
        for (KernelEntry entry : kernels) {
            for (ArgumentSet set : entry.sets()) {
                for (String target : entry.settings().targets()) {
                    ArgumentSet first = seen.putIfAbsent(
                            List.of(
                                    entry.task(set.values().orElse(Map.of()), 0, target),
                                    entry.inputs(),
                                    set.values().isPresent() ? Map.of() : set.symbols()),
                            set);
                    if (first != null) {
                        mistakes.add(set.mistake("the task `" + entry.kernel() + "` with " + set.shown() + " for "
                                + target + " stands here twice; the first is that of line " + first.line() + "."));
                    }
                }
            }
        }
    }

    /** Compiles the tasks, on all cores; what is wrong with many sets of a kernel in the same way is told once. */
    static void addMisfits(List<KernelEntry> kernels, TaskCheck check, Mistakes mistakes) {
        for (KernelEntry entry : kernels) {
            List<ArgumentSet> sets = spread(entry.sets().stream()
                    .filter(set -> set.values().isPresent())
                    .toList());
            List<Optional<String>> problems = sets.parallelStream()
                    .map(set -> problem(entry, set, set == sets.get(0), check))
                    .toList();
            Map<String, List<ArgumentSet>> byProblem = new LinkedHashMap<>();
            IntStream.range(0, sets.size())
                    .forEach(index -> problems.get(index)
                            .ifPresent(problem -> byProblem
                                    .computeIfAbsent(problem, key -> new ArrayList<>())
                                    .add(sets.get(index))));
            byProblem.forEach((problem, wrong) -> {
                ArgumentSet first = wrong.get(0);
                String more = wrong.size() == 1 ? "" : " and " + (wrong.size() - 1) + " more";
                mistakes.add(first.mistake(
                        "`" + entry.kernel() + "` cannot be tuned with " + first.shown() + more + ": " + problem));
            });
        }
    }

    private static Optional<String> problem(KernelEntry entry, ArgumentSet set, boolean everyTarget, TaskCheck check) {
        return entry.settings().targets().stream()
                .limit(everyTarget ? Long.MAX_VALUE : 1)
                .map(target -> check.problem(entry.task(set.values().orElseThrow(), 0, target)))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static <T> List<T> spread(List<T> all) {
        if (all.size() <= MOST_CHECKED) {
            return all;
        }
        return IntStream.range(0, MOST_CHECKED)
                .mapToObj(index -> all.get((int) ((long) index * all.size() / MOST_CHECKED)))
                .toList();
    }
}
