package dev.perihelion.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Turns the argument list that a worker describes into VALUE texts. */
final class InputValues {

    private InputValues() {}

    static Map<String, String> fromJson(String json) {
        try {
            Map<String, String> values = new LinkedHashMap<>();
            for (JsonNode argument : new ObjectMapper().readTree(json)) {
                values.put(argument.path("name").asText(), value(argument));
            }
            return values;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A worker's answer is always JSON.", e);
        }
    }

    private static String value(JsonNode argument) {
        return switch (argument.path("kind").asText()) {
            case "tensor" -> tensor(argument);
            case "none" -> "none";
            case "dtype" -> "torch." + argument.path("value").asText();
            case "function" -> "@" + argument.path("value").asText();
            case "str" -> argument.path("value").toString();
            case "list" -> "[" + items(argument) + "]";
            case "tuple" -> "(" + items(argument) + ")";
            default -> argument.path("value").asText();
        };
    }

    private static String tensor(JsonNode tensor) {
        String strides = tensor.path("strides").isArray() ? ":strides(" + numbers(tensor.path("strides")) + ")" : "";
        JsonNode fill = tensor.path("fill");
        String kind = fill.path("kind").asText("");
        String range = fill.has("low")
                ? "(" + fill.path("low").asText() + "," + fill.path("high").asText() + ")"
                : fill.has("zlib") ? "(" + fill.path("zlib").asText() + ")" : "";
        return tensor.path("dtype").asText() + "[" + numbers(tensor.path("shape")) + "]" + strides
                + (kind.isEmpty() ? "" : ":" + kind + range);
    }

    private static String numbers(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(number -> texts.add(number.asText()));
        return String.join(",", texts);
    }

    private static String items(JsonNode argument) {
        List<String> texts = new ArrayList<>();
        argument.path("items").forEach(item -> texts.add(value(item)));
        return String.join(",", texts);
    }
}
