package dev.perihelion.cli;

import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.search.space.Configuration;
import java.util.SplittableRandom;

/** Reads {@code --config} texts. */
final class ConfigurationOption {

    private ConfigurationOption() {}

    /**
     * The configuration that a text stands for.
     *
     * @param text {@code default}, {@code random:SEED}, a JSON object, or {@code @file.json}
     */
    static Configuration read(String text, AnalyzedKernel kernel) {
        if (text.equals("default")) {
            return kernel.space().defaultConfiguration();
        }
        if (text.startsWith("random:")) {
            try {
                return kernel.space().random(new SplittableRandom(Long.parseLong(text.substring("random:".length()))));
            } catch (NumberFormatException e) {
                throw new UserMistake("Write `random:SEED` with a whole number, not `" + text + "`.");
            }
        }
        String json = text.startsWith("@") ? KernelOptions.read(text.substring(1)) : text;
        try {
            return Configuration.fromJson(json);
        } catch (IllegalArgumentException e) {
            throw new UserMistake(
                    "A configuration is `default`, `random:SEED`, a JSON object or `@file.json`. " + e.getMessage());
        }
    }
}
