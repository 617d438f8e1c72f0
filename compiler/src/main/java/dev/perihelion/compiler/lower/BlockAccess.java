package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.Index;
import dev.perihelion.compiler.ir.MemoryOp;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ir.TileAxis;
import dev.perihelion.compiler.space.Keys;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Prints accesses by block pointers and tensor descriptors, where the accessed block is a rectangle of the tensor and
 * ends where its lanes do; all others have pointers.
 */
final class BlockAccess {

    private static final int LEAST_BYTES = 16;
    /** Triton puts the buffers of a pipeline one behind the other, and the copying unit writes to multiples of this. */
    private static final int BUFFER_BYTES = 128;

    /**
     * How one axis of the tensor is accessed. {@code resultAxis} is -1 for one position; {@code multiple} is a power of two that
     * surely divides the offset.
     */
    private record Part(
            long size, long stride, String offset, long block, int resultAxis, boolean leaves, long multiple) {}

    private final DeviceCode device;
    private final Map<String, String> descriptors = new HashMap<>();

    BlockAccess(DeviceCode device) {
        this.device = device;
    }

    /** A load in this form; empty where it needs pointers. */
    Optional<String> load(MemoryOp.Load op, Object form, String eviction) {
        List<Dim> shape = op.result().type().shape();
        Optional<List<Part>> parts = parts(op.tensor(), op.indices(), shape, form);
        if (parts.isEmpty()) {
            return Optional.empty();
        }
        List<Part> axes = parts.get();
        String text;
        if (form.equals(Keys.TENSOR_DESCRIPTOR)) {
            List<Integer> order = descriptorOrder(axes);
            text = descriptor(op.tensor(), axes, order) + ".load(" + offsets(permuted(axes, order)) + ")";
            if (!isIdentity(order)) {
                text = "tl.permute(" + text + ", " + inverse(order) + ")";
            }
        } else {
            String padding = axes.stream().anyMatch(Part::leaves) ? ", padding_option='zero'" : "";
            text = "tl.load(" + blockPointer(op.tensor(), axes) + checks(axes) + padding + eviction + ")";
        }
        return Optional.of(selected(op, shaped(text, axes, shape)));
    }

    private String selected(MemoryOp.Load op, String text) {
        String zero = op.tensor().dtype().isFloat8() ? "0.0" : "0";
        return op.mask()
                .map(mask -> "tl.where(" + device.print(mask) + ", " + text + ", " + zero + ")")
                .orElse(text);
    }

    /** A store in this form; empty where it needs pointers. */
    Optional<String> store(MemoryOp.Store op, Object form, String value) {
        Optional<List<Part>> parts =
                op.mask().isPresent() ? Optional.empty() : writtenParts(op.tensor(), op.indices(), op.shape(), form);
        if (parts.isEmpty()) {
            return Optional.empty();
        }
        List<Part> axes = parts.get();
        String block = written(op.tensor(), axes, op.shape(), op.value(), value);
        return Optional.of(
                form.equals(Keys.TENSOR_DESCRIPTOR)
                        ? byDescriptor("store", op.tensor(), axes, block)
                        : "tl.store(" + blockPointer(op.tensor(), axes) + ", " + block + checks(axes) + ")");
    }

    /** An atomic operation by a descriptor, whose result nobody needs; empty where it needs pointers. */
    Optional<String> atomic(MemoryOp.Atomic op, String value) {
        List<Dim> shape = op.result().type().shape();
        return writtenParts(op.tensor(), op.indices(), shape, Keys.TENSOR_DESCRIPTOR)
                .map(axes -> byDescriptor(
                        "atomic_" + op.op().name().toLowerCase(Locale.ROOT),
                        op.tensor(),
                        axes,
                        written(op.tensor(), axes, shape, op.value(), value)));
    }

    /** The parts of what is written, if the value has all of them. */
    private Optional<List<Part>> writtenParts(HostTensor tensor, List<Index> indices, List<Dim> shape, Object form) {
        return parts(tensor, indices, shape, form)
                .filter(parts -> IntStream.range(0, shape.size())
                        .allMatch(axis -> shape.get(axis).equals(Dim.ONE)
                                || parts.stream().anyMatch(part -> part.resultAxis() == axis)));
    }

    private String written(HostTensor tensor, List<Part> axes, List<Dim> shape, Operand operand, String value) {
        String whole = "tl.broadcast_to(" + value + ", " + device.shape(shape) + ")";
        boolean fits = operand.type().shape().equals(shape) || operand.isNumber();
        return "tl.cast(" + reshaped(fits ? value : whole, axes, shape) + ", " + DeviceCode.triton(tensor.dtype())
                + ")";
    }

    private String byDescriptor(String action, HostTensor tensor, List<Part> axes, String block) {
        List<Integer> order = descriptorOrder(axes);
        String moved = isIdentity(order) ? block : "tl.permute(" + block + ", " + order + ")";
        return descriptor(tensor, axes, order) + "." + action + "(" + offsets(permuted(axes, order)) + ", " + moved
                + ")";
    }

