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
            "math.tau", 2 * Math.PI,
            "torch.e", Math.E,
            "torch.inf", Double.POSITIVE_INFINITY,
            "torch.pi", Math.PI,
            "torch.nan", Double.NaN);

    /** Where a tensor lives; all of a kernel's tensors live on one device. */
    static final Item.Opaque DEVICE = new Item.Opaque("a device");

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
            return ofHost(host.tensor(), name, span);
        }
        if (value instanceof Item.Stack stack) {
            return ofHost(stack.example(), name, span);
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
                case "is_complex" -> new Item.Known(false);
                case "is_signed" -> new Item.Known(!dtype.isUnsigned() && dtype != DType.BOOL);
                default -> new Item.Opaque("`." + name + "` of a dtype");
            };
        }
        if (value instanceof Item.Fields fields && fields.fields().containsKey(name)) {
            return fields.fields().get(name);
        }
        if (value instanceof Item.Sequence sequence && sequence.items().size() == 2) {
            // What `torch.max` along an axis gives has names.
            if (name.equals("values") || name.equals("indices")) {
                return sequence.items().get(name.equals("values") ? 0 : 1);
            }
        }
        boolean hasMethods = value instanceof Item.Sequence
                || value instanceof Item.Mapping
                || value instanceof Item.Extents
                || value instanceof Item.Runtime
                || value instanceof Item.Sized
                || value instanceof Item.Known;
        if (hasMethods) {
            return new Item.Method(value, name);
        }
        if (!context.builder.onDevice()) {
            return new Item.Opaque("`" + context.source.text(span) + "`");
        }
        context.refuseOpaque(value, span);
        throw context.error(span, MessageKey.NO_ATTRIBUTE, value.describe(), name);
    }

    /** A module's member; constants and dtypes become values. */
    static Item qualified(String path) {
        if (path.equals("torch.contiguous_format") || path.equals("torch.preserve_format")) {
            return new Item.Qualified(path);
        }
        if (path.equals("helion._testing.DEVICE")) {
            return DEVICE;
        }
        if (path.equals("helion._testing.HALF_DTYPE")) {
            return new Item.Known(DType.FLOAT16);
        }
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

    private Item ofHost(HostTensor tensor, String name, Span span) {
        return switch (name) {
            case "shape" ->
                new Item.Sequence(tensor.shape().stream().map(Attributes::item).toList(), false);
            case "dtype" -> new Item.Known(tensor.dtype());
            case "ndim" -> new Item.Known((long) tensor.rank());
            case "itemsize" -> new Item.Known((long) tensor.dtype().bytes());
            case "nbytes" ->
                item(Size.of(
                        Size.Operation.MULTIPLY,
                        tensor.numel(),
                        Size.of(tensor.dtype().bytes())));
            case "device" -> DEVICE;
            case "is_cuda", "is_cpu", "requires_grad", "grad", "layout", "is_meta" ->
                new Item.Opaque("`" + context.source.text(span) + "`");
            case "data" -> new Item.Host(tensor);
            case "T", "mT", "H", "mH" -> view(HostCalls.transposed(tensor), tensor, name);
            default -> new Item.Method(new Item.Host(tensor), name);
        };
    }

    /** In device code a view goes by the expression that makes it. */
    private Item view(Item view, HostTensor of, String attribute) {
        if (!context.builder.onDevice() || !(view instanceof Item.Host host)) {
            return view;
        }
        HostTensor made = host.tensor();
        return new Item.Host(new HostTensor(of.name() + "." + attribute, made.dtype(), made.shape(), made.strides()));
    }

    private Item ofDevice(Value tensor, String name, Span span) {
        return switch (name) {
            case "shape" -> new Item.Extents(tensor.type().shape());
            case "dtype" -> new Item.Known(tensor.type().dtype());
            case "ndim" -> new Item.Known((long) tensor.type().rank());
            case "device" -> DEVICE;
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
