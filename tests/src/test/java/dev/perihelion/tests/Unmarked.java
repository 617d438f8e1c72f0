package dev.perihelion.tests;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Finds latencies that a reader of an estimated sweep could take for measurements. */
final class Unmarked {

    /** A number with a unit in which latencies are told, but for those behind a tilde. */
    private static final Pattern LATENCY = Pattern.compile("(?<![~\\w.,])\\d[\\d.,]*\\s?(ns|us|ms)\\b");

    private Unmarked() {}

    /** Latencies in a text that have no tilde. */
    static List<String> in(String text) {
        return LATENCY.matcher(text).results().map(found -> found.group()).toList();
    }

    /** Numbers whose key ends in {@code _ns}, that are not said to be estimates by the key or by {@code "measured": false}. */
    static List<String> in(JsonNode document) {
        List<String> found = new ArrayList<>();
        collect(document, "", false, found);
        return found;
    }

    private static void collect(JsonNode node, String path, boolean marked, List<String> found) {
        boolean here = marked || node.has("measured") && !node.get("measured").asBoolean();
        node.fields().forEachRemaining(field -> {
            String name = field.getKey();
            if (name.endsWith("_ns") && field.getValue().isNumber() && !here && !name.contains("estimate")) {
                found.add(path + "/" + name);
            }
            collect(field.getValue(), path + "/" + name, here, found);
        });
        if (node.isArray()) {
            node.forEach(item -> collect(item, path + "/*", here, found));
        }
    }
}
