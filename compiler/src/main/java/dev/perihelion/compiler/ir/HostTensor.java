package dev.perihelion.compiler.ir;

import dev.perihelion.compiler.type.DType;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * A tensor that lives in device memory: a parameter of the kernel or made by its host code.
 *
 * @param name the host expression that is passed to the launch; also the parameter's name
 * @param storage whose memory it is: the first name of the tensor that it is a view of; tensors that share memory agree here
 * @param dtype of its elements
 * @param shape extents
 * @param strides in elements
 */
public record HostTensor(String name, String storage, DType dtype, List<Size> shape, List<Size> strides) {

    /** The name of a tensor that the user has not named yet. */
    public static final String MADE = "made";

    public HostTensor {
        shape = List.copyOf(shape);
        strides = List.copyOf(strides);
        if (shape.size() != strides.size()) {
            throw new IllegalArgumentException(
                    "`" + name + "` has " + shape.size() + " axes and " + strides.size() + " strides.");
        }
    }

    /** A tensor of its own memory. */
    public HostTensor(String name, DType dtype, List<Size> shape, List<Size> strides) {
        this(name, name, dtype, shape, strides);
    }

    /** The same tensor under another name; a tensor that only an expression made has its memory named so too. */
    public HostTensor named(String newName) {
        return new HostTensor(newName, storage.equals(MADE) ? newName : storage, dtype, shape, strides);
    }

    /** This tensor as a view of, or perhaps a copy of, another one. */
    public HostTensor sharing(HostTensor other) {
        return new HostTensor(name, other.storage, dtype, shape, strides);
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

    /** Whether only the launch knows some extent or stride. */
    public boolean isLaunched() {
        return Stream.concat(shape.stream(), strides.stream())
                .anyMatch(size -> !size.launched().isEmpty());
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
