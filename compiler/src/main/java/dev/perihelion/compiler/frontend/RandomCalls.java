package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.CreationOp;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.TensorType;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Random numbers: Philox 4x32-10 of a seed and of each element's place in the whole tensor that the tiles cut up, so that a
 * configuration does not change them.
 */
final class RandomCalls {

    /** A fresh seed at each launch; torch.manual_seed decides it. */
    private static final Item LAUNCH_SEED = new Item.Runtime("int(torch.randint(0, 2**31 - 1, ()))", DType.INT64);

    private final Context context;
    private final DeviceOps ops;
    private final Extents extents;

    RandomCalls(Context context, DeviceOps ops) {
        this.context = context;
        this.ops = ops;
        this.extents = new Extents(context);
    }

    /** {@code hl.rand} and the like. */
    void registerLanguage(Map<String, Handler> handlers) {
        handlers.put("rand", this::rand);
        handlers.put("randint", this::randint);
        handlers.put("rand4x", this::rand4x);
    }

    /** {@code torch.rand} and the like, whose seed nobody gives. */
    void registerTorch(Map<String, Handler> handlers) {
        handlers.put("rand", call -> listed(call, CreationOp.RandomKind.UNIFORM));
        handlers.put("randn", call -> listed(call, CreationOp.RandomKind.NORMAL));
        handlers.put("rand_like", call -> like(call, CreationOp.RandomKind.UNIFORM));
        handlers.put("randn_like", call -> like(call, CreationOp.RandomKind.NORMAL));
        handlers.put("randint", this::freshIntegers);
        handlers.put("randint_like", this::randintLike);
        handlers.put("dropout", this::dropout);
        handlers.put("bernoulli", this::bernoulli);
    }

    private Item rand(CallArguments call) {
        List<Dim> shape = extents.dims(call.required(0, "shape"), call.span());
        Operand seed = seed(call, 1);
        Optional<Operand> offsets = call.keyword("offsets")
                .filter(item -> !Context.isNone(item))
                .map(item -> context.operand(item, call.span()));
        call.ignore("device", "dtype");
        call.optional(2, "device");
        Operand counter = offsets.orElseGet(() -> counter(shape, call.span()));
        return device(random(CreationOp.RandomKind.UNIFORM, seed, counter, call.span())
                .get(0));
    }

    private Item randint(CallArguments call) {
        List<Dim> shape = extents.dims(call.required(0, "shape"), call.span());
        Operand low = call.operand(1, "low");
        Operand high = call.operand(2, "high");
        Operand seed = seed(call, 3);
        call.optional(4, "device");
        return device(between(low, high, seed, shape, call.span()));
    }

    private Operand between(Operand low, Operand high, Operand seed, List<Dim> shape, Span span) {
        Operand word = random(CreationOp.RandomKind.WORD, seed, counter(shape, span), span)
                .get(0);
        Operand size = ops.pointwise("abs", List.of(ops.cast(word, DType.INT64, span)), span);
        Operand range = ops.pointwise("sub", List.of(high, low), span);
        Operand rest = ops.pointwise("remainder", List.of(size, range), span);
        return ops.cast(ops.pointwise("add", List.of(rest, low), span), DType.INT32, span);
    }

    private Item rand4x(CallArguments call) {
        Operand seed = seed(call, 0);
        Value offsets = call.tensor(1, "offsets");
        List<Item> words = random(CreationOp.RandomKind.UNIFORM_4, seed, offsets, call.span()).stream()
                .map(RandomCalls::device)
                .toList();
        return new Item.Sequence(words, false);
    }

    private Operand seed(CallArguments call, int position) {
        Operand seed = call.operand(position, "seed");
        if (!seed.type().isScalar() || seed.type().dtype().isFloating()) {
            throw context.error(call.span(), MessageKey.RANDOM_SEED, call.callee());
        }
        return seed;
    }

    private Item listed(CallArguments call, CreationOp.RandomKind kind) {
        List<Item> sizes = new ArrayList<>();
        for (int i = 0; i < Math.max(1, call.positional().size()); i++) {
            sizes.add(call.required(i, "size"));
        }
        Item shape = sizes.size() == 1 ? sizes.get(0) : new Item.Sequence(sizes, false);
        return unseeded(call, kind, extents.dims(shape, call.span()), DType.FLOAT32);
    }

    private Item like(CallArguments call, CreationOp.RandomKind kind) {
        TensorType type = call.operand(0, "input").type();
        return unseeded(call, kind, type.shape(), type.dtype());
    }

    private Item unseeded(CallArguments call, CreationOp.RandomKind kind, List<Dim> shape, DType standard) {
        DType dtype = call.keyword("dtype").isPresent()
                ? call.optionalDType(Integer.MAX_VALUE - 1, "dtype").orElse(standard)
                : standard;
        call.ignore("device", "requires_grad", "layout", "memory_format", "generator");
        Value numbers = random(kind, launchSeed(call.span()), counter(shape, call.span()), call.span())
                .get(0);
        return device(ops.cast(numbers, dtype, call.span()));
    }

    private Item dropout(CallArguments call) {
        Operand self = call.operand(0, "input");
        Operand probability = call.optionalOperand(1, "p").orElse(new Literal(0.5, DType.FLOAT32));
        boolean training = call.optionalBool(2, "training").orElse(true);
        Span span = call.span();
        if (!training || probability instanceof Literal known && known.asDouble() == 0) {
            return device(self);
        }
        Value numbers = uniform(self.type().shape(), span);
        Operand kept = ops.pointwise("ge", List.of(numbers, probability), span);
        Literal one = new Literal(1.0, DType.FLOAT32);
        Operand rest = ops.pointwise("sub", List.of(one, probability), span);
        Operand scaled = ops.pointwise("div", List.of(self, rest), span);
        return device(ops.pointwise("where", List.of(kept, scaled, new Literal(0L, DType.INT64)), span));
    }

