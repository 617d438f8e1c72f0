package dev.perihelion.cli;

import dev.perihelion.compiler.AnalyzedKernel;
import dev.perihelion.search.space.Configuration;
import java.util.List;
import java.util.SplittableRandom;

/** Reads {@code --config} texts. */
final class ConfigurationOption {

    private static final String RANDOM = "random:";
    private static final String UNCHECKED = "unchecked:";
    private static final int MOST_DRAWS = 100;

    private ConfigurationOption() {}

    /**
     * The configuration that a text stands for.
     *
     * @param text {@code default}, {@code random:SEED} (of those that the target can run), {@code unchecked:SEED} (of all),
     *     {@code suggested:INDEX}, a JSON object, or {@code @file.json}
     */
    static Configuration read(String text, AnalyzedKernel kernel) {
        if (text.equals("default")) {
            return kernel.space().defaultConfiguration();
        }
        if (text.startsWith(RANDOM)) {
            return feasible(kernel, generator(text, RANDOM));
        }
        if (text.startsWith(UNCHECKED)) {
            return kernel.space().random(generator(text, UNCHECKED));
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

    /** The first of several draws that the target can run; the last where none is. */
    private static Configuration feasible(AnalyzedKernel kernel, SplittableRandom random) {
        Configuration drawn = kernel.space().random(random);
        for (int more = 0; more < MOST_DRAWS && !kernel.feasibility(drawn).isFeasible(); more++) {
            drawn = kernel.space().random(random);
        }
        return drawn;
    }

    private static SplittableRandom generator(String text, String prefix) {
        try {
            return new SplittableRandom(Long.parseLong(text.substring(prefix.length())));
        } catch (NumberFormatException e) {
            throw new UserMistake("Write `" + prefix + "SEED` with a whole number, not `" + text + "`.");
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
