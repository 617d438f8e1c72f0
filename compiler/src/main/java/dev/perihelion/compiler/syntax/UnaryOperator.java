package dev.perihelion.compiler.syntax;

/** Python's unary operators. */
public enum UnaryOperator {
    NEGATE("-"),
    PLUS("+"),
    INVERT("~"),
    NOT("not");

    private final String symbol;

    UnaryOperator(String symbol) {
        this.symbol = symbol;
    }

    /** As written in Python. */
    public String symbol() {
        return symbol;
    }
}
