package dev.perihelion.compiler.ops;

/** Reductions over one axis. */
public enum ReduceOp {
    SUM(0.0, "tl.sum({0}, {1})", "{0} + {1}"),
    MAX(Double.NEGATIVE_INFINITY, "_max({0}, {1})", "_maximum({0}, {1})"),
    MIN(Double.POSITIVE_INFINITY, "_min({0}, {1})", "_minimum({0}, {1})"),
    PROD(1.0, "_prod({0}, {1})", "{0} * {1}");

    private final double identity;
    private final String template;
    private final String combine;

    ReduceOp(double identity, String template, String combine) {
        this.identity = identity;
        this.template = template;
        this.combine = combine;
    }

    /** Leaves every result unchanged; what padded lanes hold. */
    public double identity() {
        return identity;
    }

    /** Triton text of the reduction of {0} over axis {1}. */
    public String template() {
        return template;
    }

    /** Triton text that combines two partial results elementwise. */
    public String combine() {
        return combine;
    }
}
