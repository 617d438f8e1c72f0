package dev.perihelion.sweep.store;

import java.util.Locale;
import java.util.OptionalLong;

/**
 * Something that is wrong in a store.
 *
 * @param kind for programs
 * @param file below the store; a folder where the problem is the folder's
 * @param row counts the file's rows or lines from 1; empty where the whole file is meant
 * @param what is wrong, one sentence
 * @param action what to do about it, one sentence
 */
public record StoreProblem(Kind kind, String file, OptionalLong row, String what, String action) {

    /** The kinds of problems; docs/store.md has them too. */
    public enum Kind {
        /** A file or folder that cannot be read. */
        UNREADABLE,
        /** What a killed writer left. */
        LEFTOVER,
        /** A file or folder that has no business where it is. */
        STRAY,
        /** Rows of a version that is not known here, or without columns that all have. */
        SCHEMA,
        /** A value that cannot be. */
        VALUE,
        /** Rows that belong into another folder. */
        PLACE,
        /** Trials without a task, tasks without a sweep. */
        ORPHAN,
        /** Rows of one trial that differ. */
        CONFLICT,
        /** Rows that are there more than once, all alike. */
        REPEATED,
        /** The order of telling has a gap or a double. */
        ORDER,
        /** A trial that is named and not there. */
        REFERENCE,
        /** Something that runs though what it is part of has ended. */
        STATE,
        /** A line of an event log that is none. */
        EVENT;

        /** As in JSON and in the documentation. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
