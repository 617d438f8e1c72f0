package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.CompileException;
import dev.perihelion.compiler.diagnostics.InternalFailure;
import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.BlockTable;
import dev.perihelion.compiler.ir.FlowOp;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.syntax.Stmt;
import dev.perihelion.compiler.syntax.StmtVisitor;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Runs statements abstractly: device statements become operations, host statements bind what can be known of them. */
final class Statements implements StmtVisitor<Void> {

    /** Marks a name whose value was lost to a mistake that is reported already. */
    static final String POISON = "poison";

    /** How many turns of a loop with known tests are repeated in the program; the reference implementation's limit. */
    private static final int MAX_UNROLLED_TURNS = 10_000;

    private final Context context;
    private final Calls calls;
    private final Scope scope;
    private final Evaluator evaluator;
    private final TileLoops tileLoops;
    private Optional<Item> returned = Optional.empty();
    private boolean failed;
    private boolean ended;
    private Leave leave = Leave.NO;
    private final HostFlow host;

    /** Whether a turn of a host loop that is followed ends here. */
    enum Leave {
        NO,
        CONTINUE,
        BREAK
    }

    /** How the last turn of a host loop ended; forgets it. */
    Leave takeLeave() {
        Leave last = leave;
        leave = Leave.NO;
        return last;
    }

    /** Whether nothing more is run: a function returned, or an exception was raised. */
    boolean isDone() {
        return returned.isPresent() || ended;
    }

    Statements(Context context, Calls calls, Scope scope) {
        this(context, calls, scope, new TileLoops(context));
    }

    Statements(Context context, Calls calls, Scope scope, TileLoops tileLoops) {
        this.context = context;
        this.calls = calls;
        this.scope = scope;
        this.evaluator = new Evaluator(context, calls, scope);
        this.tileLoops = tileLoops;
        this.host = new HostFlow(context, this, scope);
    }

    /** What {@code return} gave, where it was reached. */
    Optional<Item> returned() {
        return returned;
    }

    /** Whether some statement had a mistake, so that what was returned says nothing. */
    boolean failed() {
        return failed;
    }

    Evaluator evaluator() {
        return evaluator;
    }

    /** Runs the statements; a mistake ends its statement only, so that one run reports several. */
    void run(List<Stmt> body) {
        for (Stmt stmt : body) {
            if (isDone() || leave != Leave.NO) {
                return;
            }
            try {
                stmt.accept(this);
            } catch (CompileException mistake) {
                context.report(mistake);
                poison(stmt);
            } catch (Poisoned e) {
                poison(stmt);
            } catch (Specialization e) {
                if (e.unknown().isEmpty()) {
                    throw e;
                }
                context.report(context.error(
                        stmt.span(), MessageKey.OPAQUE_ON_DEVICE, "an axis whose length only the launch knows"));
                poison(stmt);
            } catch (InternalFailure | HostFlow.NotFollowed e) {
                throw e;
            } catch (RuntimeException e) {
                throw new InternalFailure(context.source, stmt.span(), e);
            }
        }
    }

    /**
     * What host statements did that may not run.
     *
     * @param names all names behind them
     * @param ended whether they raise or return
     * @param returned what a host function returned
     * @param failed whether there was a mistake, which is not reported
     * @param left whether they end a turn of a loop
     */
    record Attempt(Map<String, Item> names, boolean ended, Optional<Item> returned, boolean failed, boolean left) {}

    /** Runs host statements that may not run, and reports no mistakes. */
    Attempt attempt(List<Stmt> body) {
        boolean failedBefore = failed;
        boolean endedBefore = ended;
        Optional<Item> returnedBefore = returned;
        int mistakes = context.diagnostics().size();
        failed = false;
        boolean lost = false;
        try {
            context.speculate(() -> run(body));
        } catch (HostFlow.NotFollowed e) {
            lost = true;
        }
        context.forgetDiagnostics(mistakes);
        Attempt attempt = new Attempt(scope.snapshot(), isDone(), returned, failed, takeLeave() != Leave.NO || lost);
        failed = failedBefore;
        ended = endedBefore;
        returned = returnedBefore;
        return attempt;
    }

    /** What a host function returns. */
    void returns(Item item) {
        returned = Optional.of(item);
    }

    private void poison(Stmt stmt) {
        failed = true;
        AssignedNames.of(List.of(stmt)).forEach(name -> scope.bind(name, new Item.Opaque(POISON)));
    }

    @Override
    public Void visitExpression(Stmt.Expression stmt) {
        if (!(stmt.value() instanceof Expr.Constant)) {
            Item result = evaluator.evaluate(stmt.value());
            if (!context.builder.onDevice()) {
                host.effect(stmt.value(), result);
            }
        }
        return null;
    }

