package dev.perihelion.cli.doctor;

/** What a check found. */
public sealed interface Finding {

    /** What is there, in a few words. */
    String text();

    /** As it should be. */
    record Ok(String text) implements Finding {}

    /**
     * Something that will cost time, or trust in numbers; tuning works.
     *
     * @param advice what to do, a sentence
     */
    record Odd(String text, String advice) implements Finding {}

    /**
     * Something without which this machine cannot tune.
     *
     * @param advice what to do, a sentence
     */
    record Missing(String text, String advice) implements Finding {}
}
