package dev.perihelion.compiler.args;

import dev.perihelion.compiler.args.ArgumentSpec.Fill;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Reads the command line's VALUE texts, one per parameter, by recursive descent. Positions in messages count from 1, in
 * characters of the text as it was given.
 */
final class ArgumentParser {

    private final String parameter;
    private final String text;
    private int at;
    /** How many lists and tuples are open. */
    private int sequences;

    private ArgumentParser(String parameter, String text) {
        this.parameter = parameter;
        this.text = text;
    }

    /**
     * Reads one value.
     *
     * @throws IllegalArgumentException naming the parameter, the text, the position and what belongs there
     */
    static ArgumentSpec parse(String parameter, String text) {
        ArgumentParser parser = new ArgumentParser(parameter, text);
        ArgumentSpec spec = parser.value();
        parser.skipSpaces();
        if (parser.at < text.length()) {
            throw parser.error(parser.at, "nothing should follow here, but `" + text.substring(parser.at) + "` does");
        }
        return spec;
    }

    private ArgumentSpec value() {
        skipSpaces();
        char next = peek();
        if (next == '[' || next == '(') {
            return sequence();
        }
        if (next == '"' || next == '\'') {
            return string();
        }
        if (next == '@') {
            at++;
            return new ArgumentSpec.Function(expression());
        }
        if (Character.isDigit(next) || next == '-' || next == '+' || next == '.') {
            return number();
        }
        if (isNameStart(next)) {
            return word();
        }
        throw error(at, "a value should stand here, as `bf16[4096,8192]`, `1e-5`, `true`, `\"mean\"` or `@function`");
    }

    /** A Python expression up to the end of this value: the end of the text, or what ends an item of a sequence. */
    private String expression() {
        int start = at;
        int depth = 0;
        while (at < text.length() && !(depth == 0 && sequences > 0 && ",)]".indexOf(peek()) >= 0)) {
            char next = peek();
            if (next == '"' || next == '\'') {
                string();
                continue;
            }
            depth += "([{".indexOf(next) >= 0 ? 1 : ")]}".indexOf(next) >= 0 ? -1 : 0;
            at++;
        }
        String expression = text.substring(start, at).strip();
        if (expression.isEmpty() || depth != 0 || expression.indexOf('\n') >= 0) {
            throw error(
                    start, "the name of a function of the kernel's file should stand here, or an expression of such");
        }
        return expression;
    }

    private ArgumentSpec word() {
        int start = at;
        String word = identifier("a value");
        boolean torch = word.equals("torch") && peek() == '.';
        if (torch) {
            at++;
            word = identifier("the name of a dtype, as `float32`");
        }
        if (peek() == '[') {
            return tensor(dtype(start, word));
        }
        if (torch) {
            return new ArgumentSpec.DTypeValue(dtype(start, word));
        }
        return switch (word) {
            case "true", "True" -> new ArgumentSpec.Bool(true);
            case "false", "False" -> new ArgumentSpec.Bool(false);
            case "none", "None" -> new ArgumentSpec.None();
            case "inf" -> new ArgumentSpec.Float(Double.POSITIVE_INFINITY);
            case "nan" -> new ArgumentSpec.Float(Double.NaN);
            default -> throw error(start, unknownWord(word));
        };
    }

    private static String unknownWord(String word) {
        if (DType.named(word).isPresent()) {
            return "`" + word + "` is a dtype; write `" + word + "[...]` with its shape for a tensor, or `torch."
                    + DType.named(word).get().torchName() + "` for the dtype itself";
        }
        return "`" + word + "` is not a value; write \"" + word + "\" in double quotes for a string, or `@" + word
                + "` for a function of the kernel's file";
    }

    private DType dtype(int start, String name) {
        return DType.named(name)
                .orElseThrow(() -> error(
                        start,
                        "`" + name + "` is not a dtype; the dtypes are "
                                + Arrays.stream(DType.values())
                                        .map(DType::shortName)
                                        .collect(Collectors.joining(", "))));
    }

