package dev.perihelion.compiler.lower;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Device helpers that modules carry with them: those functions of prelude.py that a module uses. */
final class Prelude {

    private static final Pattern HELPER = Pattern.compile("(?ms)^@triton\\.jit\\ndef (\\w+)\\(.*?(?=^@triton|\\z)");
    private static final Pattern WORD = Pattern.compile("\\b_\\w+");
    private static final Map<String, String> HELPERS = read();

    private Prelude() {}

    /** What a module needs in front of its device function: libdevice, and helpers in a fixed order. */
    static String of(String text) {
        Set<String> used = new LinkedHashSet<>();
        need(text, used);
        StringBuilder helpers = new StringBuilder();
        HELPERS.forEach((name, source) -> {
            if (used.contains(name)) {
                helpers.append(source).append("\n\n");
            }
        });
        return Libdevice.of(helpers + text) + helpers;
    }

    private static void need(String text, Set<String> used) {
        Matcher words = WORD.matcher(text);
        while (words.find()) {
            String source = HELPERS.get(words.group());
            if (source != null && used.add(words.group())) {
                need(source, used);
            }
        }
    }

    private static Map<String, String> read() {
        Map<String, String> helpers = new LinkedHashMap<>();
        try (InputStream stream = Prelude.class.getResourceAsStream("prelude.py")) {
            Matcher matcher = HELPER.matcher(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
            while (matcher.find()) {
                helpers.put(matcher.group(1), matcher.group().strip() + "\n");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return helpers;
    }
}
