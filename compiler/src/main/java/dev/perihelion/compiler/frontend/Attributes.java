package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What {@code value.name} means. */
final class Attributes {

    private static final Map<String, Object> NUMBERS = Map.of(
            "math.pi", Math.PI,
            "math.e", Math.E,
            "math.inf", Double.POSITIVE_INFINITY,
            "math.nan", Double.NaN,
            "torch.inf", Double.POSITIVE_INFINITY,
            "torch.pi", Math.PI,
            "torch.nan", Double.NaN);

    private final Context context;
    private final TensorCalls tensors;
    private final LanguageCalls language;

    Attributes(Context context, TensorCalls tensors, LanguageCalls language) {
        this.context = context;
        this.tensors = tensors;
        this.language = language;
    }

    Item get(Item value, String name, Span span) {
        if (value instanceof Item.Qualified qualified) {
            return qualified(qualified.path() + "." + name);
        }
        if (value instanceof Item.Host host) {
            return ofHost(host.tensor(), name);
        }
        if (value instanceof Item.Device device) {
            if (device.operand() instanceof Value tensor) {
                return ofDevice(tensor, name, span);
            }
            return new Item.Method(value, name);
        }
        if (value instanceof Item.Tile tile) {
            return language.property(tile, name, span);
        }
        if (value instanceof Item.Known known && known.value() instanceof DType dtype) {
            return switch (name) {
                case "itemsize" -> new Item.Known((long) dtype.bytes());
                case "is_floating_point" -> new Item.Known(dtype.isFloating());
                default -> new Item.Opaque("`." + name + "` of a dtype");
            };
        }
        if (!context.builder.onDevice()) {
            return new Item.Opaque("`" + context.source.text(span) + "`");
        }
        throw context.error(span, MessageKey.NO_ATTRIBUTE, value.describe(), name);
    }

    /** A module's member; constants and dtypes become values. */
    static Item qualified(String path) {
        Object number = NUMBERS.get(path);
        if (number != null) {
            return new Item.Known(number);
        }
        if (path.startsWith("torch.")) {
            Optional<DType> dtype = DType.named(path.substring("torch.".length()));
            if (dtype.isPresent()) {
                return new Item.Known(dtype.get());
            }
        }
        return new Item.Qualified(path);
    }

    private static Item ofHost(HostTensor tensor, String name) {
        return switch (name) {
            case "shape" ->
                new Item.Sequence(tensor.shape().stream().map(Attributes::item).toList(), false);
            case "dtype" -> new Item.Known(tensor.dtype());
            case "ndim" -> new Item.Known((long) tensor.rank());
            case "device" -> new Item.Opaque("a device");
            case "T", "mT" -> HostCalls.transposed(tensor);
            default -> new Item.Method(new Item.Host(tensor), name);
        };
    }

    private Item ofDevice(Value tensor, String name, Span span) {
        return switch (name) {
            case "shape" -> new Item.Extents(tensor.type().shape());
            case "dtype" -> new Item.Known(tensor.type().dtype());
            case "ndim" -> new Item.Known((long) tensor.type().rank());
            case "device" -> new Item.Opaque("a device");
            case "T", "mT" -> tensors.transposeLast(tensor, span);
            default -> new Item.Method(new Item.Device(tensor), name);
        };
    }

    /** {@code shape[index]} of a device value. */
    Item extent(List<Dim> dims, Item index, Span span) {
        if (index instanceof Item.Known known && known.value() instanceof Long number) {
            long at = number < 0 ? number + dims.size() : number;
            if (at >= 0 && at < dims.size()) {
                return item(dims.get((int) at));
            }
            throw context.error(span, MessageKey.SEQUENCE_INDEX, number, dims.size());
        }
        throw context.error(span, MessageKey.NEEDS_CONSTANT, "a shape", "index", index.describe());
    }

    /** An extent as an item. */
    static Item item(Dim dim) {
        return item(dim.length());
    }

    /** A size as an item: known now, or with a configuration. */
    static Item item(Size size) {
        return size instanceof Size.Constant constant ? new Item.Known(constant.value()) : new Item.Sized(size);
    }

    /** The size that an item stands for, where it is a whole number that a configuration may decide. */
    static Optional<Size> size(Item item) {
        if (item instanceof Item.Known known && known.value() instanceof Long number) {
            return Optional.of(Size.of(number));
        }
        return item instanceof Item.Sized sized ? Optional.of(sized.size()) : Optional.empty();
    }
}
