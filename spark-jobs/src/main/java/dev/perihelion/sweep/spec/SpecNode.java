package dev.perihelion.sweep.spec;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A node of the YAML tree that knows its place; every question that it cannot answer says what to write. */
final class SpecNode {

    private static final Pattern BARE_BRACKET = Pattern.compile("[:,{]\\s*\\w+\\[");

    private final Mistakes mistakes;
    private final String path;
    private final Node node;

    private SpecNode(Mistakes mistakes, String path, Node node) {
        this.mistakes = mistakes;
        this.path = path;
        this.node = node;
    }

    static SpecNode parse(String file, String text, Mistakes mistakes) {
        try {
            Node root = new Yaml(new SafeConstructor(new LoaderOptions())).compose(new java.io.StringReader(text));
            if (root == null) {
                throw new SpecException(file + " is empty. Write at least `kernels:` with one kernel.");
            }
            return new SpecNode(mistakes, "", root);
        } catch (MarkedYAMLException e) {
            throw new SpecException(file, List.of(notYaml(text, e)));
        }
    }

    private static SpecMistake notYaml(String text, MarkedYAMLException e) {
        if (e.getProblemMark() == null) {
            return new SpecMistake(1, 1, "this is not YAML: " + e.getProblem() + ".");
        }
        int line = e.getProblemMark().getLine();
        String written = text.lines().skip(line).findFirst().orElse("");
        // What people write first: `{x: f32[M,N]}`, where YAML sees the brackets of a list.
        String advice = BARE_BRACKET.matcher(written).find()
                ? " Put values with brackets between quotes, as \"f32[M,N]\"."
                : "";
        return new SpecMistake(
                line + 1, e.getProblemMark().getColumn() + 1, "this is not YAML: " + e.getProblem() + "." + advice);
    }

