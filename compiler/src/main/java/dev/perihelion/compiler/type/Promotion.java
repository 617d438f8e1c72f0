package dev.perihelion.compiler.type;

import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.type.DType.Category;
import java.util.List;

/**
 * torch's type promotion (its page "Tensor Attributes"): tensors with axes decide within their category, scalar tensors
 * and Python numbers count only where they bring a higher category.
 */
public final class Promotion {

    private Promotion() {}

    /** The common dtype of these operands; literals are Python numbers. */
    public static DType common(List<? extends Operand> operands) {
        DType dimensioned = null;
        DType zeroDim = null;
        DType python = null;
        for (Operand operand : operands) {
            DType dtype = operand.type().dtype();
            if (operand.isNumber()) {
                python = python == null ? dtype : common(python, dtype);
            } else if (operand.type().isScalar()) {
                zeroDim = zeroDim == null ? dtype : common(zeroDim, dtype);
            } else {
                dimensioned = dimensioned == null ? dtype : common(dimensioned, dtype);
            }
        }
        DType result = dimensioned;
        result = join(result, zeroDim, false);
        return join(result, python, true);
    }

    /** The common dtype of two tensors with axes. */
    public static DType common(DType a, DType b) {
        if (a == b) {
            return a;
        }
        if (a.category() != b.category()) {
            return a.category().compareTo(b.category()) > 0 ? a : b;
        }
        if (a.isFloating()) {
            if (a.bytes() == b.bytes()) {
                return a.isHalf() ? DType.FLOAT32 : a;
            }
            return a.bytes() > b.bytes() ? a : b;
        }
        DType wide = a.bytes() >= b.bytes() ? a : b;
        DType narrow = wide == a ? b : a;
        if (wide.isUnsigned() == narrow.isUnsigned() || wide.bytes() > narrow.bytes() && !wide.isUnsigned()) {
            return wide;
        }
        // torch does this for uint8 only and refuses to promote the wider unsigned types.
        return switch (wide.bytes()) {
            case 1 -> DType.INT16;
            case 2 -> DType.INT32;
            default -> DType.INT64;
        };
    }

    private static DType join(DType strong, DType weak, boolean python) {
        if (weak == null) {
            return strong;
        }
        if (strong == null) {
            return python ? pythonDefault(weak) : weak;
        }
        if (weak.category().compareTo(strong.category()) <= 0) {
            return strong;
        }
        return python ? pythonDefault(weak) : weak;
    }

    /** What torch makes of a Python number on its own; whole numbers stay 32 bits wide, as indices are. */
    private static DType pythonDefault(DType dtype) {
        return dtype.category() == Category.FLOATING ? DType.FLOAT32 : dtype;
    }
}
