package dev.perihelion.sweep.spec;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Gathers the mistakes of one file, so that its author reads all of them at once. */
final class Mistakes {

    private final String file;
    private final List<SpecMistake> all = new ArrayList<>();

    Mistakes(String file) {
        this.file = file;
    }

    /** Ends the reading of one value; what goes on without that value catches it. */
    static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient SpecMistake mistake;

        Unreadable(SpecMistake mistake) {
            super(mistake.message(), null, false, false);
            this.mistake = mistake;
        }
    }

    void add(SpecMistake mistake) {
        if (!all.contains(mistake)) {
            all.add(mistake);
        }
    }

    /** Reads a value; where that cannot be done the mistake is kept, and there is none. */
    <T> Optional<T> attempt(Supplier<T> reading) {
        try {
            return Optional.of(reading.get());
        } catch (Unreadable e) {
            add(e.mistake);
            return Optional.empty();
        }
    }

    int count() {
        return all.size();
    }

    void throwIfAny() {
        if (!all.isEmpty()) {
            throw new SpecException(
                    file,
                    all.stream()
                            .sorted(Comparator.comparingInt(SpecMistake::line).thenComparingInt(SpecMistake::column))
                            .toList());
        }
    }
}
