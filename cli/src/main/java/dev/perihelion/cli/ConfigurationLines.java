package dev.perihelion.cli;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A file of configurations: one JSON object a line. */
final class ConfigurationLines {

    private ConfigurationLines() {}

    /** Writes them and says how many. */
    static int write(Path file, List<Configuration> configurations) {
        try {
            Files.write(file, configurations.stream().map(Configuration::toJson).toList());
        } catch (IOException e) {
            throw new UserMistake("Cannot write `" + file + "`: " + e.getMessage() + ".");
        }
        return configurations.size();
    }

    /** Reads them; each has to be legal. */
    static List<Configuration> read(Path file, SearchSpace space) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw new UserMistake("Cannot read `" + file + "`: " + e.getMessage() + ".");
        }
        List<Configuration> configurations = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                configurations.add(read(file, i + 1, lines.get(i), space));
            }
        }
        if (configurations.isEmpty()) {
            throw new UserMistake("The file `" + file + "` has no configuration.");
        }
        return configurations;
    }

    private static Configuration read(Path file, int line, String text, SearchSpace space) {
        String where = "Line " + line + " of `" + file + "`: ";
        try {
            Configuration configuration = Configuration.fromJson(text);
            space.violation(configuration).ifPresent(reason -> {
                throw new UserMistake(where + reason);
            });
            return configuration;
        } catch (IllegalArgumentException e) {
            throw new UserMistake(where + e.getMessage());
        }
    }
}