    private ArgumentSpec tensor(DType dtype) {
        List<Long> shape = sizes('[', ']', "an extent");
        Optional<List<Long>> strides = Optional.empty();
        Optional<Fill> fill = Optional.empty();
        while (skipIf(':')) {
            skipSpaces();
            int start = at;
            String name = identifier("`strides(...)` or a fill (normal, uniform, randint, zeros, ones, arange, data)");
            if (name.equals("strides")) {
                if (strides.isPresent()) {
                    throw error(start, "`strides` stands here a second time");
                }
                List<Long> given = sizes('(', ')', "a stride");
                if (given.size() != shape.size()) {
                    throw error(
                            start,
                            "a tensor of rank " + shape.size() + " needs " + shape.size() + " strides, not "
                                    + given.size());
                }
                strides = Optional.of(given);
            } else {
                if (fill.isPresent()) {
                    throw error(start, "`" + name + "` is a second fill; a tensor has one");
                }
                fill = Optional.of(fill(start, name, dtype, elements(shape, strides)));
            }
        }
        return new ArgumentSpec.Tensor(dtype, shape, strides, fill.orElseGet(() -> Fill.defaultFor(dtype)));
    }

    /** How many elements of storage a tensor spans. */
    private static long elements(List<Long> shape, Optional<List<Long>> strides) {
        if (shape.contains(0L)) {
            return 0;
        }
        List<Long> steps = strides.orElseGet(() -> ArgumentSpec.contiguousStrides(shape));
        long extent = 1;
        for (int i = 0; i < shape.size(); i++) {
            extent += (shape.get(i) - 1) * steps.get(i);
        }
        return extent;
    }

    private Fill fill(int start, String name, DType dtype, long elements) {
        return switch (name) {
            case "zeros", "ones", "arange" -> new Fill(name, 0, 0);
            case "normal" -> {
                requireFloating(start, name, dtype);
                yield new Fill(name, 0, 0);
            }
            case "uniform" -> {
                requireFloating(start, name, dtype);
                yield range(start, name);
            }
            case "randint" -> {
                Fill fill = range(start, name);
                requireFits(start, fill, dtype);
                yield fill;
            }
            case "data" -> {
                require('(', "`(` with the elements, as `perihelion` itself writes them,");
                int begin = at;
                while (peek() != ')' && peek() != '\0') {
                    at++;
                }
                String data = text.substring(begin, at);
                require(')', "`)`");
                try {
                    yield Fill.of(WholeNumbers.read(data, dtype, elements));
                } catch (IllegalArgumentException e) {
                    throw error(start, e.getMessage());
                }
            }
            default ->
                throw error(
                        start,
                        "`" + name + "` is not a fill; the fills are normal, uniform(a,b), randint(lo,hi), zeros, "
                                + "ones and arange");
        };
    }

    private void requireFloating(int start, String fill, DType dtype) {
        if (!dtype.isFloating()) {
            throw error(
                    start,
                    "`" + fill + "` needs a floating-point tensor, and this one is " + dtype.shortName()
                            + "; write `randint(lo,hi)`");
        }
    }

    private void requireFits(int start, Fill fill, DType dtype) {
        if (fill.low() != Math.rint(fill.low()) || fill.high() != Math.rint(fill.high())) {
            throw error(start, "`randint` needs whole numbers");
        }
        int bits = dtype == DType.BOOL ? 1 : 8 * dtype.bytes();
        boolean signed = dtype.torchName().startsWith("int");
        double low = signed ? -Math.pow(2, bits - 1) : 0;
        double end = Math.pow(2, signed ? bits - 1 : bits);
        if (!dtype.isFloating() && (fill.low() < low || fill.high() > end)) {
            throw error(
                    start,
                    String.format(
                            "`randint(%.0f,%.0f)` does not fit in %s, which holds %.0f to %.0f",
                            fill.low(), fill.high(), dtype.shortName(), low, end - 1));
        }
    }

    private Fill range(int start, String name) {
        require('(', "`(` with two numbers, as `" + name + "(0,2)`,");
        double low = numberIn(name);
        require(',', "`,` and the upper bound");
        double high = numberIn(name);
        require(')', "`)`");
        if (!(low < high)) {
            throw error(start, "the lower bound of `" + name + "` must be below the upper one");
        }
        return new Fill(name, low, high);
    }

