package dev.perihelion.compiler.ir;

import dev.perihelion.compiler.type.DType;
import java.util.List;

/**
 * A tensor that lives in device memory: a parameter of the kernel or made by its host code.
 *
 * @param name the host expression that is passed to the launch; also the parameter's name
 * @param dtype of its elements
 * @param shape extents
 * @param strides in elements
 */
public record HostTensor(String name, DType dtype, List<Long> shape, List<Long> strides) {

    public HostTensor {
        shape = List.copyOf(shape);
        strides = List.copyOf(strides);
        if (shape.size() != strides.size()) {
            throw new IllegalArgumentException(
                    "`" + name + "` has " + shape.size() + " axes and " + strides.size() + " strides.");
        }
    }

    public int rank() {
        return shape.size();
    }

    /** How many elements. */
    public long numel() {
        return shape.stream().reduce(1L, (a, b) -> a * b);
    }

    /** The distance in elements from the first to behind the last. */
    public long span() {
        long last = 0;
        for (int i = 0; i < rank(); i++) {
            if (shape.get(i) == 0) {
                return 0;
            }
            last += (shape.get(i) - 1) * Math.abs(strides.get(i));
        }
        return last + 1;
    }
}
