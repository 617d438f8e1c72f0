package dev.perihelion.compiler.frontend;

/**
 * Keyword arguments of {@code helion.kernel} that change the generated code.
 *
 * @param staticShapes whether sizes and strides are constants of the program
 * @param dotPrecision {@code tf32}, {@code tf32x3} or {@code ieee}
 */
public record KernelSettings(boolean staticShapes, String dotPrecision) {

    /** The same with shapes as constants. */
    KernelSettings withStaticShapes() {
        return new KernelSettings(true, dotPrecision);
    }

    /** What a bare decorator means. */
    public static final KernelSettings DEFAULT = new KernelSettings(true, "tf32");
}
