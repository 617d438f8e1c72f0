package dev.perihelion.cli;

import dev.perihelion.sweep.store.StoreProgress;
import java.io.PrintWriter;
import java.util.Locale;

/** Shows how far a walk through a store is: on a line that is written again and again, and gone at the end. */
final class StoreWalk implements StoreProgress, AutoCloseable {

    private static final long LINE_NANOS = 200_000_000L;
    private static final String WHOLE_LINE = "\r\033[K";

    private final PrintWriter err;
    private final String verb;
    private final boolean shown;
    private long lastLineNanos = System.nanoTime();
    private boolean drawn;

    /**
     * A view.
     *
     * @param verb what is done with the folders
     * @param shown whether it is shown at all
     */
    StoreWalk(PrintWriter err, String verb, boolean shown) {
        this.err = err;
        this.verb = verb;
        this.shown = shown;
    }

    /** A view for the person at the terminal; nobody sees it where there is none. */
    static StoreWalk onTerminal(PrintWriter err, String verb) {
        return new StoreWalk(err, verb, Terminal.ofStandardError().isPresent());
    }

    @Override
    public void at(long done, long all, String where) {
        long now = System.nanoTime();
        if (shown && (now - lastLineNanos >= LINE_NANOS)) {
            lastLineNanos = now;
            drawn = true;
            err.printf(Locale.ROOT, "%s%s %d of %d", WHOLE_LINE, verb, done, all);
            err.flush();
        }
    }

    @Override
    public void close() {
        if (drawn) {
            err.print(WHOLE_LINE);
            err.flush();
        }
    }
}
