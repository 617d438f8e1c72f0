package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.diagnostics.CompileException;
import dev.perihelion.compiler.diagnostics.InternalFailure;
import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.syntax.Stmt;
import dev.perihelion.compiler.syntax.StmtVisitor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs statements abstractly: device statements become operations, host statements bind what can be known of them. */
final class Statements implements StmtVisitor<Void> {

    /** Marks a name whose value was lost to a mistake that is reported already. */
    static final String POISON = "poison";

    private final Context context;
    private final Scope scope;
    private final Evaluator evaluator;
    private final Operators operators;
    private final TileLoops tileLoops;
    private Optional<Item> returned = Optional.empty();
    private boolean failed;
    private boolean ended;
    private Leave leave = Leave.NO;
    private final HostFlow host;
    private final Assignments assignments;
    private final Unroller unroller;

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
        this.scope = scope;
        this.evaluator = new Evaluator(context, calls, scope);
        this.operators = new Operators(context, calls);
        this.tileLoops = tileLoops;
        this.host = new HostFlow(context, this, scope);
        this.assignments = new Assignments(context, calls.indexing(), scope, evaluator, host);
        this.unroller = new Unroller(context, this, scope);
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
        Item value = operators.binary(stmt.operator(), old, change, stmt.span());
        assign(stmt.target(), value, stmt.span());
        return null;
    }

    /** Gives a value to a target. */
    void assign(Expr target, Item value, Span span) {
        assignments.assign(target, value, span);
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
        boolean unrolls = kind.isPresent() && kind.get().equals("range") && unroller.picksFromSequence(stmt);
        if (kind.isPresent() && !kind.get().equals("static_range") && !unrolls) {
            new LoopBuilder(context, this, scope, tileLoops).build(stmt, kind.get());
            return null;
        }
        for (Item item : unroller.turns(stmt, kind)) {
            assign(stmt.target(), item, stmt.header());
            run(stmt.body());
        }
        return null;
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
        if (!unroller.repeat(stmt)) {
            new LoopBuilder(context, this, scope, tileLoops).build(stmt);
        }
        return null;
    }

    @Override
    public Void visitIf(Stmt.If stmt) {
        Item test = evaluator.evaluate(stmt.test());
        Optional<Boolean> truth = Constants.truth(test);
        if (truth.isPresent()) {
            run(truth.get() ? stmt.body() : stmt.orElse());
        } else if (context.builder.onDevice()) {
            new BranchBuilder(context, this, scope)
                    .build(stmt, context.operand(test, stmt.test().span()));
        } else {
            host.branch(stmt, test);
        }
        return null;
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
