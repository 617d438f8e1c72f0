package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.args.ArgumentSpec;
import dev.perihelion.compiler.ir.Size;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The sizes of argument tensors where shapes are dynamic. Extents of 0 and 1 are constants. Extents that are equal for the
 * arguments at hand are one size, which the module checks; strides of tensors without gaps are products of extents, and
 * all others sizes of their own.
 */
final class DynamicSizes {

    private final Set<String> constants;
    private final Map<Long, Size> known = new HashMap<>();
    private final Map<String, String> expressions = new LinkedHashMap<>();

    /** {@code constants} are names of sizes that are constants all the same. */
    DynamicSizes(Set<String> constants) {
        this.constants = constants;
    }

    /** The extents of the tensor that a host expression gives. */
    List<Size> shape(String name, ArgumentSpec.Tensor tensor) {
        List<Size> shape = new ArrayList<>();
        for (int axis = 0; axis < tensor.shape().size(); axis++) {
            long extent = tensor.shape().get(axis);
            String expression = name + ".shape[" + axis + "]";
            shape.add(known.containsKey(extent) ? known.get(extent) : size(expression, extent, true));
        }
        return shape;
    }

    /** The strides of that tensor. */
    List<Size> strides(String name, ArgumentSpec.Tensor tensor, List<Size> shape) {
        List<Long> given = tensor.effectiveStrides();
        if (given.equals(ArgumentSpec.contiguousStrides(tensor.shape()))) {
            return HostShapes.contiguousStrides(shape);
        }
        List<Size> strides = new ArrayList<>();
        for (int axis = 0; axis < given.size(); axis++) {
            strides.add(size(name + ".stride(" + axis + ")", given.get(axis), false));
        }
        return strides;
    }

    private Size size(String expression, long number, boolean shared) {
        String variable = "_" + expression.replaceAll("\\W+", "_").replaceAll("_+$", "");
        if (number < 2 || constants.contains(variable)) {
            return Size.of(number);
        }
        Size size = new Size.Launched(variable, number, true);
        expressions.put(variable, expression);
        if (shared) {
            known.put(number, size);
        }
        return size;
    }

    /** The variables that the module makes first, with their host expressions. */
    Map<String, String> variables() {
        return expressions;
    }
}
