package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.AtomicOp;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.Index;
import dev.perihelion.compiler.ir.MemoryOp;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.TensorType;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Reads, writes and atomically changes blocks of host tensors by subscript. */
final class Indexing {

    private final Context context;
    private final DeviceOps ops;
    private final Subscripts subscripts;

    Indexing(Context context, DeviceOps ops) {
        this.context = context;
        this.ops = ops;
        this.subscripts = new Subscripts(context, ops);
    }

    /** The block that a subscript names, as a value. */
    Value load(Item target, List<Item> subscript, Optional<Operand> mask, Optional<String> eviction, Span span) {
        HostTensor tensor = tensor(target);
        Subscripts.Access access = resolve(target, subscript, true, span);
        Value result = context.builder.value(new TensorType(tensor.dtype(), access.shape()), tensor.name());
        Optional<Operand> fitting = mask.map(given -> mask(tensor, given, access.shape(), span));
        context.builder.emit(new MemoryOp.Load(result, tensor, access.indices(), fitting, eviction, span));
        return result;
    }

    /** Writes a value, which is cast and broadcast to the block. */
    void store(Item target, List<Item> subscript, Operand value, Optional<Operand> mask, Span span) {
        HostTensor tensor = tensor(target);
        Subscripts.Access access = resolve(target, subscript, false, span);
        Operand fitting = fitting(tensor, value, access.shape(), "store to `" + tensor.name() + "`", span);
        Optional<Operand> lanes = mask.map(given -> mask(tensor, given, access.shape(), span));
        context.builder.emit(new MemoryOp.Store(tensor, access.indices(), access.shape(), fitting, lanes, span));
    }

    private static HostTensor tensor(Item target) {
        return target instanceof Item.Stack stack ? stack.example().stacked() : ((Item.Host) target).tensor();
    }

    /** Which block a subscript names; the axes of a stack's addresses come first. */
    private Subscripts.Access resolve(Item target, List<Item> subscript, boolean loads, Span span) {
        if (!(target instanceof Item.Stack stack)) {
            return subscripts.resolve(((Item.Host) target).tensor(), subscript, loads, span);
        }
        Subscripts.Access inner = subscripts.resolve(stack.example(), subscript, loads, span);
        List<Dim> shape = new ArrayList<>(stack.addresses().type().shape());
        int rank = shape.size();
        List<Index> indices = new ArrayList<>();
        indices.add(new Index.Gather(
                stack.addresses(), IntStream.range(0, rank).boxed().toList()));
        inner.indices().forEach(index -> indices.add(index.moved(rank)));
        shape.addAll(inner.shape());
        return new Subscripts.Access(indices, shape);
    }

    /** An atomic change; the answer is what the elements held before. */
    Value atomic(
            AtomicOp op,
            HostTensor tensor,
            List<Item> subscript,
            Operand value,
            Optional<Operand> expected,
            String semantics,
            Span span) {
        Subscripts.Access access = subscripts.resolve(tensor, subscript, false, span);
        String what = "atomic change of `" + tensor.name() + "`";
        Value result = context.builder.value(new TensorType(tensor.dtype(), access.shape()), "previous");
        context.builder.emit(new MemoryOp.Atomic(
                result,
                op,
                tensor,
                access.indices(),
                fitting(tensor, value, access.shape(), what, span),
                expected.map(given -> fitting(tensor, given, access.shape(), what, span)),
                semantics,
                span));
        return result;
    }

    /** The value with the dtype of the tensor and the shape of the block. */
    private Operand fitting(HostTensor tensor, Operand value, List<Dim> shape, String what, Span span) {
        List<Dim> given = value.type().shape();
        // As in torch, leading axes of one element may be left over.
        Operand fitting = value;
        if (given.size() > shape.size()
                && given.subList(0, given.size() - shape.size()).stream().allMatch(Dim.ONE::equals)) {
            given = given.subList(given.size() - shape.size(), given.size());
            fitting = ops.reshape((Value) value, given, span);
        }
        if (!ops.broadcastsTo(given, shape)) {
            throw context.error(
                    span,
                    MessageKey.SHAPE_MISMATCH,
                    what,
                    ops.describe(value.type().shape()),
                    ops.describe(shape));
        }
        Operand cast = ops.cast(fitting, tensor.dtype(), span);
        return cast.isNumber() && !shape.isEmpty() ? cast : ops.broadcastTo(cast, shape, span);
    }

    private Operand mask(HostTensor tensor, Operand mask, List<Dim> shape, Span span) {
        List<Dim> given = mask.type().shape();
        String what = "`extra_mask` for `" + tensor.name() + "`";
        if (given.size() > shape.size() || !ops.broadcastsTo(given, shape)) {
            throw context.error(span, MessageKey.SHAPE_MISMATCH, what, ops.describe(given), ops.describe(shape));
        }
        Operand truth = ops.cast(mask, DType.BOOL, span);
        return shape.isEmpty() ? truth : ops.broadcastTo(truth, shape, span);
    }
}
