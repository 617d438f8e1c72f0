package dev.perihelion.compiler.args;

/** Reads the command line's VALUE texts. */
final class ArgumentParser {

    private ArgumentParser() {}

    static ArgumentSpec parse(String parameter, String text) {
        throw new IllegalArgumentException("Cannot read `" + text + "` for `" + parameter + "`.");
    }
}
