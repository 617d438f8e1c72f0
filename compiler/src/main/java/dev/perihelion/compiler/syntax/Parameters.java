package dev.perihelion.compiler.syntax;

import java.util.List;
import java.util.Optional;

/** The parameters of a function or lambda, in source order. */
public record Parameters(List<Parameter> all) {

    /** How arguments reach a parameter. */
    public enum Kind {
        POSITIONAL_ONLY,
        ORDINARY,
        KEYWORD_ONLY,
        VAR_POSITIONAL,
        VAR_KEYWORD
    }

    /** One parameter; {@code span} is its name. */
    public record Parameter(
            String name, Kind kind, Optional<Expr> annotation, Optional<Expr> defaultValue, Span span) {}
}
