package dev.perihelion.compiler.ir;

import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
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

    private static final String STACK_OF = "stack of ";

    /** How long the axis of a stack's addresses is: as long as memory may be. */
    private static final Size STACKED = Size.of(1L << 60);

    /**
     * Tensors like this one at addresses that the device knows: an axis in front is indexed by addresses instead of
     * positions.
     */
    public HostTensor stacked() {
        List<Size> longer = new ArrayList<>(shape);
        longer.add(0, STACKED);
        List<Size> wider = new ArrayList<>(strides);
        wider.add(0, Size.ONE);
        return new HostTensor(name, STACK_OF + storage, dtype, longer, wider);
    }

    /** The tensor that this is a stack of. */
    public HostTensor example() {
        return new HostTensor(
                name,
                storage.substring(STACK_OF.length()),
                dtype,
                shape.subList(1, shape.size()),
                strides.subList(1, strides.size()));
    }

    /** Whether its first axis is indexed by addresses. */
    public boolean isStacked() {
        return !shape.isEmpty() && shape.get(0).equals(STACKED);
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