    @Override
    public Void visitAssign(Stmt.Assign stmt) {
        if (context.builder.onDevice() && stmt.targets().size() > 1) {
            throw context.error(stmt.span(), MessageKey.UNSUPPORTED_ON_DEVICE, "an assignment to several targets");
        }
        Item value = evaluator.evaluate(stmt.value());
        stmt.targets().forEach(target -> assign(target, value, stmt.span()));
        return null;
    }

    @Override
    public Void visitAnnotatedAssign(Stmt.AnnotatedAssign stmt) {
        if (stmt.value().isPresent()) {
            assign(stmt.target(), evaluator.evaluate(stmt.value().get()), stmt.span());
        }
        return null;
    }

    @Override
    public Void visitAugmentedAssign(Stmt.AugmentedAssign stmt) {
        Item old = evaluator.evaluate(stmt.target());
        Item change = evaluator.evaluate(stmt.value());
        if (old instanceof Item.Host && !context.builder.onDevice()) {
            return null; // A tensor's elements change in place.
        }
        Item value = evaluator.binary(stmt.operator(), old, change, stmt.span());
        assign(stmt.target(), value, stmt.span());
        return null;
    }

    /** Gives a value to a target. */
    void assign(Expr target, Item value, Span span) {
        if (target instanceof Expr.Name name) {
            bind(name, value);
        } else if (target instanceof Expr.TupleDisplay tuple) {
            unpack(tuple.elements(), value, span);
        } else if (target instanceof Expr.ListDisplay list) {
            unpack(list.elements(), value, span);
        } else if (target instanceof Expr.Subscript subscript && context.builder.onDevice()) {
            store(subscript, value, span);
        } else if (context.builder.onDevice()) {
            throw context.error(target.span(), MessageKey.BAD_TARGET);
        } else if (target instanceof Expr.Subscript subscript) {
            host.store(subscript, value, evaluator);
        }
    }

