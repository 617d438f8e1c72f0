package dev.perihelion.sweep.store;

import dev.perihelion.sweep.store.StoreProblem.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Problems as they are found. */
final class StoreFindings {

    private final List<StoreProblem> problems = new ArrayList<>();

    void add(Kind kind, String file, OptionalLong row, String what, String action) {
        // Causes come from other libraries; the message stays one line.
        String line = what.lines().findFirst().orElse("").strip();
        problems.add(new StoreProblem(kind, file, row, line.endsWith(".") ? line : line + ".", action));
    }

    void add(Kind kind, String file, String what, String action) {
        add(kind, file, OptionalLong.empty(), what, action);
    }

    void addAll(StoreFindings others) {
        problems.addAll(others.problems);
    }

    List<StoreProblem> problems() {
        return problems;
    }
}
