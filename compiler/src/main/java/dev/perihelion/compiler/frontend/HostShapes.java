package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.ir.BlockTable;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** torch's rules for the shapes and strides of tensors that host code makes. Empty answers mean "not followed". */
final class HostShapes {

    /** The name of a tensor or number that no host variable holds yet. */
    static final String UNNAMED = HostTensor.MADE;

    private HostShapes() {}

    static Item made(DType dtype, List<Size> shape) {
        return new Item.Host(new HostTensor(UNNAMED, dtype, shape, contiguousStrides(shape)));
    }

    static Item made(DType dtype, List<Size> shape, List<Size> strides) {
        return new Item.Host(new HostTensor(UNNAMED, dtype, shape, strides));
    }

    /** A new tensor without gaps, or, where {@code contiguous} is false, in a layout that the launch finds out. */
    static Item somehow(Context context, DType dtype, List<Size> shape, boolean contiguous) {
        List<Size> strides = contiguousStrides(shape);
        return contiguous
                ? made(dtype, shape, strides)
                : made(
                        dtype,
                        shape,
                        strides.stream()
                                .map(stride -> context.unknown(stride.evaluate(leaf -> BlockTable.UNKNOWN_LENGTH)))
                                .toList());
    }

    /** What was made of a tensor and may be in its memory. */
    static Item sharing(Item made, HostTensor of) {
        if (made instanceof Item.Host host && host.tensor().storage().equals(UNNAMED)) {
            return new Item.Host(host.tensor().sharing(of));
        }
        if (made instanceof Item.Sequence sequence) {
            return new Item.Sequence(
                    sequence.items().stream().map(item -> sharing(item, of)).toList(), sequence.isList());
        }
        return made;
    }

    static Size times(Size a, Size b) {
        return Size.of(Size.Operation.MULTIPLY, a, b);
    }

    static Size product(List<Size> sizes) {
        return sizes.stream().reduce(Size.ONE, HostShapes::times);
    }

    static boolean isContiguous(HostTensor tensor) {
        Size expected = Size.ONE;
        for (int i = tensor.rank() - 1; i >= 0; i--) {
            Size extent = tensor.shape().get(i);
            if (!extent.equals(Size.ONE) && !tensor.strides().get(i).equals(expected)) {
                return tensor.shape().contains(Size.ZERO);
            }
            expected = times(expected, extent);
        }
        return true;
    }

    /** Whether no two elements share a place and no place is left out. */
    static boolean isDense(HostTensor tensor) {
        if (tensor.constantShape().isEmpty() || tensor.constantStrides().isEmpty()) {
            return isContiguous(tensor);
        }
        long numel = tensor.numel().constant().orElseThrow();
        long span = tensor.span(size -> size.constant().orElseThrow());
        boolean repeats = false;
        for (int i = 0; i < tensor.rank(); i++) {
            repeats |= tensor.strides().get(i).equals(Size.ZERO)
                    && !tensor.shape().get(i).equals(Size.ONE);
        }
        return numel == 0 || span == numel && !repeats;
    }

    /** The strides of a tensor of this shape without gaps, the last axis the fastest. */
    static List<Size> contiguousStrides(List<Size> shape) {
        List<Size> strides = new ArrayList<>();
        Size stride = Size.ONE;
        for (int i = shape.size() - 1; i >= 0; i--) {
            strides.add(0, stride);
            stride = times(stride, positive(shape.get(i)));
        }
        return strides;
    }

    /** What an extent counts for in strides; extents that are not known yet are taken to be above 0. */
    private static Size positive(Size extent) {
        return extent.equals(Size.ZERO) ? Size.ONE : extent;
    }

    /** The strides of a new tensor that keeps a tensor's order of axes: what {@code empty_like} gives. */
    static Optional<List<Size>> likeStrides(HostTensor like) {
        return isDense(like) ? Optional.of(like.strides()) : elementwiseStrides(like.shape(), List.of(like));
    }

    /**
     * The strides of the result of an elementwise operation: axes are ordered as in the operands, the first operand
     * that tells decides, and a new tensor is laid out without gaps in that order.
     */
    static Optional<List<Size>> elementwiseStrides(List<Size> shape, List<HostTensor> operands) {
        boolean sameShape =
                operands.stream().allMatch(operand -> operand.shape().equals(shape));
        if (sameShape && operands.stream().allMatch(HostShapes::isContiguous)) {
            return Optional.of(contiguousStrides(shape));
        }
        List<Size> first = operands.get(0).strides();
        if (sameShape
                && isDense(operands.get(0))
                && operands.stream().allMatch(operand -> operand.strides().equals(first))) {
            return Optional.of(first);
        }
        if (operands.stream().allMatch(HostShapes::isContiguous)) {
            return Optional.of(contiguousStrides(shape));
        }
        boolean known = shape.stream().allMatch(size -> size.constant().isPresent())
                && operands.stream()
                        .allMatch(operand -> operand.constantStrides().isPresent());
        return known ? Optional.of(ordered(shape, operands)) : Optional.empty();
    }

    private static List<Size> ordered(List<Size> shape, List<HostTensor> operands) {
        int rank = shape.size();
        List<Integer> order = new ArrayList<>();
        for (int i = rank - 1; i >= 0; i--) {
            order.add(i);
        }
        for (int i = 1; i < rank; i++) {
            int at = i;
            for (int below = i - 1; below >= 0; below--) {
                int comparison = slower(order.get(below), order.get(at), shape, operands);
                if (comparison < 0) {
                    break;
                }
                if (comparison > 0) {
                    Collections.swap(order, below, at);
                    at = below;
                }
            }
        }
        Size[] strides = new Size[rank];
        Size stride = Size.ONE;
        for (int axis : order) {
            strides[axis] = stride;
            stride = times(stride, positive(shape.get(axis)));
        }
        return List.of(strides);
    }

