package dev.perihelion.compiler.args;

import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What one argument is; tensors by shape and type, everything else by value. */
public sealed interface ArgumentSpec {

    /** The worker's JSON object for this argument, without its name. */
    Map<String, Object> toJsonMap();

    /**
     * A tensor.
     *
     * @param dtype of its elements
     * @param shape extents, outermost first; may be empty
     * @param strides in elements, or empty for contiguous
     * @param fill how its elements are made
     */
    record Tensor(DType dtype, List<Long> shape, Optional<List<Long>> strides, Fill fill) implements ArgumentSpec {

        public Tensor {
            shape = List.copyOf(shape);
            strides = strides.map(List::copyOf);
            if (strides.isPresent() && strides.get().size() != shape.size()) {
                throw new IllegalArgumentException(
                        "A tensor of rank " + shape.size() + " needs as many strides, not " + strides.get() + ".");
            }
        }

        /** Its strides in elements, also where they were not given. */
        public List<Long> effectiveStrides() {
            return strides.orElseGet(() -> contiguousStrides(shape));
        }

        @Override
        public Map<String, Object> toJsonMap() {
            Map<String, Object> map = ofKind("tensor");
            map.put("dtype", dtype.torchName());
            map.put("shape", shape);
            map.put("strides", strides.orElse(null));
            map.put("fill", fill.toJsonMap());
            return map;
        }
    }

    /** A whole number. */
    record Int(long value) implements ArgumentSpec {
        @Override
        public Map<String, Object> toJsonMap() {
            return kindAndValue("int", value);
        }
    }

    /** A floating-point number. */
    record Float(double value) implements ArgumentSpec {
        @Override
        public Map<String, Object> toJsonMap() {
            return kindAndValue("float", value);
        }
    }

    /** True or False. */
    record Bool(boolean value) implements ArgumentSpec {
        @Override
        public Map<String, Object> toJsonMap() {
            return kindAndValue("bool", value);
        }
    }

    /** A string. */
    record Str(String value) implements ArgumentSpec {
        @Override
        public Map<String, Object> toJsonMap() {
            return kindAndValue("str", value);
        }
    }

    /** None. */
    record None() implements ArgumentSpec {
        @Override
        public Map<String, Object> toJsonMap() {
            return ofKind("none");
        }
    }

    /** A torch dtype as a value. */
    record DTypeValue(DType dtype) implements ArgumentSpec {
        @Override
        public Map<String, Object> toJsonMap() {
            return kindAndValue("dtype", dtype.torchName());
        }
    }

    /**
     * A value of the kernel's file, a function mostly.
     *
     * @param name its name there, or a Python expression of such names
     * @param named the function's own name, where that is another
     * @param seen what the function took from around it, as far as that is known
     */
    record Function(String name, Optional<String> named, Map<String, ArgumentSpec> seen) implements ArgumentSpec {

        public Function {
            seen = Collections.unmodifiableMap(new LinkedHashMap<>(seen));
        }

        /** A value of which only the name is known. */
        public Function(String name) {
            this(name, Optional.empty(), Map.of());
        }

        @Override
        public Map<String, Object> toJsonMap() {
            Map<String, Object> map = kindAndValue("function", name);
            named.ifPresent(own -> map.put("named", own));
            if (!seen.isEmpty()) {
                Map<String, Object> values = new LinkedHashMap<>();
                seen.forEach((key, value) -> values.put(key, value.toJsonMap()));
                map.put("seen", values);
            }
            return map;
        }
    }

    /** A list or tuple. */
    record Sequence(boolean isTuple, List<ArgumentSpec> items) implements ArgumentSpec {

        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public Map<String, Object> toJsonMap() {
            Map<String, Object> map = ofKind(isTuple ? "tuple" : "list");
            List<Object> list = new ArrayList<>();
            items.forEach(item -> list.add(item.toJsonMap()));
            map.put("items", list);
            return map;
        }
    }

    /**
     * How a tensor's elements are made.
     *
     * @param kind normal, uniform, randint, zeros, ones, arange or data
     * @param low for uniform and randint
     * @param high for uniform and randint, exclusive
     * @param data for data: the elements themselves
     */
    record Fill(String kind, double low, double high, Optional<WholeNumbers> data) {

        /** A fill by rule. */
        public Fill(String kind, double low, double high) {
            this(kind, low, high, Optional.empty());
        }

        /** These elements, whatever the seed. */
        public static Fill of(WholeNumbers data) {
            return new Fill("data", 0, 0, Optional.of(data));
        }

        /** What a dtype gets when nothing is said: standard normal floats, integers of 0 and 1. */
        public static Fill defaultFor(DType dtype) {
            return dtype.isFloating() ? new Fill("normal", 0, 0) : new Fill("randint", 0, 2);
        }

        Map<String, Object> toJsonMap() {
            Map<String, Object> map = ofKind(kind);
            if (kind.equals("uniform")) {
                map.put("low", low);
                map.put("high", high);
            } else if (kind.equals("randint")) {
                map.put("low", (long) low);
                map.put("high", (long) high);
            }
            data.ifPresent(numbers -> map.put("zlib", numbers.text()));
            return map;
        }
    }

    /** Row-major strides, in elements. */
    static List<Long> contiguousStrides(List<Long> shape) {
        Long[] strides = new Long[shape.size()];
        long next = 1;
        for (int i = shape.size() - 1; i >= 0; i--) {
            strides[i] = next;
            next *= Math.max(1, shape.get(i));
        }
        return List.of(strides);
    }

    private static Map<String, Object> ofKind(String kind) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("kind", kind);
        return map;
    }

    private static Map<String, Object> kindAndValue(String kind, Object value) {
        Map<String, Object> map = ofKind(kind);
        map.put("value", value);
        return map;
    }
}
