package dev.perihelion.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The terminal that standard error goes to.
 *
 * @param columns how many characters fit on a line
 */
record Terminal(int columns) {

    private static final int USUAL_COLUMNS = 100;

    /** The terminal; none where standard error is a file or a pipe, or cannot be redrawn. */
    static Optional<Terminal> ofStandardError() {
        String kind = System.getenv("TERM");
        if (kind == null || kind.equals("dumb") || !isTerminal()) {
            return Optional.empty();
        }
        return Optional.of(new Terminal(columnsOfScreen().orElse(USUAL_COLUMNS)));
    }

    /** Java tells only whether standard input and output are both terminals. */
    private static boolean isTerminal() {
        try {
            Process test = new ProcessBuilder("test", "-t", "2")
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            return test.waitFor(5, TimeUnit.SECONDS) && test.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Optional<Integer> columnsOfScreen() {
        try {
            Process ask = new ProcessBuilder("stty", "size")
                    .redirectInput(new java.io.File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String size = new String(ask.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            return size.matches("\\d+ [1-9]\\d*")
                    ? Optional.of(Integer.parseInt(size.split(" ")[1]))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
