package dev.perihelion.compiler.diagnostics;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The catalogue {@code messages.properties}, read once. */
final class Messages {

    private static final String RESOURCE = "messages.properties";
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([0-9])}");
    private static final Properties CATALOGUE = load();

    private Messages() {}

    private static Properties load() {
        Properties catalogue = new Properties();
        try (InputStream in = Messages.class.getResourceAsStream(RESOURCE)) {
            catalogue.load(new InputStreamReader(in, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("The message catalogue cannot be read.", e);
        }
        return catalogue;
    }

    /** Every property's name: KEY and KEY.advice. */
    static Set<String> names() {
        return CATALOGUE.stringPropertyNames();
    }

    static String message(MessageKey key, List<String> arguments) {
        String text = fill(key.name(), arguments);
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    static String advice(MessageKey key, List<String> arguments) {
        return fill(key.name() + ".advice", arguments);
    }

    private static String fill(String name, List<String> arguments) {
        String template = CATALOGUE.getProperty(name);
        if (template == null) {
            throw new IllegalStateException("The message catalogue has no `" + name + "`.");
        }
        return PLACEHOLDER.matcher(template).replaceAll(match -> {
            int index = Integer.parseInt(match.group(1));
            if (index >= arguments.size()) {
                throw new IllegalArgumentException(
                        "`" + name + "` needs argument " + index + ", got " + arguments + ".");
            }
            return Matcher.quoteReplacement(arguments.get(index));
        });
    }
}
