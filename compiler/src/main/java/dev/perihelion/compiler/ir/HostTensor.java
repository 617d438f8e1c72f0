package dev.perihelion.compiler.ir;

import dev.perihelion.compiler.type.DType;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * A tensor that lives in device memory: a parameter of the kernel or made by its host code.
 *
 * @param name the host expression that is passed to the launch; also the parameter's name
 * @param dtype of its elements
 * @param shape extents
 * @param strides in elements
 */
public record HostTensor(String name, DType dtype, List<Size> shape, List<Size> strides) {

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
    public Size numel() {
        return shape.stream().reduce(Size.ONE, (a, b) -> Size.of(Size.Operation.MULTIPLY, a, b));
    }

    /** The distance in elements from the first to behind the last, for given lengths of blocks. */
    public long span(ToLongFunction<Size> evaluate) {
        long last = 0;
        for (int i = 0; i < rank(); i++) {
            long extent = evaluate.applyAsLong(shape.get(i));
            if (extent == 0) {
                return 0;
            }
            last += (extent - 1) * Math.abs(evaluate.applyAsLong(strides.get(i)));
        }
        return last + 1;
    }

    /** The extents, where no configuration changes them. */
    public Optional<List<Long>> constantShape() {
        return constants(shape);
    }

    /** The strides, where no configuration changes them. */
    public Optional<List<Long>> constantStrides() {
        return constants(strides);
    }

    private static Optional<List<Long>> constants(List<Size> sizes) {
        boolean all = sizes.stream().allMatch(size -> size.constant().isPresent());
        return all
                ? Optional.of(
                        sizes.stream().map(size -> size.constant().getAsLong()).toList())
                : Optional.empty();
    }
}
