package dev.perihelion.cli;

import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.search.space.Configuration;
import java.util.List;
import java.util.SplittableRandom;

/** Reads {@code --config} texts. */
final class ConfigurationOption {

    private ConfigurationOption() {}

    /**
     * The configuration that a text stands for.
     *
     * @param text {@code default}, {@code random:SEED}, {@code suggested:INDEX}, a JSON object, or {@code @file.json}
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
        if (text.startsWith("suggested:")) {
            return suggested(text, kernel.seeds());
        }
        String json = text.startsWith("@") ? KernelOptions.read(text.substring(1)) : text;
        try {
            return Configuration.fromJson(json);
        } catch (IllegalArgumentException e) {
            throw new UserMistake(
                    "A configuration is `default`, `random:SEED`, `suggested:INDEX`, a JSON object or `@file.json`. "
                            + e.getMessage());
        }
    }

    private static Configuration suggested(String text, List<Configuration> seeds) {
        try {
            return seeds.get(Integer.parseInt(text.substring("suggested:".length())));
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw new UserMistake("Write `suggested:INDEX` with an index from 0, not `" + text
                    + "`: the compiler suggests " + seeds.size() + " configurations for this kernel.");
        }
    }
}
