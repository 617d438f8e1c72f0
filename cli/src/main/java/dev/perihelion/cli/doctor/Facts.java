package dev.perihelion.cli.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What is known of a machine, a JSON document; {@link MachineFacts} and {@code perihelion.worker.doctor} say what stands in it.
 * Anything may be missing. Places are JSON pointers.
 */
public record Facts(JsonNode root) {

    /** A text or number as text; empty where it is null or not there. */
    Optional<String> text(String place) {
        JsonNode node = root.at(place);
        return node.isMissingNode() || node.isNull() ? Optional.empty() : Optional.of(node.asText());
    }

    OptionalDouble number(String place) {
        JsonNode node = root.at(place);
        return node.isNumber() ? OptionalDouble.of(node.asDouble()) : OptionalDouble.empty();
    }

    /** Whether there is a true value. */
    boolean is(String place) {
        return root.at(place).asBoolean(false);
    }

    /** Whether there is a false value; a missing one is neither. */
    boolean isNot(String place) {
        JsonNode node = root.at(place);
        return node.isBoolean() && !node.asBoolean();
    }

    boolean has(String place) {
        JsonNode node = root.at(place);
        return !node.isMissingNode() && !node.isNull();
    }

    List<Facts> list(String place) {
        List<Facts> facts = new ArrayList<>();
        root.at(place).forEach(node -> facts.add(new Facts(node)));
        return facts;
    }

    /** The GPUs that NVIDIA's management library knows. */
    List<Facts> gpus() {
        return list("/python/nvidia/gpus");
    }

    /** A version's leading numbers, as 3.06 for {@code 3.6.0}: good for comparing; empty where it has none. */
    OptionalDouble version(String place) {
        String[] parts = text(place).orElse("").split("[^0-9]+", 3);
        if (parts.length < 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(Integer.parseInt(parts[0]) + Integer.parseInt(parts[1]) / 100.0);
    }
}
