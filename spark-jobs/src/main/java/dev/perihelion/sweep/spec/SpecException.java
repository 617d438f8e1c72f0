package dev.perihelion.sweep.spec;

import java.util.List;
import java.util.stream.Collectors;

/** Mistakes in a sweep specification; the message is for its author and names file, line and column of each. */
public final class SpecException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<SpecMistake> mistakes;

    /** The file as a whole is wrong. */
    public SpecException(String message) {
        super(message);
        this.mistakes = List.of();
    }

    SpecException(String file, List<SpecMistake> mistakes) {
        super(render(file, mistakes));
        this.mistakes = List.copyOf(mistakes);
    }

    /** All mistakes in the order of their places; empty where the file as a whole is wrong. */
    public List<SpecMistake> mistakes() {
        return mistakes;
    }

    private static String render(String file, List<SpecMistake> mistakes) {
        String lines = mistakes.stream()
                .map(mistake -> file + ":" + mistake.line() + ":" + mistake.column() + ": " + mistake.message())
                .collect(Collectors.joining("\nerror: "));
        return mistakes.size() == 1 ? lines : lines + "\n" + mistakes.size() + " mistakes in " + file + ".";
    }
}