    /** Above 0 where axis {@code a} is the slower one of two, below 0 where {@code b} is, 0 where nothing tells. */
    private static int slower(int a, int b, List<Size> shape, List<HostTensor> operands) {
        for (HostTensor operand : operands) {
            long x = broadcastStride(operand, a, shape.size());
            long y = broadcastStride(operand, b, shape.size());
            if (x != 0 && y != 0) {
                if (x != y) {
                    return x < y ? -1 : 1;
                }
                if (shape.get(a).constant().orElseThrow()
                        > shape.get(b).constant().orElseThrow()) {
                    return 1;
                }
            }
        }
        return 0;
    }

    private static long broadcastStride(HostTensor tensor, int axis, int rank) {
        int own = axis - (rank - tensor.rank());
        return own < 0 || tensor.shape().get(own).equals(Size.ONE)
                ? 0
                : tensor.strides().get(own).constant().orElseThrow();
    }

    /** The shape that these broadcast to; empty where they do not go together, or not for sure. */
    static Optional<List<Size>> broadcast(List<List<Size>> shapes) {
        int rank = shapes.stream().mapToInt(List::size).max().orElse(0);
        List<Size> result = new ArrayList<>(Collections.nCopies(rank, Size.ONE));
        for (List<Size> shape : shapes) {
            for (int i = 0; i < shape.size(); i++) {
                int at = rank - shape.size() + i;
                Size extent = shape.get(i);
                if (!extent.equals(Size.ONE) && !result.get(at).equals(Size.ONE) && !extent.equals(result.get(at))) {
                    return Optional.empty();
                }
                result.set(at, extent.equals(Size.ONE) ? result.get(at) : extent);
            }
        }
        return Optional.of(result);
    }

    /** A tensor seen under a shape that it broadcasts to; new and repeated axes have stride 0. */
    static Optional<Item> expanded(HostTensor tensor, List<Size> shape) {
        int lead = shape.size() - tensor.rank();
        if (lead < 0) {
            return Optional.empty();
        }
        List<Size> extents = new ArrayList<>();
        List<Size> strides = new ArrayList<>();
        for (int at = 0; at < shape.size(); at++) {
            int own = at - lead;
            Size wanted = shape.get(at);
            if (own < 0) {
                extents.add(wanted);
                strides.add(Size.ZERO);
                continue;
            }
            Size extent = tensor.shape().get(own);
            boolean keeps = wanted.equals(Size.of(-1)) || wanted.equals(extent);
            if (!keeps && !extent.equals(Size.ONE)) {
                return Optional.empty();
            }
            extents.add(keeps ? extent : wanted);
            strides.add(keeps ? tensor.strides().get(own) : Size.ZERO);
        }
        return Optional.of(sharing(made(tensor.dtype(), extents, strides), tensor));
    }

    /** A shape with its one open extent, -1, filled in; empty where it does not fit the number of elements. */
    static Optional<List<Size>> completed(List<Size> shape, Size numel) {
        List<Size> result = new ArrayList<>(shape);
        int open = result.indexOf(Size.of(-1));
        if (open >= 0) {
            result.set(open, Size.ONE);
            Size others = product(result);
            if (others.equals(Size.ZERO)) {
                return Optional.empty();
            }
            result.set(open, Size.of(Size.Operation.FLOOR_DIVIDE, numel, others));
        }
        OptionalLong wanted = product(result).constant();
        boolean differs = wanted.isPresent()
                && numel.constant().isPresent()
                && wanted.getAsLong() != numel.constant().getAsLong();
        return differs ? Optional.empty() : Optional.of(result);
    }

    /** The strides that show a tensor's elements under another shape without a copy; empty where a copy is needed. */
    static Optional<List<Size>> viewStrides(HostTensor tensor, List<Size> shape) {
        if (isContiguous(tensor)) {
            return Optional.of(contiguousStrides(shape));
        }
        boolean known = tensor.constantShape().isPresent()
                && tensor.constantStrides().isPresent()
                && shape.stream().allMatch(size -> size.constant().isPresent());
        if (!known) {
            return Optional.empty();
        }
        List<Long> extents = tensor.constantShape().orElseThrow();
        List<Long> strides = tensor.constantStrides().orElseThrow();
        Size[] result = new Size[shape.size()];
        int at = shape.size() - 1;
        long base = extents.isEmpty() ? 1 : strides.get(extents.size() - 1);
        long chunk = 1;
        long taken = 1;
        for (int axis = extents.size() - 1; axis >= 0; axis--) {
            chunk *= extents.get(axis);
            boolean ends = axis == 0 || extents.get(axis - 1) != 1 && strides.get(axis - 1) != chunk * base;
            if (!ends) {
                continue;
            }
            while (at >= 0 && (taken < chunk || shape.get(at).equals(Size.ONE))) {
                result[at] = Size.of(taken * base);
                taken *= shape.get(at).constant().orElseThrow();
                at--;
            }
            if (taken != chunk) {
                return Optional.empty();
            }
            if (axis > 0) {
                base = strides.get(axis - 1);
                chunk = 1;
                taken = 1;
            }
        }
        return at == -1 ? Optional.of(List.of(result)) : Optional.empty();
    }
}
