package dev.perihelion.sweep.spec;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a kernel is.
 *
 * @param file its Python file
 * @param text of the file
 * @param kernel the function
 * @param node that names it in the specification
 * @param source the file's functions; empty where it is not Python that can be read, which is told
 */
record KernelPlace(Path file, String text, String kernel, SpecNode node, Optional<KernelSource> source) {

    /** The file as it is written in the specification. */
    String written() {
        return node.text().split("::", -1)[0];
    }
}