    private Optional<List<Part>> parts(HostTensor tensor, List<Index> indices, List<Dim> shape, Object form) {
        boolean possible = !form.equals(Keys.POINTER)
                && !shape.isEmpty()
                && tensor.rank() > 0
                && tensor.dtype() != DType.BOOL
                && tensor.dtype().bytes() <= 8
                && !tensor.isLaunched()
                && tensor.span(device.plan::evaluate) <= Integer.MAX_VALUE
                && new Bounds(device).masks(tensor, indices, shape.size()).isEmpty();
        if (!possible) {
            return Optional.empty();
        }
        List<Part> parts = new ArrayList<>();
        int lastAxis = -1;
        for (int i = 0; i < indices.size(); i++) {
            Optional<Part> part = part(
                    indices.get(i),
                    device.plan.evaluate(tensor.shape().get(i)),
                    device.plan.evaluate(tensor.strides().get(i)),
                    shape);
            if (part.isEmpty() || part.get().resultAxis() >= 0 && part.get().resultAxis() <= lastAxis) {
                return Optional.empty();
            }
            lastAxis = Math.max(lastAxis, part.get().resultAxis());
            parts.add(part.get());
        }
        boolean fits = lastAxis >= 0
                && (form.equals(Keys.TENSOR_DESCRIPTOR)
                        ? fitsDescriptor(parts, tensor.dtype())
                        : !tensor.dtype().isFloat8());
        return fits ? Optional.of(parts) : Optional.empty();
    }

    private Optional<Part> part(Index index, long size, long stride, List<Dim> shape) {
        if (size == 0 || stride <= 0 && size > 1) {
            return Optional.empty();
        }
        if (index instanceof Index.At at) {
            return isInt32(at.position())
                    ? Optional.of(new Part(size, stride, device.print(at.position()), 1, -1, false, 1))
                    : Optional.empty();
        }
        if (index instanceof Index.OfTile tile) {
            return tile(tile, size, stride, shape);
        }
        if (!(index instanceof Index.Range range) || range.step() != 1 || !isInt32(range.begin())) {
            return Optional.empty();
        }
        return range(range, size, stride);
    }

    private Optional<Part> tile(Index.OfTile tile, long size, long stride, List<Dim> shape) {
        Axes.Open names = device.axes.get(tile.block());
        TileAxis axis = names.axis();
        Dim dim = new Dim.Block(tile.block());
        boolean shifted = !DeviceCode.isZero(tile.shift());
        boolean masked = device.axes.needsMask(dim);
        boolean endsWithTensor = device.plan.step(axis) == device.plan.block(tile.block())
                && !shifted
                && axis.end() instanceof Literal end
                && end.number().equals(size);
        boolean plain = names.flat().isEmpty()
                && axis.lengths().isEmpty()
                && !axis.isGrid()
                && shape.get(tile.axis()).equals(dim)
                && (!shifted || isInt32(tile.shift()));
        if (!plain || masked && !endsWithTensor) {
            return Optional.empty();
        }
        String offset = shifted ? names.begin() + " + " + device.print(tile.shift()) : names.begin();
        long multiple = Math.min(
                Long.lowestOneBit(device.plan.step(axis)), Math.min(multiple(axis.begin()), multiple(tile.shift())));
        return Optional.of(new Part(
                size, stride, offset, device.plan.block(tile.block()), tile.axis(), masked || shifted, multiple));
    }

    private Optional<Part> range(Index.Range range, long size, long stride) {
        Dim length = range.length();
        boolean whole = DeviceCode.isZero(range.begin()) && device.plan.evaluate(length.length()) == size;
        boolean chunked = length instanceof Dim.Static known && device.axes.isChunked(known.size());
        if (chunked && !whole || !whole && device.axes.needsMask(length)) {
            return Optional.empty();
        }
        String offset = chunked ? device.axes.chunkBegin(((Dim.Static) length).size()) : device.print(range.begin());
        long multiple = multiple(range.begin());
        if (chunked) {
            multiple = Long.lowestOneBit(device.plan.length(length));
        }
        return Optional.of(new Part(
                size,
                stride,
                offset,
                device.plan.length(length),
                range.axis(),
                device.axes.needsMask(length),
                multiple));
    }

    /** The largest power of two that surely divides a number; 0 has all. */
    private long multiple(Operand operand) {
        if (operand instanceof Literal literal && literal.number() instanceof Long number) {
            return number == 0 ? Long.MAX_VALUE : Long.lowestOneBit(Math.abs(number));
        }
        return operand instanceof Operand.Sized sized
                ? Math.max(1, Long.lowestOneBit(device.plan.evaluate(sized.size())))
                : 1;
    }

