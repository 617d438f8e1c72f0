package dev.perihelion.compiler.syntax;

/** Python's arithmetic and bitwise operators. */
public enum BinaryOperator {
    ADD("+"),
    SUBTRACT("-"),
    MULTIPLY("*"),
    MATMUL("@"),
    DIVIDE("/"),
    FLOOR_DIVIDE("//"),
    MODULO("%"),
    POWER("**"),
    SHIFT_LEFT("<<"),
    SHIFT_RIGHT(">>"),
    AND("&"),
    XOR("^"),
    OR("|");

    private final String symbol;

    BinaryOperator(String symbol) {
        this.symbol = symbol;
    }

    /** As written in Python. */
    public String symbol() {
        return symbol;
    }
}
