package dev.perihelion.sweep.run;

/** Takes what other threads have for the loop's thread, which alone changes a search's state. */
@FunctionalInterface
interface Post {

    /** Hands something over; from any thread. */
    void post(Runnable message);
}
