package dev.perihelion.sweep.spec;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * One combination of what the symbols of a kernel stand for.
 *
 * @param extents whole numbers by symbol
 * @param dtypes short names of element types by symbol
 * @param priority where the combination has one of its own
 * @param place where it stands in the specification, for messages
 */
record ShapePoint(Map<String, Long> extents, Map<String, String> dtypes, OptionalInt priority, SpecNode place) {

    ShapePoint {
        extents = Collections.unmodifiableMap(new LinkedHashMap<>(extents));
        dtypes = Collections.unmodifiableMap(new LinkedHashMap<>(dtypes));
    }

    /** All symbols with what is written in their place. */
    Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>(dtypes);
        extents.forEach((symbol, extent) -> texts.put(symbol, extent.toString()));
        return texts;
    }

    ShapePoint withExtent(String symbol, long extent) {
        Map<String, Long> more = new LinkedHashMap<>(extents);
        more.put(symbol, extent);
        return new ShapePoint(more, dtypes, priority, place);
    }

    ShapePoint withDtype(String symbol, String dtype) {
        Map<String, String> more = new LinkedHashMap<>(dtypes);
        more.put(symbol, dtype);
        return new ShapePoint(extents, more, priority, place);
    }

    ShapePoint withPriority(int own) {
        return new ShapePoint(extents, dtypes, OptionalInt.of(own), place);
    }

    ShapePoint at(SpecNode node) {
        return new ShapePoint(extents, dtypes, priority, node);
    }
}
