package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.ir.BlockTable;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.Size;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The names that host values have for the launch. */
final class LaunchNames {

    private LaunchNames() {}

    /** Host values go by the last name they were given: that is what the launch passes. */
    static Item renamed(Item value, String name) {
        if (value instanceof Item.Host host) {
            return new Item.Host(withSizes(host.tensor().named(name)));
        }
        if (value instanceof Item.Sized sized && Context.isUnnamed(sized.size())) {
            return new Item.Sized(named(sized.size(), name));
        }
        if (value instanceof Item.Runtime runtime) {
            return runtime.named(name);
        }
        if (value instanceof Item.Sequence sequence) {
            List<Item> items = new ArrayList<>();
            for (int i = 0; i < sequence.items().size(); i++) {
                items.add(renamed(sequence.items().get(i), name + "[" + i + "]"));
            }
            return new Item.Sequence(items, sequence.isList());
        }
        if (value instanceof Item.Fields object) {
            Map<String, Item> fields = new LinkedHashMap<>();
            object.fields().forEach((field, item) -> fields.put(field, renamed(item, name + "." + field)));
            return new Item.Fields(object.what(), fields, object.isTuple());
        }
        if (value instanceof Item.Mapping mapping) {
            Map<Object, Item> entries = new LinkedHashMap<>();
            mapping.entries().forEach((key, item) -> {
                String text = key instanceof String ? "\"" + key + "\"" : String.valueOf(key);
                entries.put(key, renamed(item, name + "[" + text + "]"));
            });
            return new Item.Mapping(entries);
        }
        return value;
    }

    /** Sizes that were not known have names now that their tensor has one. */
    private static HostTensor withSizes(HostTensor tensor) {
        List<Size> shape = new ArrayList<>();
        List<Size> strides = new ArrayList<>();
        for (int axis = 0; axis < tensor.rank(); axis++) {
            shape.add(named(tensor.shape().get(axis), tensor.name() + ".shape[" + axis + "]"));
            strides.add(named(tensor.strides().get(axis), tensor.name() + ".stride(" + axis + ")"));
        }
        return new HostTensor(tensor.name(), tensor.storage(), tensor.dtype(), shape, strides);
    }

    private static Size named(Size size, String name) {
        return Context.isUnnamed(size)
                ? new Size.Launched(name, size.evaluate(leaf -> BlockTable.UNKNOWN_LENGTH), false)
                : size;
    }
}
