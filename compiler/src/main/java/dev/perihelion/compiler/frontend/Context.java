package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.CompileException;
import dev.perihelion.compiler.diagnostics.Diagnostic;
import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.BlockTable;
import dev.perihelion.compiler.ir.HostEdit;
import dev.perihelion.compiler.ir.HostScalar;
import dev.perihelion.compiler.ir.MemoryOp;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.ir.TensorType;
import dev.perihelion.compiler.ir.TileAxis;
import dev.perihelion.compiler.ir.Tunable;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.SourceFile;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.type.DType;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the parts of the abstract interpreter share. */
final class Context {

    private static final Pattern BLOCK_IN_SHAPE = Pattern.compile("(?<=[\\[ ])block_(\\d+)(?=[,\\]])");

    /** How names of sizes begin that no expression gives yet. */
    private static final String UNNAMED_SIZE = "?";

    final SourceFile source;
    final IrBuilder builder = new IrBuilder();
    final BlockTable blocks = new BlockTable();
    final KernelSettings settings;
    final Map<String, Tunable> tunables = new LinkedHashMap<>();
    private final Map<String, HostScalar> hostScalars = new LinkedHashMap<>();
    private final Map<Span, HostEdit> hostEdits = new LinkedHashMap<>();
    private final Map<Integer, String> hints = new LinkedHashMap<>();
    private final Map<Integer, TileAxis> openTiles = new LinkedHashMap<>();
    private final Set<Integer> belowZero = new LinkedHashSet<>();
    private final Set<Diagnostic> diagnostics = new LinkedHashSet<>();
    private final Map<String, Object> pinned = new java.util.TreeMap<>();
    private DType indexType;
    private int unknownSizes;
    private int inlined;
    private int speculative;

    Context(SourceFile source, KernelSettings settings) {
        this.source = source;
        this.settings = settings;
        this.indexType = settings.indexType().orElse(DType.INT32);
    }

    /** What positions in tensors are counted with: {@code tile.index}, {@code hl.arange} and the like have this type. */
    DType indexType() {
        return indexType;
    }

    /** Tells that a tensor has more elements than 32 bits count; the kernel's own setting stays. */
    void needWideIndices() {
        indexType = settings.indexType().orElse(DType.INT64);
    }

    /** The exception that reports a mistake at a place. */
    CompileException error(Span span, MessageKey key, Object... arguments) {
        Object[] named = Arrays.stream(arguments).map(this::withTileNames).toArray();
        return new CompileException(Diagnostic.at(source, span, key, named));
    }

    /** Shapes in messages have the user's names for tiles. */
    private String withTileNames(Object argument) {
        return BLOCK_IN_SHAPE
                .matcher(String.valueOf(argument))
                .replaceAll(match -> Matcher.quoteReplacement(
                        blocks.get(Integer.parseInt(match.group(1))).name()));
    }

    void report(CompileException mistake) {
        diagnostics.addAll(mistake.diagnostics());
    }

    List<Diagnostic> diagnostics() {
        return List.copyOf(diagnostics);
    }

    /** Forgets the mistakes found after the first {@code count}: what they were about is not needed. */
    void forgetDiagnostics(int count) {
        List<Diagnostic> kept = diagnostics().subList(0, count);
        diagnostics.retainAll(kept);
    }

    /** The text of a piece of host code, with what the module has in its place. */
    String hostText(Span span) {
        StringBuilder text = new StringBuilder(source.text(span));
        hostEdits.values().stream()
                .filter(HostEdit.Text.class::isInstance)
                .filter(edit ->
                        edit.span().start() >= span.start() && edit.span().end() <= span.end())
                .sorted(java.util.Comparator.comparing(edit -> -edit.span().start()))
                .forEach(edit -> text.replace(
                        edit.span().start() - span.start(),
                        edit.span().end() - span.start(),
                        ((HostEdit.Text) edit).text()));
        return text.toString();
    }

