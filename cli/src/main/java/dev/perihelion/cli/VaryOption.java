package dev.perihelion.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.perihelion.search.sim.SubSpace;
import dev.perihelion.search.space.Parameter;
import dev.perihelion.search.space.ParameterName;
import dev.perihelion.search.space.SearchSpace;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads {@code NAME=VALUE,VALUE...}: what one parameter takes in a sub-space. {@code NAME[*]} is every element of a list,
 * all with the same value. Values are JSON; a word that is not is a text, and nothing at all the empty text.
 */
final class VaryOption {

    private static final ObjectMapper JSON = new ObjectMapper();

    private VaryOption() {}

    static SubSpace read(SearchSpace space, List<String> texts) {
        try {
            return new SubSpace(
                    space, texts.stream().map(text -> axis(space, text)).toList());
        } catch (IllegalArgumentException e) {
            throw new UserMistake(e.getMessage());
        }
    }

    private static SubSpace.Axis axis(SearchSpace space, String text) {
        int equals = text.indexOf('=');
        if (equals <= 0) {
            throw new UserMistake(
                    "Write `--vary NAME=VALUE,VALUE`, for example `--vary num_warps=4,8`, not `" + text + "`.");
        }
        String name = text.substring(0, equals).strip();
        List<ParameterName> names = space.parameters().stream()
                .map(Parameter::name)
                .filter(known -> name.endsWith("[*]")
                        ? known.key().equals(name.substring(0, name.length() - 3))
                                && known.index().isPresent()
                        : known.toString().equals(name))
                .toList();
        if (names.isEmpty()) {
            throw new UserMistake("The search space has no parameter `" + name + "`. It has "
                    + String.join(
                            ", ",
                            space.parameters().stream()
                                    .map(known -> known.name().toString())
                                    .toList())
                    + ".");
        }
        return new SubSpace.Axis(
                names,
                split(text.substring(equals + 1)).stream()
                        .map(VaryOption::value)
                        .toList());
    }

    /** At the commas that stand outside of brackets. */
    private static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char at = text.charAt(i);
            depth += at == '[' ? 1 : at == ']' ? -1 : 0;
            if (at == ',' && depth == 0) {
                parts.add(text.substring(start, i));
                start = i + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }

    private static Object value(String text) {
        String stripped = text.strip();
        if (stripped.isEmpty()) {
            return "";
        }
        try {
            return JSON.readValue(stripped, Object.class);
        } catch (JsonProcessingException e) {
            return stripped;
        }
    }
}
