package dev.perihelion.cli;

import dev.perihelion.compiler.syntax.Parameters;
import dev.perihelion.compiler.syntax.SourceFile;
import dev.perihelion.compiler.syntax.SourceParser;
import dev.perihelion.compiler.syntax.Stmt;
import java.util.List;

/** The parameters of a function, for naming the values that an input function returns in order. */
final class ParameterNames {

    private ParameterNames() {}

    static List<String> of(SourceFile file, String function) {
        return function(file, function).parameters().all().stream()
                .map(Parameters.Parameter::name)
                .toList();
    }

    /** Whether a file defines a function at its top level. */
    static boolean defines(SourceFile file, String function) {
        return SourceParser.parse(file).body().stream()
                .anyMatch(stmt -> stmt instanceof Stmt.FunctionDef definition
                        && definition.name().equals(function));
    }

    private static Stmt.FunctionDef function(SourceFile file, String function) {
        return SourceParser.parse(file).body().stream()
                .filter(stmt -> stmt instanceof Stmt.FunctionDef definition
                        && definition.name().equals(function))
                .map(Stmt.FunctionDef.class::cast)
                .findFirst()
                .orElseThrow(
                        () -> new UserMistake("There is no function `" + function + "` in `" + file.name() + "`."));
    }
}
