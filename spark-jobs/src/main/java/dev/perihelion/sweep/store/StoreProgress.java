package dev.perihelion.sweep.store;

/** Hears how far a walk through a store is. */
@FunctionalInterface
public interface StoreProgress {

    /** Hears nothing. */
    StoreProgress SILENT = (done, all, where) -> {};

    /**
     * Some more is done.
     *
     * @param done how many folders of tasks and files are done
     * @param all how many there are
     * @param where the last one, below the store
     */
    void at(long done, long all, String where);
}
