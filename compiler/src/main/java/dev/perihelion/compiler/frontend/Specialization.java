package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.ir.Size;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Thrown where the kernel needs sizes as constants that were to be dynamic: the front end begins again with these. */
final class Specialization extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Set<String> names;
    private final transient Optional<String> unknown;

    Specialization(Set<Size.Launched> sizes) {
        super("Sizes are needed as constants.", null, false, false);
        this.names = sizes.stream().map(Size.Launched::name).collect(Collectors.toSet());
        this.unknown = sizes.stream()
                .filter(size -> !size.given())
                .map(Size.Launched::name)
                .findFirst();
    }

    /** One of the sizes that no argument gives, so that beginning again does not help. */
    Optional<String> unknown() {
        return unknown;
    }

    /** The sizes' host expressions. */
    Set<String> names() {
        return names;
    }
}
