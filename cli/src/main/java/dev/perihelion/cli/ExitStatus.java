package dev.perihelion.cli;

/** What the process's exit status means. */
final class ExitStatus {

    static final int DONE = 0;
    static final int OUR_FAULT = 1;
    static final int USER_MISTAKE = 2;
    static final int NOTHING_VALID = 3;

    private ExitStatus() {}
}
