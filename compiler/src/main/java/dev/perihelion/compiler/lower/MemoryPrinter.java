package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.Index;
import dev.perihelion.compiler.ir.MemoryOp;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.space.Keys;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Prints loads and stores of host tensors. */
final class MemoryPrinter {

    private final DeviceCode device;
    private final BlockAccess blocks;
    private final Map<Op, Object> forms = new IdentityHashMap<>();
    private int accesses;
    private int loads;

    MemoryPrinter(DeviceCode device, BlockAccess blocks) {
        this.device = device;
        this.blocks = blocks;
    }

    String address(HostTensor tensor, List<Index> indices, int rank) {
        boolean stacked = tensor.isStacked();
        HostTensor one = stacked ? tensor.example() : tensor;
        boolean wide = one.span(device.plan::evaluate) > Integer.MAX_VALUE;
        List<String> terms = new ArrayList<>();
        for (int i = stacked ? 1 : 0; i < indices.size(); i++) {
            String stride = device.size(tensor.strides().get(i));
            String position = position(indices.get(i), rank);
            if (stride.equals("0") || position.equals("0")) {
                continue;
            }
            String wided = wide ? widened(position) : position;
            terms.add(stride.equals("1") ? wided : parenthesized(wided) + " * " + stride);
        }
        String base = stacked ? addresses(tensor, indices.get(0), rank) : device.tensor(tensor);
        String offset = String.join(" + ", terms);
        return terms.isEmpty()
                ? base
                : base + " + " + (terms.size() == 1 && !offset.contains(" ") ? offset : "(" + offset + ")");
    }

    /** The addresses of a stack's tensors as pointers. */
    private String addresses(HostTensor tensor, Index index, int rank) {
        device.examples.add(tensor.example());
        String type = "tl.pointer_type(" + DeviceCode.triton(tensor.dtype()) + ")";
        Index.Gather gather = (Index.Gather) index;
        String places = gather.axes().isEmpty() ? device.print(gather.positions()) : position(index, rank);
        return "tl.cast(" + places + ", " + type + ")";
    }

    private static String widened(String position) {
        return position.matches("-?\\d+") ? position : "tl.cast(" + position + ", tl.int64)";
    }

    private static String parenthesized(String text) {
        boolean simple = text.matches("\\w+|\\w+\\[[:, A-Za-z]*]") || text.startsWith("(") && text.endsWith(")");
        return simple || !text.contains(" ") ? text : "(" + text + ")";
    }

    private String position(Index index, int rank) {
        if (index instanceof Index.OfTile tile) {
            String positions = device.axes.positions(tile.block(), tile.axis(), rank);
            return DeviceCode.isZero(tile.shift())
                    ? positions
                    : "(" + positions + " + " + device.print(tile.shift()) + ")";
        }
        if (index instanceof Index.At at) {
            return device.print(at.position());
        }
        if (index instanceof Index.Range range) {
            String positions = Axes.along(device.axes.offsetsIn(range.length()), range.axis(), rank);
            String stepped = range.step() == 1 ? positions : "(" + positions + " * " + range.step() + ")";
            return DeviceCode.isZero(range.begin())
                    ? stepped
                    : "(" + device.print(range.begin()) + " + " + stepped + ")";
        }
        Index.Gather gather = (Index.Gather) index;
        return Axes.along(device.print(gather.positions()), gather.axes(), rank);
    }

    Optional<String> mask(HostTensor tensor, List<Index> indices, List<Dim> shape, Optional<Operand> extra) {
        List<String> masks = new ArrayList<>(new Bounds(device).masks(tensor, indices, shape.size()));
        Set<Integer> covered = PaddingFacts.covered(indices);
        for (int axis = 0; axis < shape.size(); axis++) {
            if (covered.contains(axis)) {
                int at = axis;
                device.axes.maskOf(shape, at).ifPresent(masks::add);
            }
        }
        extra.ifPresent(mask -> masks.add(device.print(mask)));
        return masks.isEmpty()
                ? Optional.empty()
                : Optional.of(masks.stream().distinct().collect(Collectors.joining(" & ")));
    }

