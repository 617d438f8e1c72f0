package dev.perihelion.executor;

import java.util.Locale;

/** Texts for reasons. */
final class Text {

    private Text() {}

    /** As {@code 2.5 s}. */
    static String seconds(double seconds) {
        return String.format(Locale.ROOT, seconds < 10 ? "%.3g s" : "%.0f s", seconds);
    }
}
