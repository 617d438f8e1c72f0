package dev.perihelion.sweep.events;

import java.io.IOException;

/** Where lines of an event log go. Used by one thread at a time. */
public interface EventSink extends AutoCloseable {

    /** For people: the file or folder. */
    String location();

    /**
     * Appends a line.
     *
     * @param line without its line break
     * @throws IOException where it could not be written; the next line may be tried all the same
     */
    void append(String line) throws IOException;

    /** Writes what is still held back. Nothing may be appended then. */
    @Override
    void close() throws IOException;
}
