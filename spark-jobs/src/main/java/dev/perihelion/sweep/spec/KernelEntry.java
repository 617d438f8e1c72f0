package dev.perihelion.sweep.spec;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One kernel of a specification.
 *
 * @param file its path, where it was found
 * @param source the file's text
 * @param kernel the function
 * @param reference a function of the same file
 * @param argumentSets one set of VALUE texts for each combination of shapes, symbols replaced
 */
public record KernelEntry(
        String file, String source, String kernel, Optional<String> reference, List<Map<String, String>> argumentSets) {

    public KernelEntry {
        argumentSets = List.copyOf(argumentSets);
    }
}
