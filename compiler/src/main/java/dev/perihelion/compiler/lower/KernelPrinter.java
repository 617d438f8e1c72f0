package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.WorkEstimate;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.HostScalar;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.Index;
import dev.perihelion.compiler.ir.KernelIr;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.OpVisitor;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.TileAxis;
import dev.perihelion.compiler.ops.PointwiseOp;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/** Prints the device function of one configuration. */
final class KernelPrinter implements OpVisitor<Void> {

    /** The printed names of a tile axis that is open. */
    private record OpenAxis(TileAxis axis, String begin, String index, String mask) {}

    private final KernelIr ir;
    private final Plan plan;
    private final CodeWriter code = new CodeWriter();
    private final Names names = new Names();
    private final PaddingFacts padding = new PaddingFacts();
    private final WorkCounter work = new WorkCounter();
    private final Map<Integer, String> valueNames = new HashMap<>();
    private final Map<HostTensor, String> tensors = new LinkedHashMap<>();
    private final Map<String, String> tensorExpressions = new LinkedHashMap<>();
    private final Map<Integer, OpenAxis> open = new HashMap<>();
    private final Map<Long, String> chunkIndex = new HashMap<>();
    private final Map<Long, String> wholeIndex = new HashMap<>();
    private final Map<List<TileAxis>, Integer> rangeSlots = new HashMap<>();
    private final Map<List<TileAxis>, Integer> orderSlots = new HashMap<>();
    private final Map<Integer, Integer> loadSlots = new HashMap<>();

    KernelPrinter(KernelIr ir, Plan plan) {
        this.ir = ir;
        this.plan = plan;
        number(ir.root().body(), new int[] {1, ir.root().axes().size() >= 2 ? 1 : 0, 0});
        ir.scalars().forEach(scalar -> valueNames.put(scalar.value().id(), names.fresh(scalar.name())));
    }

    /** A printed device function. */
    record Printed(String text, String name, List<String> arguments, WorkEstimate work) {}

    Printed print() {
        String name = names.fresh("_" + ir.definition().name() + "_kernel").substring(1);
        List<Op> body = ir.root().body();
        for (long extent : plan.chunks().keySet()) {
            body = Rolling.roll(body, extent);
        }
        code.indent();
        ProgramIds ids = new ProgramIds(ir.root(), plan, this::print);
        boolean persistent = plan.isPersistent();
        if (persistent) {
            persistentLoop(ids);
            code.indent();
        } else {
            code.line("pid = tl.program_id(0)");
        }
        work.enter(programs());
        ir.root().axes().forEach(this::openAxis);
        ids.print(code, "pid", axis -> open.get(axis.block()).begin());
        ir.root().axes().forEach(this::printIndex);
        body.forEach(op -> op.accept(this));
        List<String> parameters = new ArrayList<>(tensors.values());
        List<String> arguments = new ArrayList<>(tensorExpressions.values());
        for (HostScalar scalar : ir.scalars()) {
            parameters.add(valueNames.get(scalar.value().id()));
            arguments.add(scalar.name());
        }
        String text = "@triton.jit\ndef " + name + "(" + String.join(", ", parameters) + "):\n" + code;
        return new Printed(text, name, arguments, work.estimate());
    }

    /** The launch's first grid extent, printed for the host. */
    String hostTotal() {
        return new ProgramIds(ir.root(), plan, this::print).total(this::hostBound);
    }

