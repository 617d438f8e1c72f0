package dev.perihelion.sweep.run;

import dev.perihelion.search.trial.Outcome;
import dev.perihelion.sweep.store.TrialRow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which trials are one program, by the text of the module or by the binary and how it is launched: the first whose module is
 * known is measured, the others wait for it and share its result. A result that only tells of our machinery is not shared; the
 * next one takes over.
 */
final class Duplicates {

    /** Trials of one program. */
    static final class Group {
        private Flight original;
        private TrialRow row;
        private final Deque<Flight> waiting = new ArrayDeque<>();

        /** Whether this trial is the one that is measured. */
        boolean isOriginal(Flight flight) {
            return original == flight;
        }

        /** The result that all share, once it is there. */
        Optional<TrialRow> row() {
            return Optional.ofNullable(row);
        }

        private void join(Flight flight) {
            if (row == null && original == null) {
                original = flight;
            } else if (row == null && original != flight) {
                waiting.add(flight);
            }
        }
    }

    private final Map<String, Group> byText = new HashMap<>();
    private final Map<String, Group> byBinary = new HashMap<>();
    private final Map<Flight, Group> ofOriginal = new HashMap<>();

    /** Takes over the trial of an earlier run. */
    void remember(TrialRow row, Optional<TrialRow> original) {
        TrialRow shared = original.orElse(row);
        if (row.textSha256().isEmpty() || shared.result().outcome() == Outcome.INFRASTRUCTURE) {
            return;
        }
        Group group = byText.computeIfAbsent(shared.textSha256(), text -> new Group());
        group.row = shared;
        byText.putIfAbsent(row.textSha256(), group);
        if (row.binarySha256().isPresent() && row.launchSha256().isPresent()) {
            byBinary.putIfAbsent(
                    row.binarySha256().get() + "|" + row.launchSha256().get(), group);
        }
    }

    /**
     * Puts a trial to those of its program; it then is their original, waits, or can take their result.
     *
     * @param textSha256 of its module
     * @param binaryKey of its binary; empty where it has none, or where equal binaries do not matter
     */
    Group place(Flight flight, String textSha256, Optional<String> binaryKey) {
        Group group = byText.get(textSha256);
        if (group == null && binaryKey.isPresent()) {
            group = byBinary.get(binaryKey.get());
        }
        if (group == null) {
            group = new Group();
        }
        byText.putIfAbsent(textSha256, group);
        Group found = group;
        binaryKey.ifPresent(key -> byBinary.putIfAbsent(key, found));
        group.join(flight);
        if (group.isOriginal(flight)) {
            ofOriginal.put(flight, group);
        }
        return group;
    }

    /** Whether this text belongs to a known program. */
    boolean knowsText(String textSha256) {
        Group group = byText.get(textSha256);
        return group != null && (group.row != null || group.original != null);
    }

    /** Trials that wait no longer. */
    record Freed(List<Flight> duplicates, Optional<Flight> successor) {}

    /** An original has ended: those that waited share its result, or one of them takes its place. */
    Freed ended(Flight original, TrialRow row) {
        Group group = ofOriginal.remove(original);
        if (group == null) {
            return new Freed(List.of(), Optional.empty());
        }
        group.original = null;
        if (row.result().outcome() == Outcome.INFRASTRUCTURE) {
            Optional<Flight> successor = Optional.ofNullable(group.waiting.poll());
            successor.ifPresent(next -> {
                group.original = next;
                ofOriginal.put(next, group);
            });
            return new Freed(List.of(), successor);
        }
        group.row = row;
        List<Flight> duplicates = new ArrayList<>(group.waiting);
        group.waiting.clear();
        return new Freed(duplicates, Optional.empty());
    }
}
