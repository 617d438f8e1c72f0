package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import java.util.List;
import java.util.Map;

/** A family of torch functions on device tensors, each made of operations. */
abstract class Family {

    final Context context;
    final DeviceOps ops;

    Family(Context context, DeviceOps ops) {
        this.context = context;
        this.ops = ops;
    }

    /** Adds the family's functions by torch's names; a method's receiver is its first argument. */
    abstract void register(Map<String, Handler> handlers);

    /** An elementwise operation by torch's name. */
    final Operand op(String name, Span span, Operand... operands) {
        return ops.pointwise(name, List.of(operands), span);
    }

    /** What halves and integers are computed in where several operations make one. */
    static DType computeType(DType dtype) {
        return dtype == DType.FLOAT64 ? dtype : DType.FLOAT32;
    }

    static Literal number(double value) {
        return new Literal(value, DType.FLOAT32);
    }

    static Literal number(long value) {
        return new Literal(value, DType.INT64);
    }

    static Item device(Operand operand) {
        return new Item.Device(operand);
    }
}
