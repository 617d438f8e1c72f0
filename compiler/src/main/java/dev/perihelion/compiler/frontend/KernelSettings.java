package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.type.DType;
import java.util.Optional;

/**
 * Keyword arguments of {@code helion.kernel} that change the generated code.
 *
 * @param staticShapes whether sizes and strides are constants of the program
 * @param dotPrecision {@code tf32}, {@code tf32x3} or {@code ieee}
 * @param indexType int32 or int64 for positions, where the kernel says so
 */
public record KernelSettings(boolean staticShapes, String dotPrecision, Optional<DType> indexType) {

    /** The same with shapes as constants. */
    KernelSettings withStaticShapes() {
        return new KernelSettings(true, dotPrecision, indexType);
    }

    /** What a bare decorator means. */
    public static final KernelSettings DEFAULT = new KernelSettings(true, "tf32", Optional.empty());
}
