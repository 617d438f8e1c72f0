package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.ir.TileAxis;
import dev.perihelion.compiler.ir.Tunable;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.Stmt;
import dev.perihelion.compiler.type.DType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What an expression stands for while a kernel is interpreted abstractly. */
public sealed interface Item {

    /** What it is, for messages: "a tile", "a host tensor" ... */
    String describe();

    /**
     * A value known now.
     *
     * @param value {@link Long}, {@link Double}, {@link Boolean}, {@link String}, {@link DType}, {@link Expr.Special}
     */
    record Known(Object value) implements Item {
        @Override
        public String describe() {
            if (value instanceof String text) {
                return "the string `" + text + "`";
            }
            if (value instanceof Boolean flag) {
                return flag ? "True" : "False";
            }
            return value == Expr.Special.NONE ? "None" : "the constant " + value;
        }
    }

    /** A tensor in device memory. */
    record Host(HostTensor tensor) implements Item {
        @Override
        public String describe() {
            return "the host tensor `" + tensor.name() + "`";
        }
    }

    /**
     * Tensors alike, each at an address of its own.
     *
     * @param example where they have their type, shape and strides from
     * @param addresses of their first elements, of any shape
     */
    record Stack(HostTensor example, Value addresses) implements Item {
        @Override
        public String describe() {
            return "a stack of tensors";
        }
    }

    /**
     * A number that only the launch knows.
     *
     * @param name the host expression
     * @param dtype int64, float32 or bool
     * @param given what it is for the arguments at hand, where that is known
     */
    record Runtime(String name, DType dtype, Optional<Given> given) implements Item {

        /** A number of which nothing is known. */
        public Runtime(String name, DType dtype) {
            this(name, dtype, Optional.empty());
        }

        /** The same number, which the host holds under another name. */
        public Runtime named(String newName) {
            return new Runtime(newName, dtype, given);
        }

        @Override
        public String describe() {
            return "the number `" + name + "`, known only at launch";
        }
    }

    /**
     * What a number is for the arguments at hand.
     *
     * @param value {@link Long}, {@link Double} or {@link Boolean}
     * @param parameters the kernel's arguments that it was computed from, with their values
     */
    record Given(Object value, Map<String, Object> parameters) {
        public Given {
            parameters = Map.copyOf(parameters);
        }
    }

    /** A value of the device program, or a constant of it. */
    record Device(Operand operand) implements Item {
        @Override
        public String describe() {
            return "a device value of type " + operand.type();
        }
    }

    /** The variable of a tile loop. */
    record Tile(TileAxis axis, Operand shift) implements Item {
        @Override
        public String describe() {
            return "a tile";
        }
    }

    /** A whole number that a configuration decides: a block's length, or what is computed from such. */
    record Sized(Size size) implements Item {
        @Override
        public String describe() {
            return "a block size";
        }
    }

    /** The domain of a tunable, which has no name yet. */
    record Fragment(Tunable domain) implements Item {
        @Override
        public String describe() {
            return "a fragment of the search space";
        }
    }

    /** A tuple or list. */
    record Sequence(List<Item> items, boolean isList) implements Item {
        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public String describe() {
            return isList ? "a list" : "a tuple";
        }
    }

    /** A dictionary whose keys are known. */
    record Mapping(Map<Object, Item> entries) implements Item {
        public Mapping {
            entries = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(entries));
        }

        @Override
        public String describe() {
            return "a dictionary";
        }
    }

    /**
     * An object of which only some attributes are known.
     *
     * @param isTuple whether it is a tuple of these attributes too
     */
    record Fields(String what, Map<String, Item> fields, boolean isTuple) implements Item {
        public Fields {
            fields = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(fields));
        }

        /** An object that is no tuple. */
        public Fields(String what, Map<String, Item> fields) {
            this(what, fields, false);
        }

        @Override
        public String describe() {
            return what;
        }
    }

    /** A class whose instances hold a value for each field; the fields have defaults or not. */
    record RecordType(String name, Map<String, Optional<Item>> fields, boolean isTuple) implements Item {
        public RecordType {
            fields = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(fields));
        }

        @Override
        public String describe() {
            return "the class `" + name + "`";
        }
    }

    /** {@code a:b:c}. */
    record Slice(Optional<Item> lower, Optional<Item> upper, Optional<Item> step) implements Item {
        @Override
        public String describe() {
            return "a slice";
        }
    }

    /** A module or a name in one: {@code torch}, {@code torch.exp}, {@code helion.language.tile}, {@code builtins.min}. */
    record Qualified(String path) implements Item {
        @Override
        public String describe() {
            return "`" + path + "`";
        }
    }

    /** A method of an item, not called yet. */
    record Method(Item receiver, String name) implements Item {
        @Override
        public String describe() {
            return "the method `" + name + "` of " + receiver.describe();
        }
    }

    /** A function of the user's file. */
    record UserFunction(Stmt.FunctionDef definition) implements Item {
        @Override
        public String describe() {
            return "the function `" + definition.name() + "`";
        }
    }

    /** A lambda with the names it saw. */
    record LambdaFunction(Expr.Lambda definition, Map<String, Item> closure) implements Item {
        @Override
        public String describe() {
            return "a lambda";
        }
    }

    /** A function that a function defines, with the names it saw. */
    record NestedFunction(Stmt.FunctionDef definition, Map<String, Item> closure) implements Item {
        @Override
        public String describe() {
            return "the function `" + definition.name() + "`";
        }
    }

    /** A function with its first arguments, and some by name, given already. */
    record Partial(Item function, List<Item> positional, Map<String, Item> keywords) implements Item {
        public Partial {
            positional = List.copyOf(positional);
            keywords = Map.copyOf(keywords);
        }

        @Override
        public String describe() {
            return function.describe() + " with some arguments given";
        }
    }

    /** The shape of a device value, as a sequence of extents. */
    record Extents(List<Dim> dims) implements Item {
        @Override
        public String describe() {
            return "a shape";
        }
    }

    /** A host value the compiler does not follow; wrong only where device code needs it. */
    record Opaque(String what) implements Item {
        @Override
        public String describe() {
            return what;
        }
    }
}
