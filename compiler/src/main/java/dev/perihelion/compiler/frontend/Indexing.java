package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.AtomicOp;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.TensorType;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import java.util.List;
import java.util.Optional;

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
    Value load(HostTensor tensor, List<Item> subscript, Optional<Operand> mask, Optional<String> eviction, Span span) {
        Subscripts.Access access = subscripts.resolve(tensor, subscript, true, span);
        Value result = context.builder.value(new TensorType(tensor.dtype(), access.shape()), tensor.name());
        Optional<Operand> fitting = mask.map(given -> mask(tensor, given, access.shape(), span));
        context.builder.emit(new Op.Load(result, tensor, access.indices(), fitting, eviction, span));
        return result;
    }

    /** Writes a value, which is cast and broadcast to the block. */
    void store(HostTensor tensor, List<Item> subscript, Operand value, Optional<Operand> mask, Span span) {
        Subscripts.Access access = subscripts.resolve(tensor, subscript, false, span);
        Operand fitting = fitting(tensor, value, access.shape(), "store to `" + tensor.name() + "`", span);
        Optional<Operand> lanes = mask.map(given -> mask(tensor, given, access.shape(), span));
        context.builder.emit(new Op.Store(tensor, access.indices(), access.shape(), fitting, lanes, span));
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
        context.builder.emit(new Op.Atomic(
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
