package dev.perihelion.compiler.args;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A kernel's arguments by parameter name, in the order given. */
public record Arguments(Map<String, ArgumentSpec> byName) {

    private static final ObjectMapper JSON = new ObjectMapper();

    public Arguments {
        byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
    }

    /**
     * Reads the command line's values (see the table in docs/cli.md).
     *
     * @param values parameter name to VALUE text, for example {@code x} to {@code bf16[4096,8192]}
     * @throws IllegalArgumentException naming the parameter and what is wrong with its text
     */
    public static Arguments parse(Map<String, String> values) {
        Map<String, ArgumentSpec> specs = new LinkedHashMap<>();
        values.forEach((name, text) -> specs.put(name, ArgumentParser.parse(name, text)));
        return new Arguments(specs);
    }

    /** The form that workers read: a JSON list with one object for each argument. */
    public String toJson() {
        List<Object> list = new ArrayList<>();
        byName.forEach((name, spec) -> {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("name", name);
            object.putAll(spec.toJsonMap());
            list.add(object);
        });
        try {
            return JSON.writeValueAsString(list);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Argument specifications are always JSON.", e);
        }
    }
}