    private static boolean isInt32(Operand operand) {
        return operand.isNumber() || operand.type().isScalar() && operand.type().dtype() == DType.INT32;
    }

    private static boolean fitsDescriptor(List<Part> parts, DType dtype) {
        boolean strides = parts.size() >= 2
                && parts.size() <= 5
                && parts.stream().filter(part -> part.stride() == 1).count() == 1
                && parts.stream()
                        .allMatch(part -> part.stride() == 1 || part.stride() * dtype.bytes() % LEAST_BYTES == 0);
        long block = parts.stream().mapToLong(Part::block).reduce(1, (a, b) -> a * b);
        return strides
                && block * dtype.bytes() % BUFFER_BYTES == 0
                && parts.stream()
                        .allMatch(part -> part.block() <= part.size()
                                && (part.stride() != 1 || part.resultAxis() >= 0 && isReachable(part, dtype)));
    }

    /** Along the axis of stride 1 the copying unit takes, and begins at, multiples of 16 bytes. Others are illegal instructions. */
    private static boolean isReachable(Part part, DType dtype) {
        return part.block() * dtype.bytes() >= LEAST_BYTES
                && Math.min(part.multiple(), LEAST_BYTES) * dtype.bytes() % LEAST_BYTES == 0;
    }

    /** The name of the descriptor, which is made once at the beginning of the function. */
    private String descriptor(HostTensor tensor, List<Part> parts, List<Integer> order) {
        List<Part> moved = permuted(parts, order);
        String text = "tl.make_tensor_descriptor(" + device.tensor(tensor) + ", " + numbers(moved, Part::size) + ", "
                + numbers(moved, Part::stride) + ", " + numbers(moved, Part::block) + ")";
        return descriptors.computeIfAbsent(text, key -> {
            String name = device.names.fresh(tensor.name() + "_descriptor");
            device.descriptors.add(name + " = " + key);
            device.described.add(tensor.name());
            return name;
        });
    }

    /** The axes with the one of stride 1 last. */
    private static List<Integer> descriptorOrder(List<Part> parts) {
        return IntStream.range(0, parts.size())
                .boxed()
                .sorted(Comparator.comparing(axis -> parts.get(axis).stride() == 1))
                .toList();
    }

    private String blockPointer(HostTensor tensor, List<Part> parts) {
        List<Integer> order = IntStream.range(0, parts.size())
                .map(i -> parts.size() - 1 - i)
                .boxed()
                .sorted(Comparator.comparing(axis -> parts.get(axis).stride()))
                .toList();
        return "tl.make_block_ptr(" + device.tensor(tensor) + ", " + numbers(parts, Part::size) + ", "
                + numbers(parts, Part::stride) + ", " + offsets(parts) + ", " + numbers(parts, Part::block) + ", "
                + order + ")";
    }

    private static String checks(List<Part> parts) {
        String axes = IntStream.range(0, parts.size())
                .filter(axis -> parts.get(axis).leaves())
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(", "));
        return axes.isEmpty() ? "" : ", boundary_check=[" + axes + "]";
    }

    private static String numbers(List<Part> parts, ToLongFunction<Part> number) {
        return parts.stream()
                .map(part -> Long.toString(number.applyAsLong(part)))
                .collect(Collectors.joining(", ", "[", "]"));
    }

    private static String offsets(List<Part> parts) {
        return parts.stream().map(Part::offset).collect(Collectors.joining(", ", "[", "]"));
    }

    private static List<Part> permuted(List<Part> parts, List<Integer> order) {
        return order.stream().map(parts::get).toList();
    }

    private static boolean isIdentity(List<Integer> order) {
        return IntStream.range(0, order.size()).allMatch(i -> order.get(i) == i);
    }

    private static List<Integer> inverse(List<Integer> order) {
        return IntStream.range(0, order.size()).map(order::indexOf).boxed().toList();
    }

    /** A loaded block with the result's axes: without those of one position, and repeated along new ones. */
    private String shaped(String text, List<Part> parts, List<Dim> shape) {
        List<Long> whole = shape.stream().map(device.plan::length).toList();
        List<Long> own = new ArrayList<>();
        for (int axis = 0; axis < shape.size(); axis++) {
            int at = axis;
            own.add(parts.stream().anyMatch(part -> part.resultAxis() == at) ? whole.get(axis) : 1L);
        }
        List<Long> blocks = parts.stream().map(Part::block).toList();
        String shaped = own.equals(blocks) ? text : "tl.reshape(" + text + ", " + own + ")";
        return own.equals(whole) ? shaped : "tl.broadcast_to(" + shaped + ", " + whole + ")";
    }

    private String reshaped(String value, List<Part> parts, List<Dim> shape) {
        List<Long> whole = shape.stream().map(device.plan::length).toList();
        List<Long> blocks = parts.stream().map(Part::block).toList();
        return whole.equals(blocks) ? value : "tl.reshape(" + value + ", " + blocks + ")";
    }
}