    /** The entries of a mapping; {@code known} empty accepts every key. Unknown keys are mistakes and are left out. */
    Map<String, SpecNode> map(List<String> known) {
        if (!(node instanceof MappingNode mapping)) {
            throw error(describe() + " should be a mapping"
                    + (known.isEmpty() ? "" : " with the keys " + String.join(", ", known)) + ", not " + shown() + ".");
        }
        Map<String, SpecNode> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            SpecNode keyNode = new SpecNode(mistakes, path, tuple.getKeyNode());
            String key = mistakes.attempt(keyNode::text).orElse(null);
            if (key == null) {
                continue;
            }
            if (!known.isEmpty() && !known.contains(key)) {
                keyNode.report("unknown key `" + key + "`" + (path.isEmpty() ? "" : " under `" + path + "`")
                        + suggestion(key, known) + " The keys here are " + String.join(", ", known) + ".");
            } else if (entries.put(key, new SpecNode(mistakes, join(key), tuple.getValueNode())) != null) {
                keyNode.report("the key `" + key + "` stands here twice.");
            }
        }
        return entries;
    }

    List<SpecNode> list(String example) {
        if (!(node instanceof SequenceNode sequence)) {
            throw error(describe() + " should be a list, as " + example + ", not " + shown() + ".");
        }
        List<SpecNode> items = new ArrayList<>();
        sequence.getValue().forEach(item -> items.add(new SpecNode(mistakes, path, item)));
        return items;
    }

    boolean isList() {
        return node instanceof SequenceNode;
    }

    boolean isScalar() {
        return node instanceof ScalarNode;
    }

    /** A scalar as it was written, without YAML's quotes. */
    String text() {
        if (!(node instanceof ScalarNode scalar)) {
            throw error(describe() + " should be one value, not " + shown() + ".");
        }
        return scalar.getValue();
    }

    /** A kernel argument's VALUE text; YAML lists are written out, and YAML's null is None. */
    String valueText() {
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue().stream()
                    .map(item -> new SpecNode(mistakes, path, item).valueText())
                    .collect(Collectors.joining(",", "[", "]"));
        }
        String text = text();
        return text.isEmpty() || text.equals("~") || text.equals("null") ? "none" : text;
    }

    long whole(long least) {
        try {
            long value = Long.parseLong(text());
            if (value >= least) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below, together with numbers that are too small.
        }
        throw error(describe() + " should be a whole number of at least " + least + ", not " + shown() + ".");
    }

    double positive() {
        try {
            double value = Double.parseDouble(text());
            if (value > 0 && Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below, together with numbers that are not positive.
        }
        throw error(describe() + " should be a number above 0, not " + shown() + ".");
    }

    /** A whole number of either sign. */
    int integer() {
        try {
            return Integer.parseInt(text());
        } catch (NumberFormatException e) {
            throw error(describe() + " should be a whole number, not " + shown() + ".");
        }
    }

    /** The length of an axis. */
    long extent() {
        return whole(0);
    }

    boolean truth() {
        return oneOf(List.of("true", "false")).equals("true");
    }

    /** The node of a mapping's key, for messages about the key; this node where there is none. */
    SpecNode key(String name) {
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                if (tuple.getKeyNode() instanceof ScalarNode key
                        && key.getValue().equals(name)) {
                    return new SpecNode(mistakes, path, tuple.getKeyNode());
                }
            }
        }
        return this;
    }

    /** The key in this mapping, or in one of the mappings of this list. */
    Optional<SpecNode> keyAnywhere(String name) {
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue().stream()
                    .flatMap(item -> new SpecNode(mistakes, path, item).keyAnywhere(name).stream())
                    .findFirst();
        }
        return keys().contains(name) ? Optional.of(key(name)) : Optional.empty();
    }

    /** The keys of this mapping; none where this is something else. */
    List<String> keys() {
        List<String> keys = new ArrayList<>();
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                if (tuple.getKeyNode() instanceof ScalarNode key) {
                    keys.add(key.getValue());
                }
            }
        }
        return keys;
    }

    /** What stands under a key of this mapping. */
    Optional<SpecNode> value(String name) {
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                if (tuple.getKeyNode() instanceof ScalarNode key
                        && key.getValue().equals(name)) {
                    return Optional.of(new SpecNode(mistakes, join(name), tuple.getValueNode()));
                }
            }
        }
        return Optional.empty();
    }

    int line() {
        return node.getStartMark().getLine() + 1;
    }

    int column() {
        return node.getStartMark().getColumn() + 1;
    }

    Mistakes mistakes() {
        return mistakes;
    }

    /** The scalar, which must be one of these. */
    String oneOf(List<String> choices) {
        String text = text();
        if (!choices.contains(text)) {
            throw error(describe() + " cannot be `" + text + "`" + suggestion(text, choices) + " It is one of "
                    + String.join(", ", choices) + ".");
        }
        return text;
    }

    /** What to throw where nothing can be made of this node. */
    Mistakes.Unreadable error(String message) {
        return new Mistakes.Unreadable(mistake(message));
    }

    /** Keeps a mistake with which reading goes on. */
    void report(String message) {
        mistakes.add(mistake(message));
    }

    private SpecMistake mistake(String message) {
        return new SpecMistake(line(), column(), message);
    }

    /** {@code ; did you mean `x`?} where one is near, else a full stop. Letters of the other case are near. */
    static String suggestion(String word, Collection<String> known) {
        Optional<String> nearest = known.stream().min(Comparator.comparingInt(key -> distance(word, key)));
        // A name of one or two letters is near to every other.
        int limit = word.length() <= 2 ? word.length() - 1 : Math.max(2, word.length() / 2);
        boolean near = nearest.isPresent() && distance(word, nearest.get()) <= limit;
        return near ? "; did you mean `" + nearest.get() + "`?" : ".";
    }

    private static int distance(String word, String key) {
        return word.equalsIgnoreCase(key)
                ? 0
                : LevenshteinDistance.getDefaultInstance().apply(word, key);
    }

    private String describe() {
        return path.isEmpty() ? "the specification" : "`" + path + "`";
    }

    private String shown() {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue().isEmpty() ? "nothing" : "`" + scalar.getValue() + "`";
        }
        return node instanceof SequenceNode ? "a list" : "a mapping";
    }

    private String join(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