    /** Runs a host function's body: names in it are not names of the kernel's host code. */
    <T> T inlined(java.util.function.Supplier<T> body) {
        inlined++;
        try {
            return body.get();
        } finally {
            inlined--;
        }
    }

    /** Whether the body of a host function is interpreted, and not the kernel itself. */
    boolean isInlined() {
        return inlined > 0;
    }

    /** Runs statements of which it is not known whether they run. */
    void speculate(Runnable body) {
        speculative++;
        try {
            body.run();
        } finally {
            speculative--;
        }
    }

    /** Whether it is not known if this place is reached. */
    boolean isSpeculative() {
        return speculative > 0;
    }

    /** The host expression for a place in the source, where the kernel's host code can compute it. */
    String hostExpression(Span span) {
        return isInlined() ? HostShapes.UNNAMED : "(" + hostText(span) + ")";
    }

    /**
     * The value of a number for the arguments at hand. The module is good for these arguments only, and checks that.
     * Empty where the number depends on what is in tensors.
     */
    java.util.Optional<Item> pin(Item.Runtime number) {
        return number.given().map(given -> {
            pinned.putAll(given.parameters());
            return new Item.Known(given.value());
        });
    }

    /** Makes the module one for this value of a host expression alone, which it checks. */
    void expect(String expression, Object value) {
        boolean comparable = value != Expr.Special.OPAQUE
                && value != Expr.Special.ELLIPSIS
                && !(value instanceof Double number && number.isNaN());
        if (comparable) {
            pinned.put(expression, value);
        }
    }

    /** The item with every number that the launch passes, and whose value is known, as a constant. */
    Item specialized(Item item) {
        if (item instanceof Item.Runtime number) {
            return pin(number).orElse(item);
        }
        if (item instanceof Item.Sized) {
            return constant(item);
        }
        if (item instanceof Item.Sequence sequence) {
            return new Item.Sequence(
                    sequence.items().stream().map(this::specialized).toList(), sequence.isList());
        }
        return item;
    }

