package dev.perihelion.sweep.spec;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    private final String file;
    private final String path;
    private final Node node;

    private SpecNode(String file, String path, Node node) {
        this.file = file;
        this.path = path;
        this.node = node;
    }

    static SpecNode parse(String file, String text) {
        try {
            Node root = new Yaml(new SafeConstructor(new LoaderOptions())).compose(new java.io.StringReader(text));
            if (root == null) {
                throw new SpecException(file + " is empty. Write at least `kernels:` with one kernel.");
            }
            return new SpecNode(file, "", root);
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            throw new SpecException(file + ":" + line + ": this is not YAML: " + e.getProblem() + ".");
        }
    }

    /** The entries of a mapping; {@code known} empty accepts every key. */
    Map<String, SpecNode> map(List<String> known) {
        if (!(node instanceof MappingNode mapping)) {
            throw error(describe() + " should be a mapping"
                    + (known.isEmpty() ? "" : " with the keys " + String.join(", ", known)) + ", not " + shown() + ".");
        }
        Map<String, SpecNode> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            SpecNode keyNode = new SpecNode(file, path, tuple.getKeyNode());
            String key = keyNode.text();
            if (!known.isEmpty() && !known.contains(key)) {
                throw keyNode.error("unknown key `" + key + "`" + (path.isEmpty() ? "" : " under `" + path + "`")
                        + suggestion(key, known) + " The keys here are " + String.join(", ", known) + ".");
            }
            if (entries.put(key, new SpecNode(file, join(key), tuple.getValueNode())) != null) {
                throw keyNode.error("the key `" + key + "` stands here twice.");
            }
        }
        return entries;
    }

    List<SpecNode> list(String example) {
        if (!(node instanceof SequenceNode sequence)) {
            throw error(describe() + " should be a list, as " + example + ", not " + shown() + ".");
        }
        List<SpecNode> items = new ArrayList<>();
        sequence.getValue().forEach(item -> items.add(new SpecNode(file, path, item)));
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
                    .map(item -> new SpecNode(file, path, item).valueText())
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

    /** The scalar, which must be one of these. */
    String oneOf(List<String> choices) {
        String text = text();
        if (!choices.contains(text)) {
            throw error(describe() + " cannot be `" + text + "`" + suggestion(text, choices) + " It is one of "
                    + String.join(", ", choices) + ".");
        }
        return text;
    }

    SpecException error(String message) {
        return new SpecException(file + ":" + (node.getStartMark().getLine() + 1) + ": " + message);
    }

    /** {@code ; did you mean `x`?} where one is near, else a full stop. */
    static String suggestion(String word, List<String> known) {
        LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
        Optional<String> nearest = known.stream().min(Comparator.comparingInt(key -> distance.apply(word, key)));
        boolean near = nearest.isPresent() && distance.apply(word, nearest.get()) <= Math.max(2, word.length() / 2);
        return near ? "; did you mean `" + nearest.get() + "`?" : ".";
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
