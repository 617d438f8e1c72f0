package dev.perihelion.search.sim;

import java.nio.file.Path;

/** The public tables in the repository. */
final class PublicSpaces {

    private static final Path FOLDER = Path.of("..", "bench", "spaces", "public");

    private PublicSpaces() {}

    static Path file(String name) {
        return FOLDER.resolve(name + ".T4.json.gz");
    }

    static RecordedTable read(String name) {
        return T4Format.read(file(name));
    }
}
