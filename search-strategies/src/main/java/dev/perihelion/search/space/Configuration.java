package dev.perihelion.search.space;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    /** In alphabetical order; never changed, and shared with configurations made from this one. */
    private final String[] keys;

    /** The keys' values. */
    private final Object[] values;

    private final int hashCode;

    /** Made when it is first asked for: a search makes many configurations of which nobody wants a map or a text. */
    private SortedMap<String, Object> map;

    private String json;

    /**
     * @param keys in alphabetical order, never changed afterwards
     * @param values canonical, never changed afterwards
     */
    private Configuration(String[] keys, Object[] values, int hashCode) {
        this.keys = keys;
        this.values = values;
        this.hashCode = hashCode;
    }

    /** A configuration with these keys and values; numbers are brought to canonical form. */
    public static Configuration of(Map<String, ?> values) {
        return ofSorted(new TreeMap<>(values));
    }

    private static Configuration ofSorted(SortedMap<String, ?> sorted) {
        Object[] canonical = sorted.values().toArray();
        for (int i = 0; i < canonical.length; i++) {
            canonical[i] = canonical(canonical[i]);
        }
        return of(sorted.keySet().toArray(String[]::new), canonical);
    }

    /**
     * A configuration of parts that are as it keeps them.
     *
     * @param keys in alphabetical order, never changed afterwards
     * @param values canonical, never changed afterwards
     */
    static Configuration of(String[] keys, Object[] values) {
        int hashCode = 0;
        for (int i = 0; i < keys.length; i++) {
            hashCode += hash(keys[i], values[i]);
        }
        return new Configuration(keys, values, hashCode);
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
            SortedMap<String, Object> sorted = new TreeMap<>();
            map.forEach((key, value) -> sorted.put(key.toString(), value));
            return ofSorted(sorted);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("A configuration is a JSON object: " + e.getOriginalMessage(), e);
        }
    }

    /** Keys in alphabetical order with their values. */
    public SortedMap<String, Object> values() {
        // Two threads may both make it, and make the same; a map that cannot be changed is safe to hand over.
        SortedMap<String, Object> made = map;
        if (made == null) {
            SortedMap<String, Object> sorted = new TreeMap<>();
            for (int i = 0; i < keys.length; i++) {
                sorted.put(keys[i], values[i]);
            }
            made = Collections.unmodifiableSortedMap(sorted);
            map = made;
        }
        return made;
    }

    /** Whether the key (or, for an element, the key's list at that position) is present. */
    public boolean has(ParameterName name) {
        int key = position(name.key());
        if (key < 0) {
            return false;
        }
        return name.index().isEmpty()
                || values[key] instanceof List<?> list
                        && list.size() > name.index().getAsInt();
    }

    /**
     * The value of one parameter; may be {@code null}, which stands for Python's None.
     *
     * @throws IllegalArgumentException if this configuration has no such parameter
     */
    public Object get(ParameterName name) {
        int key = position(name.key());
        if (key >= 0) {
            if (name.index().isEmpty()) {
                return values[key];
            }
            if (values[key] instanceof List<?> list
                    && list.size() > name.index().getAsInt()) {
                return list.get(name.index().getAsInt());
            }
        }
        throw new IllegalArgumentException("No `" + name + "` in " + toJson() + ".");
    }

    /** Whether this configuration holds its keys in this very array, so that positions found in one hold in the other. */
    boolean sharesKeys(String[] others) {
        return keys == others;
    }

    /** The value of the key at this position in alphabetical order. */
    Object valueAt(int key) {
        return values[key];
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
        int key = position(name.key());
        Object before = key < 0 ? null : values[key];
        Object after = canonical(value);
        if (name.index().isPresent()) {
            ValueList list = before instanceof ValueList old ? old : ValueList.of(List.of());
            after = list.with(name.index().getAsInt(), after);
        }
        if (key < 0) {
            SortedMap<String, Object> more = new TreeMap<>(values());
            more.put(name.key(), after);
            return ofSorted(more);
        }
        Object[] changed = values.clone();
        changed[key] = after;
        return new Configuration(keys, changed, hashCode - hash(keys[key], before) + hash(keys[key], after));
    }

    /** Canonical JSON: keys sorted, no spaces. Equal configurations have equal JSON. */
    public String toJson() {
        // Two threads may both write it, and write the same.
        String written = json;
        if (written == null) {
            written = write(values());
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
                || other instanceof Configuration that
                        && hashCode == that.hashCode
                        && (keys == that.keys || Arrays.equals(keys, that.keys))
                        && Arrays.equals(values, that.values);
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
            return ValueList.of(list);
        }
        throw new IllegalArgumentException("Not a configuration value: " + value + " (" + value.getClass() + ").");
    }

    /** Where the key stands; negative if it does not. */
    private int position(String key) {
        return Arrays.binarySearch(keys, key);
    }

    /** What one key adds to the hash, which is that of the map. */
    private static int hash(String key, Object value) {
        return key.hashCode() ^ Objects.hashCode(value);
    }

    private static String write(Map<String, Object> values) {
        try {
            return JSON.writeValueAsString(values);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Canonical values are always JSON.", e);
        }
    }
}