    private Value uniform(List<Dim> shape, Span span) {
        return random(CreationOp.RandomKind.UNIFORM, launchSeed(span), counter(shape, span), span)
                .get(0);
    }

    /** Ones with the probabilities that the tensor holds, or with one for all of them. */
    private Item bernoulli(CallArguments call) {
        Operand self = call.operand(0, "input");
        Operand probability = call.optionalOperand(1, "p").orElse(self);
        Span span = call.span();
        call.ignore("generator");
        Value numbers = uniform(self.type().shape(), span);
        Operand hit = ops.pointwise("lt", List.of(numbers, probability), span);
        return device(ops.cast(hit, self.type().dtype(), span));
    }

    /** {@code torch.randint(high, size)} or {@code (low, high, size)}. */
    private Item freshIntegers(CallArguments call) {
        boolean both = call.positional().size() > 2 || call.keyword("low").isPresent();
        int next = call.keyword("low").isPresent() ? 0 : both ? 1 : 0;
        Operand low = both ? call.operand(0, "low") : new Literal(0L, DType.INT64);
        Operand high = call.operand(next, "high");
        List<Dim> shape = extents.dims(call.required(next + 1, "size"), call.span());
        DType dtype = call.optionalDType("dtype").orElse(DType.INT64);
        call.ignore("device", "requires_grad", "layout", "generator");
        return device(ops.cast(between(low, high, launchSeed(call.span()), shape, call.span()), dtype, call.span()));
    }

    private Item randintLike(CallArguments call) {
        TensorType type = call.operand(0, "input").type();
        Operand first = call.operand(1, "low");
        Optional<Operand> second = call.optionalOperand(2, "high");
        Operand low = second.isPresent() ? first : new Literal(0L, DType.INT64);
        DType dtype = call.keyword("dtype").isPresent()
                ? call.optionalDType(Integer.MAX_VALUE - 1, "dtype").orElse(type.dtype())
                : type.dtype();
        call.ignore("device", "requires_grad", "layout", "memory_format");
        Operand numbers = between(low, second.orElse(first), launchSeed(call.span()), type.shape(), call.span());
        return device(ops.cast(numbers, dtype, call.span()));
    }

    /** Each place in the program that asks has a stream of its own. */
    private Operand launchSeed(Span span) {
        Operand seed = context.operand(LAUNCH_SEED, span);
        return ops.pointwise("add", List.of(seed, new Literal((long) span.start(), DType.INT64)), span);
    }

    private List<Value> random(CreationOp.RandomKind kind, Operand seed, Operand counter, Span span) {
        DType dtype = kind == CreationOp.RandomKind.WORD ? DType.INT32 : DType.FLOAT32;
        List<Value> results = new ArrayList<>();
        for (int i = 0; i < (kind == CreationOp.RandomKind.UNIFORM_4 ? 4 : 1); i++) {
            results.add(context.builder.value(counter.type().withDType(dtype), "random"));
        }
        context.builder.emit(new CreationOp.Random(results, kind, seed, counter, span));
        return results;
    }

    /** The row-major number of each element of the whole tensor. */
    private Operand counter(List<Dim> shape, Span span) {
        Operand sum = new Literal(0L, DType.INT32);
        for (int axis = 0; axis < shape.size(); axis++) {
            Dim dim = shape.get(axis);
            if (dim.equals(Dim.ONE)) {
                continue;
            }
            List<Integer> axes = new ArrayList<>();
            for (int i = 0; i < shape.size(); i++) {
                axes.add(i == axis ? 0 : -1);
            }
            Value position = ops.expandDims(positions(dim, span), axes, span);
            boolean first = sum.isNumber();
            if (!first) {
                sum = ops.pointwise("mul", List.of(sum, extent(dim, span)), span);
            }
            sum = first ? position : ops.pointwise("add", List.of(sum, position), span);
        }
        return sum.isNumber() ? ops.full(shape, sum, DType.INT32, span) : ops.broadcastTo(sum, shape, span);
    }

    private Value positions(Dim dim, Span span) {
        boolean tile = dim instanceof Dim.Block block && context.isTile(block.id());
        DType dtype = tile ? context.indexType() : DType.INT32;
        Value result = context.builder.value(new TensorType(dtype, List.of(dim)), "index");
        context.builder.emit(
                tile
                        ? new CreationOp.TileIndex(result, ((Dim.Block) dim).id(), span)
                        : new CreationOp.Arange(result, 0, 1, span));
        return (Value) ops.cast(result, context.indexType(), span);
    }

    /** How long the whole axis is that a tile is a piece of. */
    private Operand extent(Dim dim, Span span) {
        if (dim instanceof Dim.Block block && context.isTile(block.id())) {
            // A loop over a part of another one's tile is a piece of the other one's axis.
            Optional<Integer> outer = Linear.of(context.tile(block.id()).end(), context.builder)
                    .tile()
                    .filter(context::isTile);
            if (outer.isPresent()) {
                return extent(new Dim.Block(outer.get()), span);
            }
            Value limit = context.builder.value(TensorType.scalar(context.indexType()), "limit");
            context.builder.emit(new CreationOp.TileScalar(limit, block.id(), CreationOp.TileProperty.LIMIT, span));
            return limit;
        }
        return context.operand(Attributes.item(dim), span);
    }

    private static Item device(Operand operand) {
        return new Item.Device(operand);
    }
}
