package dev.perihelion.compiler.syntax;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.antlr.v4.runtime.Token;

/** Operators by their text. */
final class Operators {

    private static final Map<String, BinaryOperator> BINARY = Arrays.stream(BinaryOperator.values())
            .collect(Collectors.toMap(BinaryOperator::symbol, Function.identity()));

    private Operators() {}

    /** Also for {@code +=} and its like, without the equals sign. */
    static BinaryOperator binary(String symbol) {
        return BINARY.get(symbol);
    }

    static UnaryOperator unary(Token token) {
        return switch (token.getType()) {
            case PythonParser.MINUS -> UnaryOperator.NEGATE;
            case PythonParser.PLUS -> UnaryOperator.PLUS;
            default -> UnaryOperator.INVERT;
        };
    }

    static CompareOperator compare(PythonParser.ComparisonOperatorContext tree) {
        return switch (tree.getStart().getType()) {
            case PythonParser.EQUAL -> CompareOperator.EQUAL;
            case PythonParser.NOT_EQUAL -> CompareOperator.NOT_EQUAL;
            case PythonParser.LESS -> CompareOperator.LESS;
            case PythonParser.LESS_EQUAL -> CompareOperator.LESS_EQUAL;
            case PythonParser.GREATER -> CompareOperator.GREATER;
            case PythonParser.GREATER_EQUAL -> CompareOperator.GREATER_EQUAL;
            case PythonParser.IS -> tree.NOT() == null ? CompareOperator.IS : CompareOperator.IS_NOT;
            case PythonParser.IN -> CompareOperator.IN;
            default -> CompareOperator.NOT_IN;
        };
    }
}
