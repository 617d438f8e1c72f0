package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.type.DType;
import java.util.Optional;

/** {@code isinstance}. */
final class TypeTests {

    private TypeTests() {}

    /** Whether a value has a type, or one of a tuple of types; empty where that is not known. */
    static Optional<Boolean> isInstance(Item value, Item type) {
        if (type instanceof Item.Sequence types) {
            boolean unknown = false;
            for (Item one : types.items()) {
                Optional<Boolean> answer = isInstance(value, one);
                if (answer.orElse(false)) {
                    return answer;
                }
                unknown |= answer.isEmpty();
            }
            return unknown ? Optional.empty() : Optional.of(false);
        }
        Optional<String> actual = typeOf(value);
        if (actual.isEmpty() || !(type instanceof Item.Qualified qualified)) {
            return Optional.empty();
        }
        String name = qualified.path().substring(qualified.path().lastIndexOf('.') + 1);
        return switch (name) {
            case "int" -> Optional.of(actual.get().equals("int") || actual.get().equals("bool"));
            case "Callable" -> Optional.of(actual.get().equals("function"));
            case "Sequence", "Iterable" ->
                Optional.of(actual.get().equals("list") || actual.get().equals("tuple"));
            case "Number", "Real" ->
                Optional.of(java.util.Set.of("int", "bool", "float").contains(actual.get()));
            case "float", "bool", "str", "list", "tuple", "dict", "Tensor", "dtype" ->
                Optional.of(actual.get().equals(name));
            default -> Optional.empty();
        };
    }

    private static Optional<String> typeOf(Item value) {
        if (value instanceof Item.Known known) {
            Object constant = known.value();
            return Optional.of(
                    constant instanceof Boolean
                            ? "bool"
                            : constant instanceof Long
                                    ? "int"
                                    : constant instanceof Double
                                            ? "float"
                                            : constant instanceof String
                                                    ? "str"
                                                    : constant instanceof DType ? "dtype" : "NoneType");
        }
        if (value instanceof Item.Runtime number) {
            return Optional.of(
                    number.dtype() == DType.BOOL ? "bool" : number.dtype().isFloating() ? "float" : "int");
        }
        if (value instanceof Item.Host || value instanceof Item.Device) {
            return Optional.of("Tensor");
        }
        if (value instanceof Item.Sized) {
            return Optional.of("int");
        }
        if (value instanceof Item.Sequence sequence) {
            return Optional.of(sequence.isList() ? "list" : "tuple");
        }
        if (value instanceof Item.Mapping) {
            return Optional.of("dict");
        }
        boolean function = value instanceof Item.UserFunction
                || value instanceof Item.LambdaFunction
                || value instanceof Item.NestedFunction;
        return function ? Optional.of("function") : Optional.empty();
    }
}
