package dev.perihelion.sweep;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.LinkedHashMap;
import java.util.Map;

/** JSON as maps and lists, in the order in which they were made. */
public final class Json {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final ObjectMapper PRETTY = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private Json() {}

    /** One line. */
    public static String write(Object value) {
        return write(MAPPER, value);
    }

    /** For people: indented. */
    public static String writePretty(Object value) {
        return write(PRETTY, value) + "\n";
    }

    /**
     * Reads a JSON object.
     *
     * @throws IllegalArgumentException if the text is something else
     */
    public static Map<String, Object> readObject(String text) {
        return read(text, new TypeReference<LinkedHashMap<String, Object>>() {});
    }

    /** Reads JSON whose type is known. */
    public static <T> T read(String text, TypeReference<T> type) {
        try {
            return MAPPER.readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Not the JSON that belongs here: " + e.getOriginalMessage(), e);
        }
    }

    /** Turns maps and lists into a record, or a record into maps and lists. */
    public static <T> T convert(Object value, TypeReference<T> type) {
        return MAPPER.convertValue(value, type);
    }

    private static String write(ObjectMapper mapper, Object value) {
        try {
            return mapper.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Maps, lists and plain values are always JSON.", e);
        }
    }
}
