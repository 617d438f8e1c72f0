package dev.perihelion.cli.doctor;

import java.util.Locale;
import java.util.OptionalDouble;

/** Amounts as people read them. */
final class Words {

    private static final double GIBI = 1L << 30;
    private static final double MEBI = 1L << 20;

    private Words() {}

    static String bytes(double bytes) {
        return bytes >= GIBI
                ? String.format(Locale.ROOT, "%.1f GiB", bytes / GIBI)
                : String.format(Locale.ROOT, "%.0f MiB", bytes / MEBI);
    }

    static String bytes(OptionalDouble bytes) {
        return bytes.isPresent() ? bytes(bytes.getAsDouble()) : "?";
    }

    /** A whole number, or a question mark. */
    static String whole(OptionalDouble number) {
        return number.isPresent() ? String.format(Locale.ROOT, "%.0f", number.getAsDouble()) : "?";
    }
}