    private String hostBound(Operand operand) {
        if (operand instanceof Literal literal) {
            return literal.number().toString();
        }
        return ir.scalars().stream()
                .filter(scalar -> scalar.value().equals(operand))
                .map(HostScalar::name)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("A root loop's bound is not known to the host."));
    }

    private void number(List<Op> body, int[] next) {
        for (Op op : body) {
            if (op instanceof Op.ForTiles loop) {
                rangeSlots.put(loop.axes(), next[0]);
                next[0] += loop.axes().size();
                if (loop.axes().size() >= 2) {
                    orderSlots.put(loop.axes(), next[1]++);
                }
            } else if (op instanceof Op.Load load && load.eviction().isEmpty()) {
                loadSlots.put(load.result().id(), next[2]++);
            }
            number(dev.perihelion.compiler.ir.Operands.nested(op), next);
        }
    }

    private double programs() {
        double programs = 1;
        for (TileAxis axis : ir.root().axes()) {
            programs *= turns(axis);
        }
        return programs;
    }

    private double turns(TileAxis axis) {
        long length = axis.constantLength().orElse(ir.blocks().get(axis.block()).sizeHint());
        long step = axis.isGrid() ? axis.fixedBlock().orElse(1) : plan.block(axis.block());
        return (double) length / step;
    }

    private void persistentLoop(ProgramIds ids) {
        String total = ids.total(this::print);
        String options = plan.rangeOptions(0);
        if (plan.programIdType().equals("persistent_interleaved")) {
            code.line("for pid in tl.range(tl.program_id(0), " + total + ", tl.num_programs(0)" + options + "):");
        } else {
            code.line("pids = tl.cdiv(" + total + ", tl.num_programs(0))");
            code.line("first = tl.program_id(0) * pids");
            code.line("for pid in tl.range(first, tl.minimum(first + pids, " + total + ")" + options + "):");
        }
    }

    // Axes and masks

    private void openAxis(TileAxis axis) {
        String base = ir.blocks().get(axis.block()).name();
        String tile = base.startsWith("tile") ? base : "tile_" + base;
        open.put(
                axis.block(),
                new OpenAxis(
                        axis, names.fresh(tile + "_begin"), names.fresh(tile + "_index"), names.fresh(tile + "_mask")));
    }

    private void printIndex(TileAxis axis) {
        OpenAxis names = open.get(axis.block());
        long block = plan.block(axis.block());
        if (axis.isGrid()) {
            return;
        }
        code.line(names.index() + " = " + names.begin() + " + tl.arange(0, " + block + ")");
        if (needsMask(new Dim.Block(axis.block()))) {
            code.line(names.mask() + " = " + names.index() + " < " + print(axis.end()));
        }
    }

    private boolean needsMask(Dim dim) {
        if (dim instanceof Dim.Block block) {
            OpenAxis axis = open.get(block.id());
            if (axis == null) {
                return false;
            }
            OptionalLong length = axis.axis().constantLength();
            return length.isEmpty() || length.getAsLong() % plan.block(block.id()) != 0;
        }
        long extent = ((Dim.Static) dim).size();
        return extent == 0 || extent % plan.length(dim) != 0;
    }

    /** The positions along an axis, one-dimensional. */
    private String indexOf(Dim dim) {
        if (dim instanceof Dim.Block block) {
            return open.get(block.id()).index();
        }
        long extent = ((Dim.Static) dim).size();
        if (chunkIndex.containsKey(extent)) {
            return chunkIndex.get(extent);
        }
        return wholeIndex.computeIfAbsent(extent, size -> "tl.arange(0, " + plan.length(dim) + ")");
    }

    private Optional<String> maskOf(Dim dim) {
        if (!needsMask(dim)) {
            return Optional.empty();
        }
        if (dim instanceof Dim.Block block) {
            return Optional.of(open.get(block.id()).mask());
        }
        return Optional.of("(" + indexOf(dim) + " < " + ((Dim.Static) dim).size() + ")");
    }

    /** Puts a one-dimensional text along one axis of a block. */
    private static String along(String text, int axis, int rank) {
        return along(text, List.of(axis), rank);
    }

    private static String along(String text, List<Integer> axes, int rank) {
        if (axes.size() == rank) {
            return text;
        }
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            parts.add(axes.contains(i) ? ":" : "None");
        }
        String whole = text.matches("[A-Za-z_][A-Za-z0-9_]*|tl\\.arange\\([^()]*\\)") || text.startsWith("(")
                ? text
                : "(" + text + ")";
        return whole + "[" + String.join(", ", parts) + "]";
    }

    // Values

    private String print(Operand operand) {
        if (operand instanceof Literal literal) {
            return print(literal);
        }
        String name = valueNames.get(((Value) operand).id());
        if (name == null) {
            throw new IllegalStateException("No name for " + operand + ".");
        }
        return name;
    }

    private static String print(Literal literal) {
        Object number = literal.number();
        if (number instanceof Boolean flag) {
            return flag ? "True" : "False";
        }
        if (number instanceof Double value && !Double.isFinite(value)) {
            return value.isNaN() ? "float('nan')" : value > 0 ? "float('inf')" : "float('-inf')";
        }
        return number.toString();
    }

    private void define(Value value, String text) {
        String hint = ir.hints().getOrDefault(value.id(), value.hint());
        String name = valueNames.computeIfAbsent(value.id(), id -> names.fresh(hint));
        code.line(name + " = " + text);
    }

    private String shape(List<Dim> dims) {
        return "[" + dims.stream().map(dim -> Long.toString(plan.length(dim))).collect(Collectors.joining(", ")) + "]";
    }

    private double elements(List<Dim> dims) {
        double product = 1;
        for (Dim dim : dims) {
            boolean chunk = dim instanceof Dim.Static known && chunkIndex.containsKey(known.size());
            product *= dim instanceof Dim.Static known && !chunk ? known.size() : plan.length(dim);
        }
        return product;
    }

    private static String triton(DType dtype) {
        return "tl." + dtype.tritonName();
    }

    // Memory

    private String tensor(HostTensor tensor) {
        return tensors.computeIfAbsent(tensor, key -> {
            String name = names.fresh(key.name());
            tensorExpressions.put(name, key.name());
            return name;
        });
    }

    private String address(HostTensor tensor, List<Index> indices, int rank) {
        boolean wide = tensor.span() > Integer.MAX_VALUE;
        List<String> terms = new ArrayList<>();
        for (int i = 0; i < indices.size(); i++) {
            long stride = tensor.strides().get(i);
            String position = position(indices.get(i), rank);
            if (stride == 0 || position.equals("0")) {
                continue;
            }
            String wided = wide ? widened(position) : position;
            terms.add(stride == 1 ? wided : parenthesized(wided) + " * " + stride);
        }
        String base = tensor(tensor);
        String offset = String.join(" + ", terms);
        return terms.isEmpty()
                ? base
                : base + " + " + (terms.size() == 1 && !offset.contains(" ") ? offset : "(" + offset + ")");
    }

    private static String widened(String position) {
        return position.matches("-?\\d+") ? position : "tl.cast(" + position + ", tl.int64)";
    }

    private static String parenthesized(String text) {
        boolean simple = text.matches("\\w+|\\w+\\[[:, A-Za-z]*]") || text.startsWith("(") && text.endsWith(")");
        return simple || !text.contains(" ") ? text : "(" + text + ")";
    }

    private String position(Index index, int rank) {
        if (index instanceof Index.OfTile tile) {
            String positions = along(indexOf(new Dim.Block(tile.block())), tile.axis(), rank);
            return isZero(tile.shift()) ? positions : "(" + positions + " + " + print(tile.shift()) + ")";
        }
        if (index instanceof Index.At at) {
            return print(at.position());
        }
        if (index instanceof Index.Range range) {
            String positions = along(indexOf(range.length()), range.axis(), rank);
            String stepped = range.step() == 1 ? positions : "(" + positions + " * " + range.step() + ")";
            return isZero(range.begin()) ? stepped : "(" + print(range.begin()) + " + " + stepped + ")";
        }
        Index.Gather gather = (Index.Gather) index;
        return along(print(gather.positions()), gather.axes(), rank);
    }

    private static boolean isZero(Operand operand) {
        return operand instanceof Literal literal && literal.asDouble() == 0;
    }

    private Optional<String> mask(List<Index> indices, List<Dim> shape, Optional<Operand> extra) {
        List<String> masks = new ArrayList<>();
        Set<Integer> covered = PaddingFacts.covered(indices);
        for (int axis = 0; axis < shape.size(); axis++) {
            if (covered.contains(axis)) {
                int at = axis;
                maskOf(shape.get(axis)).ifPresent(mask -> masks.add(along(mask, at, shape.size())));
            }
        }
        extra.ifPresent(mask -> masks.add(print(mask)));
        return masks.isEmpty() ? Optional.empty() : Optional.of(String.join(" & ", masks));
    }

    @Override
    public Void visitLoad(Op.Load op) {
        List<Dim> shape = op.result().type().shape();
        String address = address(op.tensor(), op.indices(), shape.size());
        boolean whole = PaddingFacts.covered(op.indices()).size() == shape.size();
        if (op.mask().isPresent() && !whole) {
            address = "tl.broadcast_to(" + address + ", " + shape(shape) + ")";
        }
        Optional<String> mask = mask(op.indices(), shape, op.mask());
        String text =
                "tl.load(" + address + mask.map(m -> ", " + m + ", other=0").orElse("") + eviction(op) + ")";
        boolean broadcasts = shape.stream().anyMatch(dim -> !dim.equals(Dim.ONE)) && !whole;
        if (shape.isEmpty() || whole || op.mask().isPresent() || !broadcasts) {
            define(op.result(), text);
        } else if (PaddingFacts.covered(op.indices()).isEmpty()) {
            define(
                    op.result(),
                    "tl.full(" + shape(shape) + ", " + text + ", "
                            + triton(op.tensor().dtype()) + ")");
        } else {
            define(op.result(), "tl.broadcast_to(" + text + ", " + shape(shape) + ")");
        }
        padding.load(op);
        work.read(elements(shape) * op.tensor().dtype().bytes());
        return null;
    }

    private String eviction(Op.Load op) {
        Optional<String> policy = op.eviction();
        if (policy.isEmpty()) {
            int slot = loadSlots.get(op.result().id());
            policy = plan.element("load_eviction_policies", slot)
                    .map(String::valueOf)
                    .filter(name -> !name.isEmpty())
                    .map(name -> "evict_" + name);
        }
        return policy.map(name -> ", eviction_policy='" + name + "'").orElse("");
    }

    @Override
    public Void visitStore(Op.Store op) {
        String address = address(op.tensor(), op.indices(), op.shape().size());
        Optional<String> mask = mask(op.indices(), op.shape(), op.mask());
        String value = print(op.value());
        if (op.value() instanceof Literal && !op.shape().isEmpty()) {
            value = "tl.full(" + shape(op.shape()) + ", " + value + ", "
                    + triton(op.tensor().dtype()) + ")";
        }
        code.line("tl.store(" + address + ", " + value + mask.map(m -> ", " + m).orElse("") + ")");
        work.write(elements(op.shape()) * op.tensor().dtype().bytes());
        return null;
    }

    // Arithmetic

    @Override
    public Void visitPointwise(Op.Pointwise op) {
        DType computed = op.operands().stream()
                .filter(Value.class::isInstance)
                .map(operand -> operand.type().dtype())
                .filter(dtype -> dtype != DType.BOOL)
                .findFirst()
                .orElse(op.result().type().dtype());
        boolean widen = computed.isHalf() && op.op().compute() == PointwiseOp.Compute.FLOAT32;
        boolean constant = op.operands().stream()
                .skip(op.op().typing() == PointwiseOp.Typing.SELECT ? 1 : 0)
                .noneMatch(Value.class::isInstance);
        String text = op.op().template();
        for (int i = 0; i < op.operands().size(); i++) {
            Operand operand = op.operands().get(i);
            String printed = print(operand);
            if (widen && operand instanceof Value) {
                printed = printed + ".to(tl.float32)";
            } else if (operand instanceof Literal
                    && (constant || i == 0 && op.op().isHelper())) {
                printed =
                        "tl.full([], " + printed + ", " + triton(operand.type().dtype()) + ")";
            } else if (op.op().isHelper() && isArgument(operand)) {
                printed = "tl.cast(" + printed + ", " + triton(operand.type().dtype()) + ")";
            } else if (operand instanceof Literal && printed.startsWith("-")) {
                printed = "(" + printed + ")";
            }
            text = text.replace("{" + i + "}", printed);
        }
        boolean narrow = widen && op.result().type().dtype().isHalf();
        define(
                op.result(),
                narrow ? "(" + text + ").to(" + triton(op.result().type().dtype()) + ")" : text);
        padding.pointwise(op);
        work.compute(elements(op.result().type().shape()));
        return null;
    }

    private boolean isArgument(Operand operand) {
        return ir.scalars().stream().anyMatch(scalar -> scalar.value().equals(operand));
    }

    @Override
    public Void visitCast(Op.Cast op) {
        DType to = op.result().type().dtype();
        define(
                op.result(),
                // Scalar arguments may be Python numbers: Triton makes constants of some.
                op.operand().type().isScalar()
                        ? "tl.cast(" + print(op.operand()) + ", " + triton(to) + ")"
                        : to == DType.BOOL
                                ? print(op.operand()) + " != 0"
                                : print(op.operand()) + ".to(" + triton(to) + ")");
        padding.cast(op);
        return null;
    }

    @Override
    public Void visitFull(Op.Full op) {
        define(op.result(), full(op.result(), print(op.fill())));
        padding.full(op);
        return null;
    }

    private String full(Value value, String fill) {
        return "tl.full(" + shape(value.type().shape()) + ", " + fill + ", "
                + triton(value.type().dtype()) + ")";
    }

    @Override
    public Void visitArange(Op.Arange op) {
        long length = plan.length(op.result().type().shape().get(0));
        String text = "tl.arange(0, " + length + ")";
        text = op.step() == 1 ? text : text + " * " + op.step();
        define(op.result(), op.start() == 0 ? text : op.start() + " + " + text);
        return null;
    }

    @Override
    public Void visitTileIndex(Op.TileIndex op) {
        valueNames.put(op.result().id(), indexOf(new Dim.Block(op.block())));
        return null;
    }

    @Override
    public Void visitTileScalar(Op.TileScalar op) {
        long block = plan.block(op.block());
        OpenAxis axis = open.get(op.block());
        switch (op.property()) {
            case BEGIN -> {
                if (ir.root().axes().contains(axis.axis())) {
                    valueNames.put(op.result().id(), axis.begin());
                } else {
                    define(op.result(), "tl.cast(" + axis.begin() + ", tl.int32)");
                }
            }
            case END ->
                define(
                        op.result(),
                        needsMask(new Dim.Block(op.block()))
                                ? "tl.minimum(" + axis.begin() + " + " + block + ", "
                                        + print(axis.axis().end()) + ")"
                                : axis.begin() + " + " + block);
            case ID ->
                define(
                        op.result(),
                        (axis.axis().beginsAtZero()
                                        ? axis.begin()
                                        : "(" + axis.begin() + " - "
                                                + print(axis.axis().begin()) + ")")
                                + " // " + block);
            case COUNT ->
                define(
                        op.result(),
                        "tl.full([], " + new ProgramIds(ir.root(), plan, this::print).count(axis.axis(), this::print)
                                + ", tl.int32)");
            case BLOCK_SIZE -> define(op.result(), "tl.full([], " + block + ", tl.int32)");
        }
        return null;
    }

    @Override
    public Void visitReduce(Op.Reduce op) {
        Dim dim = op.operand().type().shape().get(op.axis());
        String operand = masked(op.operand(), op.axis(), op.op().identity());
        if (dim instanceof Dim.Static known && chunkIndex.containsKey(known.size())) {
            String accumulator = accumulator(op);
            code.line(accumulator + " = "
                    + op.op().combine().replace("{0}", accumulator).replace("{1}", operand));
        } else {
            define(op.result(), reduction(op, operand));
        }
        padding.reduce(op);
        work.compute(elements(op.operand().type().shape()));
        return null;
    }

    private static String reduction(Op.Reduce op, String operand) {
        return op.op().template().replace("{0}", operand).replace("{1}", Integer.toString(op.axis()));
    }

    private String accumulator(Op.Reduce op) {
        return valueNames.computeIfAbsent(
                -1 - op.result().id(), id -> names.fresh(op.result().hint() + "_chunks"));
    }

    /** The operand with {@code fill} on the padded lanes of an axis; the operand itself where they hold it anyway. */
    private String masked(Value operand, int axis, double fill) {
        List<Dim> shape = operand.type().shape();
        Optional<String> mask = maskOf(shape.get(axis));
        OptionalDouble known = padding.of(operand, axis);
        if (mask.isEmpty() || known.isPresent() && known.getAsDouble() == fill) {
            return print(operand);
        }
        DType dtype = operand.type().dtype();
        String constant = dtype.isFloating() ? print(new Literal(fill, dtype)) : integer(fill, dtype);
        return "tl.where(" + along(mask.get(), axis, shape.size()) + ", " + print(operand) + ", " + constant + ")";
    }

    private static String integer(double fill, DType dtype) {
        if (Double.isFinite(fill)) {
            return Long.toString((long) fill);
        }
        int bits = dtype.bytes() * 8;
        if (dtype.isUnsigned()) {
            return fill > 0 ? Long.toUnsignedString(-1L >>> (64 - bits)) : "0";
        }
        long limit = bits == 64 ? Long.MAX_VALUE : (1L << (bits - 1)) - 1;
        return Long.toString(fill > 0 ? limit : -limit - 1);
    }

    @Override
    public Void visitDot(Op.Dot op) {
        int rank = op.left().type().rank();
        String left = masked(op.left(), rank - 1, 0);
        String right = masked(op.right(), rank - 2, 0);
        String options = op.left().type().dtype() == DType.FLOAT32 ? ", input_precision='" + op.precision() + "'" : "";
        String out = ", out_dtype=" + triton(op.result().type().dtype());
        if (op.accumulator().isPresent()) {
            options = ", acc=" + print(op.accumulator().get()) + options;
        }
        define(op.result(), "tl.dot(" + left + ", " + right + options + out + ")");
        List<Dim> shape = op.result().type().shape();
        work.compute(2 * elements(shape) * elements(op.left().type().shape().subList(rank - 1, rank)));
        return null;
    }

    // Axes of values

    @Override
    public Void visitExpandDims(Op.ExpandDims op) {
        String parts = op.axes().stream().map(axis -> axis < 0 ? "None" : ":").collect(Collectors.joining(", "));
        define(op.result(), print(op.operand()) + "[" + parts + "]");
        padding.moved(op.result(), op.operand(), op.axes());
        return null;
    }

    @Override
    public Void visitPermute(Op.Permute op) {
        String order = op.order().stream().map(String::valueOf).collect(Collectors.joining(", "));
        define(op.result(), "tl.permute(" + print(op.operand()) + ", [" + order + "])");
        padding.moved(op.result(), op.operand(), op.order());
        return null;
    }

    @Override
    public Void visitBroadcast(Op.Broadcast op) {
        int rank = op.result().type().rank();
        int offset = rank - op.operand().type().rank();
        List<Integer> from = new ArrayList<>();
        List<Integer> kept = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            boolean repeats =
                    i < offset || op.operand().type().shape().get(i - offset).equals(Dim.ONE);
            from.add(repeats ? -1 : i - offset);
            if (i >= offset) {
                kept.add(i);
            }
        }
        String operand = offset == 0 ? print(op.operand()) : along(print(op.operand()), kept, rank);
        define(
                op.result(),
                "tl.broadcast_to(" + operand + ", " + shape(op.result().type().shape()) + ")");
        padding.moved(op.result(), op.operand(), from);
        return null;
    }

    @Override
    public Void visitReshape(Op.Reshape op) {
        define(
                op.result(),
                "tl.reshape(" + print(op.operand()) + ", "
                        + shape(op.result().type().shape()) + ")");
        return null;
    }

    // Control flow

    @Override
    public Void visitForTiles(Op.ForTiles op) {
        for (Op.Carried carried : op.carried()) {
            Operand initial = carried.initial();
            define(
                    carried.argument(),
                    initial instanceof Literal literal ? full(carried.argument(), print(literal)) : print(initial));
        }
        double before = work.enter(1);
        List<Integer> order =
                plan.loopOrder(orderSlots.getOrDefault(op.axes(), 0), op.axes().size());
        for (int position : order) {
            TileAxis axis = op.axes().get(position);
            openAxis(axis);
            long step = axis.isGrid() ? axis.fixedBlock().getAsLong() : plan.block(axis.block());
            String options = plan.rangeOptions(rangeSlots.get(op.axes()) + position);
            code.line("for " + open.get(axis.block()).begin() + " in tl.range(" + print(axis.begin()) + ", "
                    + print(axis.end()) + ", " + step + options + "):");
            code.indent();
            work.enter(turns(axis));
        }
        op.axes().forEach(this::printIndex);
        op.body().forEach(inner -> inner.accept(this));
        carryOver(op.carried());
        order.forEach(position -> code.dedent());
        op.axes().forEach(axis -> open.remove(axis.block()));
        work.leave(before);
        op.carried().forEach(carried -> valueNames.put(carried.result().id(), print(carried.argument())));
        return null;
    }

    private void carryOver(List<Op.Carried> carried) {
        List<String> targets = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (Op.Carried value : carried) {
            targets.add(print(value.argument()));
            values.add(
                    value.yielded() instanceof Literal literal
                            ? full(value.argument(), print(literal))
                            : print(value.yielded()));
        }
        boolean swaps = values.stream().anyMatch(targets::contains);
        if (targets.isEmpty()) {
            code.line("pass");
        } else if (swaps) {
            code.line(String.join(", ", targets) + " = " + String.join(", ", values));
        } else {
            for (int i = 0; i < targets.size(); i++) {
                code.line(targets.get(i) + " = " + values.get(i));
            }
        }
    }

    @Override
    public Void visitIf(Op.If op) {
        List<String> results = new ArrayList<>();
        for (Op.Merged merged : op.merged()) {
            results.add(valueNames.computeIfAbsent(
                    merged.result().id(), id -> names.fresh(merged.result().hint())));
        }
        code.line("if " + print(op.condition()) + ":");
        branch(
                op.then(),
                results,
                op.merged().stream().map(Op.Merged::thenValue).toList());
        code.line("else:");
        branch(
                op.orElse(),
                results,
                op.merged().stream().map(Op.Merged::elseValue).toList());
        return null;
    }

    private void branch(List<Op> ops, List<String> results, List<Operand> values) {
        code.indent();
        ops.forEach(op -> op.accept(this));
        for (int i = 0; i < results.size(); i++) {
            code.line(results.get(i) + " = " + print(values.get(i)));
        }
        code.line("pass");
        code.dedent();
    }

    @Override
    public Void visitForChunks(Op.ForChunks op) {
        long chunk = plan.chunks().get(op.extent());
        for (Op.Reduce partial : op.partials()) {
            Value operand = partial.operand();
            DType dtype = operand.type().dtype();
            double identity = partial.op().identity();
            String fill = dtype.isFloating() ? print(new Literal(identity, dtype)) : integer(identity, dtype);
            code.line(accumulator(partial) + " = tl.full("
                    + shape(operand.type().shape()) + ", " + fill + ", " + triton(dtype) + ")");
        }
        String begin = names.fresh("chunk_begin");
        String index = names.fresh("chunk_index");
        code.line("for " + begin + " in tl.range(0, " + op.extent() + ", " + chunk + "):");
        code.indent();
        code.line(index + " = " + begin + " + tl.arange(0, " + chunk + ")");
        chunkIndex.put(op.extent(), index);
        double before = work.enter((double) op.extent() / chunk);
        op.body().forEach(inner -> inner.accept(this));
        work.leave(before);
        chunkIndex.remove(op.extent());
        code.dedent();
        for (Op.Reduce partial : op.partials()) {
            define(partial.result(), reduction(partial, accumulator(partial)));
        }
        return null;
    }
}
