package dev.perihelion.k8s;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * Names of one sweep's objects. All are DNS-1123 labels that begin with a letter, so that they fit every kind.
 *
 * @param base what every name starts with, at most 47 characters, which is what Spark allows as prefix of executor pods
 */
record Names(String base) {

    private static final int LONGEST_BASE = 47;
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    /** From the user's name of a sweep; one that is cut gets a checksum, so that two long names stay two names. */
    static Names of(String sweepName) {
        String slug = sweepName.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        String base = trim("perihelion-" + slug);
        if (base.length() > LONGEST_BASE) {
            CRC32 checksum = new CRC32();
            checksum.update(sweepName.getBytes(StandardCharsets.UTF_8));
            String suffix = String.format(Locale.ROOT, "-%08x", checksum.getValue());
            base = trim(base.substring(0, LONGEST_BASE - suffix.length())) + suffix;
        }
        return new Names(base);
    }

    String driver() {
        return base + "-driver";
    }

    String specification() {
        return base + "-spec";
    }

    String configuration() {
        return base + "-conf";
    }

    String store() {
        return base + "-store";
    }

    /** Refuses what Kubernetes would refuse as a name. */
    static String check(String setting, String name) {
        if (!LABEL.matcher(name).matches()) {
            throw new SettingsException("`" + setting + "` is `" + name
                    + "`, which is no name on Kubernetes: write at most 63 lower-case letters, digits and `-`, with a letter"
                    + " or a digit at both ends.");
        }
        return name;
    }

    private static String trim(String name) {
        return name.replaceAll("-+$", "");
    }
}