    void visitLoad(MemoryOp.Load op) {
        List<Dim> shape = op.result().type().shape();
        device.padding.load(op);
        Object form = form(op);
        String eviction = eviction(op);
        Optional<String> block = blocks.load(op, form, eviction);
        boolean byDescriptor = block.isPresent() && form.equals(Keys.TENSOR_DESCRIPTOR);
        device.work.read(AccessCost.of(device, op.tensor(), op.indices(), shape, byDescriptor));
        if (block.isPresent()) {
            note(op, form);
            device.define(op.result(), block.get());
            return;
        }
        String address = address(op.tensor(), op.indices(), shape.size());
        boolean whole = PaddingFacts.covered(op.indices()).size() == shape.size();
        if (op.mask().isPresent() && !whole) {
            address = "tl.broadcast_to(" + address + ", " + device.shape(shape) + ")";
        }
        Optional<String> mask = mask(op.tensor(), op.indices(), shape, op.mask());
        String text = "tl.load(" + address
                + mask.map(m -> ", " + m + ", other=" + (op.tensor().dtype().isFloat8() ? "0.0" : "0"))
                        .orElse("") + eviction + ")";
        boolean broadcasts = shape.stream().anyMatch(dim -> !dim.equals(Dim.ONE)) && !whole;
        if (shape.isEmpty() || whole || op.mask().isPresent() || !broadcasts) {
            device.define(op.result(), text);
        } else if (PaddingFacts.covered(op.indices()).isEmpty()) {
            device.define(op.result(), device.full(shape, text, op.tensor().dtype()));
        } else {
            device.define(op.result(), "tl.broadcast_to(" + text + ", " + device.shape(shape) + ")");
        }
    }

    /** How an access is to be made: pieces of one share its entry. */
    private Object form(Op access) {
        Op first = device.sameAccess.get(access);
        return first == null ? form() : forms.computeIfAbsent(first, key -> form());
    }

    /** How the next access is to be made: entries are read in the order of printing. */
    private Object form() {
        return device.countsAccesses
                ? device.plan.element(Keys.INDEXING, accesses++).orElse(Keys.POINTER)
                : Keys.POINTER;
    }

    private void note(Op op, Object form) {
        if (form.equals(Keys.TENSOR_DESCRIPTOR)) {
            device.byDescriptor.add(op);
        }
    }

    private String eviction(MemoryOp.Load op) {
        Optional<String> policy = op.eviction();
        if (policy.isEmpty() && device.countsAccesses) {
            policy = device.plan
                    .element(Keys.LOAD_EVICTION_POLICIES, loads++)
                    .map(String::valueOf)
                    .filter(name -> !name.isEmpty())
                    .map(name -> "evict_" + name);
        }
        return policy.map(name -> ", eviction_policy='" + name + "'").orElse("");
    }

    void visitStore(MemoryOp.Store op) {
        String value = op.value().isNumber() && !op.shape().isEmpty()
                ? device.full(op.shape(), device.print(op.value()), op.tensor().dtype())
                : device.print(op.value());
        Object form = form(op);
        Optional<String> block = blocks.store(op, form, value);
        boolean byDescriptor = block.isPresent() && form.equals(Keys.TENSOR_DESCRIPTOR);
        device.work.write(AccessCost.of(device, op.tensor(), op.indices(), op.shape(), byDescriptor));
        if (block.isPresent()) {
            note(op, form);
            device.line(block.get());
            return;
        }
        String address = address(op.tensor(), op.indices(), op.shape().size());
        Optional<String> mask = mask(op.tensor(), op.indices(), op.shape(), op.mask());
        device.line(
                "tl.store(" + address + ", " + value + mask.map(m -> ", " + m).orElse("") + ")");
    }
}
