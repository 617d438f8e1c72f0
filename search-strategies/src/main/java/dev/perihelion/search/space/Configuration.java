package dev.perihelion.search.space;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One point of a search space: keys and their values, immutable and in canonical form.
 *
 * <p>Values are what JSON can say: {@link Long}, {@link Double}, {@link Boolean}, {@link String}, {@code null} (Python's
 * None) and lists of these. Whole numbers are always {@link Long}, so that equal configurations are equal as values.
 */
public final class Configuration {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final SortedMap<String, Object> values;
    private final int hashCode;

    /** Written when it is first asked for: a search makes many configurations that nobody stores. */
    private String json;

    private Configuration(SortedMap<String, Object> values) {
        this.values = Collections.unmodifiableSortedMap(values);
        this.hashCode = values.hashCode();
    }

    /** A configuration with these keys and values; numbers are brought to canonical form. */
    public static Configuration of(Map<String, ?> values) {
        SortedMap<String, Object> canonical = new TreeMap<>();
        values.forEach((key, value) -> canonical.put(key, canonical(value)));
        return new Configuration(canonical);
    }

    /**
     * Reads a JSON object.
     *
     * @throws IllegalArgumentException if the text is not a JSON object
     */
    public static Configuration fromJson(String json) {
        try {
            Map<?, ?> map = JSON.readValue(json, Map.class);
            if (map == null) {
                throw new IllegalArgumentException("A configuration is a JSON object, not null.");
            }
            SortedMap<String, Object> canonical = new TreeMap<>();
            map.forEach((key, value) -> canonical.put(key.toString(), canonical(value)));
            return new Configuration(canonical);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("A configuration is a JSON object: " + e.getOriginalMessage(), e);
        }
    }

    /** Keys in alphabetical order with their values. */
    public SortedMap<String, Object> values() {
        return values;
    }

    /** Whether the key (or, for an element, the key's list at that position) is present. */
    public boolean has(ParameterName name) {
        if (!values.containsKey(name.key())) {
            return false;
        }
        return name.index().isEmpty()
                || values.get(name.key()) instanceof List<?> list
                        && list.size() > name.index().getAsInt();
    }

    /**
     * The value of one parameter; may be {@code null}, which stands for Python's None.
     *
     * @throws IllegalArgumentException if this configuration has no such parameter
     */
    public Object get(ParameterName name) {
        if (!has(name)) {
            throw new IllegalArgumentException("No `" + name + "` in " + toJson() + ".");
        }
        Object value = values.get(name.key());
        return name.index().isEmpty()
                ? value
                : ((List<?>) value).get(name.index().getAsInt());
    }

    /** The value of a whole-number parameter. */
    public long getLong(ParameterName name) {
        Object value = get(name);
        if (value instanceof Long number) {
            return number;
        }
        throw new IllegalArgumentException("`" + name + "` is not a whole number: " + value + ".");
    }

    /** A copy with one parameter changed; an element must exist or be the next of its list. */
    public Configuration with(ParameterName name, Object value) {
        SortedMap<String, Object> copy = new TreeMap<>(values);
        if (name.index().isEmpty()) {
            copy.put(name.key(), canonical(value));
        } else {
            List<Object> list =
                    new ArrayList<>(copy.get(name.key()) instanceof List<?> old ? (List<?>) old : List.<Object>of());
            int index = name.index().getAsInt();
            if (index == list.size()) {
                list.add(canonical(value));
            } else {
                list.set(index, canonical(value));
            }
            copy.put(name.key(), Collections.unmodifiableList(list));
        }
        return new Configuration(copy);
    }

    /** Canonical JSON: keys sorted, no spaces. Equal configurations have equal JSON. */
    public String toJson() {
        // Two threads may both write it, and write the same.
        String written = json;
        if (written == null) {
            written = write(values);
            json = written;
        }
        return written;
    }

    /** The first 16 hexadecimal digits of the SHA-256 of the canonical JSON. */
    public String hash() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(toJson().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || other instanceof Configuration that && hashCode == that.hashCode && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return hashCode;
    }

    @Override
    public String toString() {
        return toJson();
    }

    /** The value as configurations hold it: whole numbers as {@link Long}, lists copied. */
    static Object canonical(Object value) {
        if (value == null || value instanceof Boolean || value instanceof String || value instanceof Long) {
            return value;
        }
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof Double || value instanceof Float) {
            return ((Number) value).doubleValue();
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>(list.size());
            list.forEach(element -> copy.add(canonical(element)));
            return Collections.unmodifiableList(copy);
        }
        throw new IllegalArgumentException("Not a configuration value: " + value + " (" + value.getClass() + ").");
    }

    private static String write(Map<String, Object> values) {
        try {
            return JSON.writeValueAsString(values);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Canonical values are always JSON.", e);
        }
    }
}