    private double numberIn(String name) {
        skipSpaces();
        int start = at;
        ArgumentSpec number = number();
        if (number instanceof ArgumentSpec.Int whole) {
            return whole.value();
        }
        double value = ((ArgumentSpec.Float) number).value();
        if (Double.isInfinite(value) || Double.isNaN(value)) {
            throw error(start, "`" + name + "` needs finite bounds");
        }
        return value;
    }

    private List<Long> sizes(char open, char close, String what) {
        require(open, "`" + open + "`");
        List<Long> sizes = new ArrayList<>();
        if (skipIf(close)) {
            return sizes;
        }
        do {
            skipSpaces();
            int start = at;
            while (Character.isDigit(peek())) {
                at++;
            }
            if (start == at) {
                throw error(at, what + " should stand here, a whole number of at least 0");
            }
            sizes.add(whole(start, text.substring(start, at)));
        } while (skipIf(','));
        require(close, "`,` or `" + close + "`");
        return sizes;
    }

    private ArgumentSpec sequence() {
        boolean tuple = text.charAt(at) == '(';
        char close = tuple ? ')' : ']';
        at++;
        sequences++;
        List<ArgumentSpec> items = new ArrayList<>();
        while (!skipIf(close)) {
            items.add(value());
            if (!skipIf(',')) {
                require(close, "`,` or `" + close + "`");
                break;
            }
        }
        sequences--;
        return new ArgumentSpec.Sequence(tuple, items);
    }

    private ArgumentSpec string() {
        int start = at;
        char quote = text.charAt(at++);
        StringBuilder value = new StringBuilder();
        while (peek() != quote) {
            if (at >= text.length()) {
                throw error(start, "the string that begins here has no closing " + quote);
            }
            if (peek() == '\\' && at + 1 < text.length()) {
                at++;
            }
            value.append(text.charAt(at++));
        }
        at++;
        return new ArgumentSpec.Str(value.toString());
    }

    private ArgumentSpec number() {
        int start = at;
        if (peek() == '-' || peek() == '+') {
            at++;
        }
        if (text.startsWith("inf", at)) {
            at += 3;
            return new ArgumentSpec.Float(
                    text.charAt(start) == '-' ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
        }
        while (isNumberPart(start)) {
            at++;
        }
        String number = text.substring(start, at);
        if (number.matches("[-+]?\\d+")) {
            return new ArgumentSpec.Int(whole(start, number));
        }
        if (!number.matches("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?")) {
            throw error(start, "`" + number + "` is not a number");
        }
        return new ArgumentSpec.Float(Double.parseDouble(number));
    }

    private boolean isNumberPart(int start) {
        char next = peek();
        boolean exponentSign = (next == '-' || next == '+') && at > start && "eE".indexOf(text.charAt(at - 1)) >= 0;
        return Character.isLetterOrDigit(next) || next == '.' || next == '_' || exponentSign;
    }

    private long whole(int start, String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            throw error(start, "`" + digits + "` does not fit in 64 bits");
        }
    }

    private String identifier(String what) {
        int start = at;
        while (isNameStart(peek()) || at > start && Character.isDigit(peek())) {
            at++;
        }
        if (start == at) {
            throw error(at, what + " should stand here");
        }
        return text.substring(start, at);
    }

    private static boolean isNameStart(char c) {
        return c == '_' || Character.isLetter(c);
    }

    private void require(char wanted, String what) {
        if (!skipIf(wanted)) {
            throw error(at, what + " should stand here");
        }
    }

    private boolean skipIf(char wanted) {
        skipSpaces();
        if (peek() != wanted) {
            return false;
        }
        at++;
        return true;
    }

    private void skipSpaces() {
        while (peek() == ' ') {
            at++;
        }
    }

    /** The next character, or NUL at the end. */
    private char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private IllegalArgumentException error(int position, String problem) {
        String place = position >= text.length() ? "at its end" : "at position " + (position + 1);
        return new IllegalArgumentException(
                "Cannot read `" + text + "` for `" + parameter + "`: " + place + ", " + problem + ".");
    }
}