    /** Arguments that the module was made for, and their values. */
    Map<String, Object> pinned() {
        return java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(pinned));
    }

    /** The size that an item stands for; a number that the launch passes becomes a constant of the module. */
    java.util.Optional<Size> size(Item item) {
        if (!(item instanceof Item.Runtime number && number.dtype() == DType.INT64)) {
            return Attributes.size(item);
        }
        boolean named = !builder.onDevice() && !number.name().equals(HostShapes.UNNAMED);
        java.util.Optional<Size> size = pin(number).flatMap(Attributes::size);
        return size.isPresent() || !named
                ? size
                : java.util.Optional.of(new Size.Launched(number.name(), BlockTable.UNKNOWN_LENGTH, false));
    }

    /** A size or stride that host code finds out, until a name is given to what it belongs to. */
    Size unknown(long hint) {
        return new Size.Launched(UNNAMED_SIZE + unknownSizes++, hint, false);
    }

    /** Whether a size depends on one that has no name yet. */
    static boolean isUnnamed(Size size) {
        return size.launched().stream().anyMatch(number -> number.name().startsWith(UNNAMED_SIZE));
    }

    /** The item as a constant: where it is a size that was to be dynamic, the front end begins again without that. */
    Item constant(Item item) {
        if (item instanceof Item.Sized sized
                && !sized.size().launched().isEmpty()
                && sized.size().launched().stream().allMatch(Size.Launched::given)) {
            throw new Specialization(sized.size().launched());
        }
        return item;
    }

    /** Replaces a piece of host code in the generated module. */
    void editHost(Span span, String replacement) {
        hostEdits.put(span, new HostEdit.Text(span, replacement));
    }

    /** Replaces a piece of host code by a number of the configuration. */
    void editHost(Span span, Size size) {
        hostEdits.put(span, new HostEdit.Number(span, size));
    }

    /** Remembers the first name that the user gave to a value. */
    void name(Item item, String name) {
        if (item instanceof Item.Device device && device.operand() instanceof Operand.Value value) {
            hints.putIfAbsent(value.id(), name);
        }
    }

    /** Whether the user gave a value a name, so that it may be read again. */
    boolean isNamed(Operand.Value value) {
        return hints.containsKey(value.id());
    }

    /** Says that a loop over a block's axis may begin at a negative number. */
    void mayBeginBelowZero(int block) {
        belowZero.add(block);
    }

    /** Whether positions along a block's axis are never negative. */
    boolean countsFromZero(int block) {
        return !belowZero.contains(block);
    }

    /** Tells that a tile loop over an axis begins. */
    void openTile(TileAxis axis) {
        openTiles.put(axis.block(), axis);
    }

    /** Tells that a tile loop over a block ends. */
    void closeTile(int block) {
        openTiles.remove(block);
    }

    /** The axis of a loop that is open here. */
    TileAxis tile(int block) {
        return openTiles.get(block);
    }

    /** Whether a block is the tile of a loop that is open here, so that it has a begin and an end. */
    boolean isTile(int block) {
        return openTiles.containsKey(block);
    }

    Map<Integer, String> hints() {
        return Map.copyOf(hints);
    }

    List<HostEdit> hostEdits() {
        return List.copyOf(hostEdits.values());
    }

    List<HostScalar> hostScalars() {
        return List.copyOf(hostScalars.values());
    }

    /** What device code computes with, made of an item that stands for a number or a tensor. */
    Operand operand(Item item, Span span) {
        if (item instanceof Item.Device device) {
            return device.operand();
        }
        if (item instanceof Item.Known known) {
            if (known.value() instanceof Long number) {
                return new Operand.Literal(number, DType.INT64);
            }
            if (known.value() instanceof Double number) {
                return new Operand.Literal(number, DType.FLOAT32);
            }
            if (known.value() instanceof Boolean flag) {
                return new Operand.Literal(flag, DType.BOOL);
            }
        }
        if (item instanceof Item.Runtime runtime) {
            if (runtime.name().equals(HostShapes.UNNAMED)) {
                throw error(span, MessageKey.OPAQUE_ON_DEVICE, "a number that no host variable holds");
            }
            return hostScalars
                    .computeIfAbsent(
                            runtime.name(),
                            name -> new HostScalar(name, builder.value(TensorType.scalar(runtime.dtype()), "arg")))
                    .value();
        }
        if (item instanceof Item.Sized sized) {
            return new Operand.Sized(sized.size(), DType.INT64);
        }
        if (item instanceof Item.Host host) {
            if (!builder.onDevice()) {
                throw error(span, MessageKey.OPAQUE_ON_DEVICE, item.describe());
            }
            if (host.tensor().rank() == 0) {
                return scalarLoad(host, span);
            }
            throw error(span, MessageKey.HOST_TENSOR_DIRECT_USE, host.tensor().name());
        }
        if (item instanceof Item.Tile) {
            throw error(span, MessageKey.INCORRECT_TILE_USE);
        }
        refuseOpaque(item, span);
        throw error(span, MessageKey.NOT_A_DEVICE_VALUE, item.describe());
    }

    private Operand scalarLoad(Item.Host host, Span span) {
        Operand.Value value = builder.value(
                TensorType.scalar(host.tensor().dtype()), host.tensor().name());
        builder.emit(new MemoryOp.Load(
                value, host.tensor(), List.of(), java.util.Optional.empty(), java.util.Optional.empty(), span));
        return value;
    }

    /** Refuses what the compiler does not follow. */
    void refuseOpaque(Item item, Span span) {
        if (item instanceof Item.Opaque opaque) {
            throw error(span, MessageKey.OPAQUE_ON_DEVICE, opaque.what());
        }
    }

    /** Whether the item is Python's None. */
    static boolean isNone(Item item) {
        return item instanceof Item.Known known && known.value() == Expr.Special.NONE;
    }
}
