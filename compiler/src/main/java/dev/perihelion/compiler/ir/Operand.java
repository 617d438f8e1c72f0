package dev.perihelion.compiler.ir;

import dev.perihelion.compiler.type.DType;

/** What an operation reads. */
public sealed interface Operand {

    /** The type it is read with. */
    TensorType type();

    /**
     * A value of the program: defined once, by an operation or as a region's argument.
     *
     * @param id unique in its kernel
     * @param hint the user's name for it, or what made it; the printed name derives from it
     */
    record Value(int id, TensorType type, String hint) implements Operand {
        @Override
        public String toString() {
            return "%" + id + ":" + type;
        }
    }

    /**
     * A constant scalar.
     *
     * @param number {@link Long}, {@link Double} or {@link Boolean}
     * @param dtype what it is read as
     */
    record Literal(Object number, DType dtype) implements Operand {

        public Literal {
            if (!(number instanceof Long || number instanceof Double || number instanceof Boolean)) {
                throw new IllegalArgumentException("Not a scalar: " + number + ".");
            }
        }

        @Override
        public TensorType type() {
            return TensorType.scalar(dtype);
        }

        /** Its value as a number, true being 1. */
        public double asDouble() {
            return number instanceof Boolean flag ? (flag ? 1 : 0) : ((Number) number).doubleValue();
        }
    }

    /**
     * A number that is known once a configuration is chosen.
     *
     * @param dtype what it is read as
     */
    record Sized(Size size, DType dtype) implements Operand {
        @Override
        public TensorType type() {
            return TensorType.scalar(dtype);
        }
    }

    /** The address of a host tensor's first element, for text of the user's. */
    record Pointer(HostTensor tensor) implements Operand {
        @Override
        public TensorType type() {
            return TensorType.scalar(DType.UINT64);
        }
    }

    /** Whether it is a number of the program text, which takes the type of what it meets. */
    default boolean isNumber() {
        return !(this instanceof Value);
    }
}
