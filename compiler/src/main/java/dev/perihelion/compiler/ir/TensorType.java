package dev.perihelion.compiler.ir;

import dev.perihelion.compiler.type.DType;
import java.util.List;

/**
 * The type of a device value.
 *
 * @param dtype of its elements
 * @param shape outermost first; empty for a scalar
 */
public record TensorType(DType dtype, List<Dim> shape) {

    public TensorType {
        shape = List.copyOf(shape);
    }

    public static TensorType scalar(DType dtype) {
        return new TensorType(dtype, List.of());
    }

    public int rank() {
        return shape.size();
    }

    public boolean isScalar() {
        return shape.isEmpty();
    }

    public TensorType withDType(DType newDType) {
        return new TensorType(newDType, shape);
    }

    public TensorType withShape(List<Dim> newShape) {
        return new TensorType(dtype, newShape);
    }

    @Override
    public String toString() {
        return dtype.shortName() + shape;
    }
}
