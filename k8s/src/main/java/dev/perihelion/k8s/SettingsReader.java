package dev.perihelion.k8s;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.util.Collection;
import java.util.stream.Collectors;

/** Reads the {@code kubernetes} section of a sweep specification; unknown keys are refused. */
final class SettingsReader {

    static final String SECTION = "kubernetes";

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory())
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT);

    private SettingsReader() {}

    static ClusterSettings read(String specification) {
        JsonNode section = tree(specification).path(SECTION);
        if (section.isMissingNode() || section.isNull()) {
            return ClusterSettings.DEFAULT;
        }
        try {
            return YAML.treeToValue(section, ClusterSettings.class);
        } catch (UnrecognizedPropertyException e) {
            throw new SettingsException("`" + path(e) + "` is not a known setting" + suggestion(e) + ".");
        } catch (JsonMappingException e) {
            if (e.getCause() instanceof SettingsException cause) {
                throw new SettingsException("In the section `" + SECTION + "`: " + cause.getMessage());
            }
            throw new SettingsException("`" + path(e) + "` cannot be read: " + e.getOriginalMessage());
        } catch (JsonProcessingException e) {
            throw new SettingsException("The section `" + SECTION + "` cannot be read: " + e.getOriginalMessage());
        }
    }

    /** The whole specification as a tree. */
    static JsonNode tree(String specification) {
        try {
            return YAML.readTree(specification);
        } catch (JsonProcessingException e) {
            throw new SettingsException("The sweep specification is not YAML: " + e.getOriginalMessage());
        }
    }

    private static String path(JsonMappingException e) {
        return e.getPath().stream()
                .map(reference -> reference.getFieldName() == null
                        ? Integer.toString(reference.getIndex())
                        : reference.getFieldName())
                .collect(Collectors.joining(".", SECTION + ".", ""));
    }

    private static String suggestion(UnrecognizedPropertyException e) {
        Collection<Object> known = e.getKnownPropertyIds();
        if (known == null || known.isEmpty()) {
            return "";
        }
        return "; known here are "
                + known.stream().map(key -> "`" + key + "`").sorted().collect(Collectors.joining(", "));
    }
}