    private void bind(Expr.Name name, Item value) {
        if (!context.builder.onDevice()) {
            scope.bindOnHost(name.id(), context.isInlined() ? value : renamed(value, name.id()));
        } else if (scope.isHostName(name.id())) {
            throw context.error(name.span(), MessageKey.HOST_VARIABLE_ASSIGNED, name.id());
        } else {
            context.name(value, name.id());
            scope.bind(name.id(), value);
        }
    }

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
            Map<String, Item> fields = new java.util.LinkedHashMap<>();
            object.fields().forEach((field, item) -> fields.put(field, renamed(item, name + "." + field)));
            return new Item.Fields(object.what(), fields, object.isTuple());
        }
        if (value instanceof Item.Mapping mapping) {
            Map<Object, Item> entries = new java.util.LinkedHashMap<>();
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

    private void unpack(List<Expr> targets, Item value, Span span) {
        boolean host = !context.builder.onDevice();
        if (value instanceof Item.Fields fields && fields.isTuple()) {
            unpack(targets, Sequences.of(fields).orElseThrow(), span);
        } else if (host && targets.stream().anyMatch(Expr.Starred.class::isInstance)) {
            unpackStarred(targets, value, span);
        } else if (host && value instanceof Item.Host tensor) {
            Optional<Item> rows = HostViews.rows(tensor.tensor());
            unpack(targets, rows.orElse(new Item.Opaque("a part of " + value.describe())), span);
        } else if (value instanceof Item.Sequence sequence && sequence.items().size() == targets.size()) {
            for (int i = 0; i < targets.size(); i++) {
                assign(targets.get(i), sequence.items().get(i), span);
            }
        } else if (value instanceof Item.Extents extents && extents.dims().size() == targets.size()) {
            for (int i = 0; i < targets.size(); i++) {
                assign(targets.get(i), Attributes.item(extents.dims().get(i)), span);
            }
        } else if (value instanceof Item.Opaque opaque && !context.builder.onDevice()) {
            targets.forEach(target -> assign(target, opaque, span));
        } else {
            throw context.error(span, MessageKey.UNPACK, targets.size(), value.describe());
        }
    }

    private void unpackStarred(List<Expr> targets, Item value, Span span) {
        Optional<Item.Sequence> sequence = Sequences.of(value);
        int rest =
                sequence.map(known -> known.items().size() - targets.size() + 1).orElse(-1);
        int next = 0;
        for (Expr target : targets) {
            boolean starred = target instanceof Expr.Starred;
            Expr inner = starred ? ((Expr.Starred) target).value() : target;
            int count = starred ? rest : 1;
            Item part = new Item.Opaque("a part of " + value.describe());
            if (rest >= 0) {
                List<Item> items = sequence.orElseThrow().items().subList(next, next + count);
                part = starred ? new Item.Sequence(items, true) : items.get(0);
                next += count;
            }
            assign(inner, part, span);
        }
    }

    private void store(Expr.Subscript target, Item value, Span span) {
        Item tensor = evaluator.evaluate(target.value());
        if (!(tensor instanceof Item.Host || tensor instanceof Item.Stack)) {
            throw context.error(target.span(), MessageKey.STORE_TARGET, tensor.describe());
        }
        List<Item> subscript = Evaluator.subscript(evaluator.evaluate(target.index()));
        calls.indexing().store(tensor, subscript, context.operand(value, span), Optional.empty(), span);
    }

    @Override
    public Void visitFor(Stmt.For stmt) {
        Optional<String> kind = TileLoops.kind(stmt, evaluator);
        if (!context.builder.onDevice()) {
            if (kind.isPresent() && !kind.get().equals("range")) {
                throw context.error(stmt.header(), MessageKey.NESTED_ROOT_LOOP);
            }
            host.loop(stmt, evaluator);
            return null;
        }
        if (!stmt.orElse().isEmpty()) {
            throw context.error(stmt.header(), MessageKey.UNSUPPORTED_ON_DEVICE, "`else` after a loop");
        }
        boolean unrolls = kind.isPresent() && kind.get().equals("range") && picksFromSequence(stmt);
        if (kind.isPresent() && !kind.get().equals("static_range") && !unrolls) {
            new LoopBuilder(context, this, scope, tileLoops).build(stmt, kind.get());
            return null;
        }
        for (Item item : unrolled(stmt, kind)) {
            assign(stmt.target(), item, stmt.header());
            run(stmt.body());
        }
        return null;
    }

    /** Whether the body subscripts a tuple or list with the loop's variable, which then must be known. */
    private boolean picksFromSequence(Stmt.For stmt) {
        if (!(stmt.target() instanceof Expr.Name target)) {
            return false;
        }
        Pattern subscript = Pattern.compile("(\\w+)\\s*\\[[^\\]]*\\b" + Pattern.quote(target.id()) + "\\b");
        return stmt.body().stream()
                .flatMap(inner ->
                        subscript.matcher(context.source.text(inner.span())).results())
                .anyMatch(match -> scope.find(match.group(1)).orElse(null) instanceof Item.Sequence);
    }

    private List<Item> unrolled(Stmt.For stmt, Optional<String> kind) {
        if (kind.isPresent()) {
            List<Long> bounds = new ArrayList<>();
            for (Item item : evaluator.elements(((Expr.Call) stmt.iterable()).arguments())) {
                if (item instanceof Item.Known known && known.value() instanceof Long number) {
                    bounds.add(number);
                } else {
                    throw context.error(
                            stmt.iterable().span(),
                            MessageKey.NEEDS_CONSTANT,
                            "hl.static_range",
                            "bounds",
                            item.describe());
                }
            }
            long begin = bounds.size() > 1 ? bounds.get(0) : 0;
            long end = bounds.size() > 1 ? bounds.get(1) : bounds.get(0);
            long step = bounds.size() > 2 ? bounds.get(2) : 1;
            List<Item> items = new ArrayList<>();
            for (long i = begin; step > 0 ? i < end : i > end; i += step) {
                items.add(new Item.Known(i));
            }
            return items;
        }
        Item iterable = evaluator.evaluate(stmt.iterable());
        if (iterable instanceof Item.Sequence sequence) {
            return sequence.items();
        }
        throw context.error(stmt.iterable().span(), MessageKey.BAD_DEVICE_LOOP, iterable.describe());
    }

    @Override
    public Void visitWhile(Stmt.While stmt) {
        if (!context.builder.onDevice()) {
            host.loop(stmt, evaluator);
            return null;
        }
        if (!stmt.orElse().isEmpty()) {
            throw context.error(stmt.header(), MessageKey.UNSUPPORTED_ON_DEVICE, "`else` after a loop");
        }
        if (!unrolled(stmt)) {
            new LoopBuilder(context, this, scope, tileLoops).build(stmt);
        }
        return null;
    }

    /** Repeats the body as long as the test is known to be true; false, and nothing done, where it is not known. */
    private boolean unrolled(Stmt.While stmt) {
        Map<String, Item> before = scope.snapshot();
        int size = context.builder.size();
        for (int turn = 0; turn < MAX_UNROLLED_TURNS; turn++) {
            Optional<Boolean> truth = Constants.truth(evaluator.evaluate(stmt.test()));
            if (truth.isEmpty()) {
                context.builder.truncate(size);
                scope.restore(before);
                return false;
            }
            if (!truth.get()) {
                return true;
            }
            run(stmt.body());
        }
        throw context.error(stmt.header(), MessageKey.ENDLESS_LOOP, MAX_UNROLLED_TURNS);
    }

    @Override
    public Void visitIf(Stmt.If stmt) {
        Item test = evaluator.evaluate(stmt.test());
        Optional<Boolean> truth = Constants.truth(test);
        if (truth.isPresent()) {
            run(truth.get() ? stmt.body() : stmt.orElse());
        } else if (context.builder.onDevice()) {
            branch(stmt, context.operand(test, stmt.test().span()));
        } else {
            host.branch(stmt, test);
        }
        return null;
    }

    private void branch(Stmt.If stmt, Operand condition) {
        if (!condition.type().isScalar()) {
            throw context.error(stmt.test().span(), MessageKey.TENSOR_CONDITION);
        }
        Map<String, Item> before = scope.snapshot();
        Branch then = runBranch(stmt.body());
        scope.restore(before);
        Branch otherwise = runBranch(stmt.orElse());
        scope.restore(before);
        Set<String> names = new LinkedHashSet<>(then.names().keySet());
        names.addAll(otherwise.names().keySet());
        List<FlowOp.Merged> merged = new ArrayList<>();
        for (String name : names) {
            Item a = then.names().get(name);
            Item b = otherwise.names().get(name);
            if (a == null || b == null) {
                scope.bind(name, new Item.Opaque("`" + name + "`, which only one branch assigns"));
            } else if (!a.equals(before.get(name)) || !b.equals(before.get(name))) {
                scope.bind(name, merge(name, a, b, merged, stmt.header()).orElseGet(() -> torn(name, a, b)));
            }
        }
        context.builder.emit(new FlowOp.If(condition, then.ops(), otherwise.ops(), merged, stmt.span()));
    }

    /**
     * One item of what the branches made of a name; numbers take the type of the other branch's value. Empty where the
     * two do not fit, which matters only to who reads the name later.
     */
    private Optional<Item> merge(String name, Item a, Item b, List<FlowOp.Merged> merged, Span span) {
        if (a.equals(b)) {
            return Optional.of(a);
        }
        Optional<Operand> x = operand(a);
        Optional<Operand> y = operand(b);
        if (x.isEmpty() || y.isEmpty()) {
            return Optional.empty();
        }
        Operand first =
                x.get().isNumber() ? calls.ops().cast(x.get(), y.get().type().dtype(), span) : x.get();
        Operand second =
                y.get().isNumber() ? calls.ops().cast(y.get(), first.type().dtype(), span) : y.get();
        boolean fits = first.type().equals(second.type()) || first.isNumber() || second.isNumber();
        if (!fits) {
            return Optional.empty();
        }
        Operand.Value result = context.builder.value(first.isNumber() ? second.type() : first.type(), name);
        merged.add(new FlowOp.Merged(first, second, result));
        return Optional.of(new Item.Device(result));
    }

    private static Item torn(String name, Item a, Item b) {
        return new Item.Opaque(
                "`%s`, which is %s in one branch and %s in the other".formatted(name, a.describe(), b.describe()));
    }

    private static Optional<Operand> operand(Item item) {
        if (item instanceof Item.Device device) {
            return Optional.of(device.operand());
        }
        if (item instanceof Item.Known known && known.value() instanceof Long number) {
            return Optional.of(new Operand.Literal(number, DType.INT64));
        }
        if (item instanceof Item.Known known && known.value() instanceof Double number) {
            return Optional.of(new Operand.Literal(number, DType.FLOAT32));
        }
        return item instanceof Item.Known known && known.value() instanceof Boolean flag
                ? Optional.of(new Operand.Literal(flag, DType.BOOL))
                : Optional.empty();
    }

    private record Branch(List<Op> ops, Map<String, Item> names) {}

    private Branch runBranch(List<Stmt> body) {
        context.builder.open();
        run(body);
        Map<String, Item> names = scope.snapshot();
        if (returned.isPresent()) {
            throw context.error(body.get(0).span(), MessageKey.UNSUPPORTED_ON_DEVICE, "`return` in a runtime branch");
        }
        return new Branch(context.builder.close(), names);
    }

    /** A tile loop that the host may run or not. */
    void refuseTileLoops(List<Stmt> body) {
        for (Stmt stmt : body) {
            if (stmt instanceof Stmt.For loop) {
                if (TileLoops.isTileLoop(loop, evaluator)) {
                    throw context.error(loop.header(), MessageKey.NESTED_ROOT_LOOP);
                }
                refuseTileLoops(loop.body());
            } else if (stmt instanceof Stmt.While loop) {
                refuseTileLoops(loop.body());
            } else if (stmt instanceof Stmt.If branch) {
                refuseTileLoops(branch.body());
                refuseTileLoops(branch.orElse());
            } else if (stmt instanceof Stmt.Other other) {
                refuseTileLoops(other.blocks());
            }
        }
    }

    @Override
    public Void visitReturn(Stmt.Return stmt) {
        boolean kernel = !context.builder.onDevice() && !context.isInlined();
        Optional<Item> value = stmt.value().map(expr -> {
            int mistakes = context.diagnostics().size();
            try {
                return evaluator.evaluate(expr);
            } catch (CompileException e) {
                if (!kernel) {
                    throw e;
                }
                context.forgetDiagnostics(mistakes);
                return new Item.Opaque("what the kernel returns");
            }
        });
        // What a kernel returns early is Python's business; the tile loops are compiled all the same.
        if (!kernel) {
            returned = Optional.of(value.orElse(new Item.Known(Expr.Special.NONE)));
        } else if (context.isSpeculative()) {
            ended = true;
        }
        return null;
    }

    @Override
    public Void visitAssert(Stmt.Assert stmt) {
        Item test;
        try {
            test = evaluator.evaluate(stmt.test());
        } catch (CompileException e) {
            if (context.builder.onDevice()) {
                throw e;
            }
            return null;
        }
        if (Constants.truth(test).equals(Optional.of(false)) && context.isSpeculative()) {
            ended = true;
        } else if (Constants.truth(test).equals(Optional.of(false))) {
            throw context.error(stmt.span(), MessageKey.ASSERT_FAILS);
        }
        return null;
    }

    @Override
    public Void visitRaise(Stmt.Raise stmt) {
        deviceRefuses(stmt.span(), "`raise`");
        if (!context.isSpeculative() && !context.isInlined()) {
            throw context.error(stmt.span(), MessageKey.HOST_RAISES);
        }
        ended = true;
        return null;
    }

    @Override
    public Void visitPass(Stmt.Pass stmt) {
        return null;
    }

    @Override
    public Void visitBreak(Stmt.Break stmt) {
        if (context.builder.onDevice()) {
            throw context.error(stmt.span(), MessageKey.BREAK_IN_TILE_LOOP, "break");
        }
        leave = Leave.BREAK;
        return null;
    }

    @Override
    public Void visitContinue(Stmt.Continue stmt) {
        if (context.builder.onDevice()) {
            throw context.error(stmt.span(), MessageKey.BREAK_IN_TILE_LOOP, "continue");
        }
        leave = Leave.CONTINUE;
        return null;
    }

    @Override
    public Void visitFunctionDef(Stmt.FunctionDef stmt) {
        Item function = new Item.NestedFunction(stmt, scope.snapshot());
        if (context.builder.onDevice()) {
            scope.bind(stmt.name(), function);
        } else {
            scope.bindOnHost(stmt.name(), function);
        }
        return null;
    }

    @Override
    public Void visitClassDef(Stmt.ClassDef stmt) {
        return deviceRefuses(stmt.span(), "a class");
    }

    @Override
    public Void visitImport(Stmt.Import stmt) {
        for (Stmt.Alias alias : stmt.names()) {
            String root = alias.name().split("\\.")[0];
            scope.bindOnHost(
                    alias.asName().orElse(root),
                    new Item.Qualified(alias.asName().isPresent() ? alias.name() : root));
        }
        return deviceRefuses(stmt.span(), "`import`");
    }

    @Override
    public Void visitImportFrom(Stmt.ImportFrom stmt) {
        for (Stmt.Alias alias : stmt.names()) {
            scope.bindOnHost(
                    alias.asName().orElse(alias.name()), new Item.Qualified(stmt.module() + "." + alias.name()));
        }
        return deviceRefuses(stmt.span(), "`import`");
    }

    @Override
    public Void visitOther(Stmt.Other stmt) {
        if (!context.builder.onDevice()) {
            host.other(stmt);
        }
        return deviceRefuses(stmt.span(), "`" + stmt.what() + "`");
    }

    private Void deviceRefuses(Span span, String what) {
        if (context.builder.onDevice()) {
            throw context.error(span, MessageKey.UNSUPPORTED_ON_DEVICE, what);
        }
        return null;
    }
}
