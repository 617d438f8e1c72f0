package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.args.ArgumentSpec;
import dev.perihelion.compiler.args.Arguments;
import dev.perihelion.compiler.diagnostics.CompileException;
import dev.perihelion.compiler.diagnostics.InternalFailure;
import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.ir.DeadCode;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.KernelIr;
import dev.perihelion.compiler.ir.MemoryOp;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operands;
import dev.perihelion.compiler.ir.RootLoop;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.ModuleAst;
import dev.perihelion.compiler.syntax.Parameters;
import dev.perihelion.compiler.syntax.SourceFile;
import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.syntax.Stmt;
import dev.perihelion.compiler.type.DType;
import dev.perihelion.search.space.Configuration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Turns one kernel of a parsed file into tile IR, by running it abstractly with the given arguments. */
public final class KernelFrontend {

    private final Context context;
    private final ModuleScope module;
    private final Stmt.FunctionDef definition;
    private final Calls calls;
    private final Scope scope;
    private final TileLoops tileLoops;
    private final Statements statements;
    private final Map<String, ArgumentSpec> arguments = new LinkedHashMap<>();

    private final GivenFunctions functions;
    private final DynamicSizes dynamic;
    private final List<HostTensor> dynamicTensors = new ArrayList<>();

    private KernelFrontend(
            ModuleAst ast, Stmt.FunctionDef definition, KernelSettings settings, Set<String> constantSizes) {
        this.dynamic = new DynamicSizes(constantSizes);
        this.context = new Context(ast.source(), settings);
        this.module = new ModuleScope(ast);
        this.definition = definition;
        this.calls = new Calls(context, module);
        this.functions = new GivenFunctions(context);
        this.scope = new Scope(module);
        this.tileLoops = new TileLoops(context);
        this.statements = new Statements(context, calls, scope, tileLoops);
    }

    /** The file to analyse: arguments that are Python expressions are definitions in it. */
    public static SourceFile withArguments(SourceFile file, Arguments given) {
        return GivenFunctions.withExpressions(file, given);
    }

    /**
     * A kernel and everything known of it.
     *
     * @param ir the program
     * @param arguments every parameter in order, defaults included
     * @param configurations what the decorator's {@code config} and {@code configs} say
     */
    public record Result(KernelIr ir, Arguments arguments, List<Configuration> configurations) {}

    /**
     * Runs the front end.
     *
     * @throws CompileException with all mistakes found
     */
    public static Result run(ModuleAst ast, String kernelName, Arguments given) {
        KernelFinder.Found found = KernelFinder.find(ast, kernelName);
        Optional<Result> dynamic = found.settings().staticShapes() ? Optional.empty() : dynamic(ast, found, given);
        return dynamic.orElseGet(() -> run(ast, found, KernelSettings::withStaticShapes, Set.of(), given));
    }

    /**
     * With sizes that the launch tells, as far as the kernel allows that; none where it does not, so that a mistake in it
     * is reported for the shapes at hand.
     */
    private static Optional<Result> dynamic(ModuleAst ast, KernelFinder.Found found, Arguments given) {
        Set<String> constants = new HashSet<>();
        for (; ; ) {
            try {
                return Optional.of(run(ast, found, settings -> settings, constants, given));
            } catch (Specialization needed) {
                if (!constants.addAll(needed.names())) {
                    return Optional.empty();
                }
            } catch (CompileException | InternalFailure e) {
                return Optional.empty();
            }
        }
    }

    private static Result run(
            ModuleAst ast,
            KernelFinder.Found found,
            UnaryOperator<KernelSettings> settings,
            Set<String> constantSizes,
            Arguments given) {
        KernelFrontend frontend =
                new KernelFrontend(ast, found.definition(), settings.apply(found.settings()), constantSizes);
        Result result = frontend.run(given);
        List<Configuration> configurations = new UserConfigurations(
                        frontend.module, new Evaluator(frontend.context, frontend.calls, new Scope(frontend.module)))
                .of(found.keywords());
        return new Result(result.ir(), result.arguments(), configurations);
    }

    private Result run(Arguments given) {
        bindParameters(given);
        failOnMistakes();
        List<Stmt> prologue = new ArrayList<>();
        List<Stmt> epilogue = new ArrayList<>();
        List<RootLoop> roots = new ArrayList<>();
        int phase = 0;
        for (Stmt stmt : definition.body()) {
            Optional<Stmt.For> loop = rootLoop(stmt);
            if (loop.isPresent() && !epilogue.isEmpty()) {
                context.report(context.error(epilogue.get(0).span(), MessageKey.STATEMENT_BETWEEN_LOOPS));
                break;
            } else if (loop.isPresent()) {
                roots.add(build(loop.get(), phase));
            } else if (isBarrier(stmt) && !roots.isEmpty()) {
                phase++;
            } else {
                boolean passes = stmt instanceof Stmt.Pass;
                (roots.isEmpty() || passes ? prologue : epilogue).add(stmt);
                statements.run(List.of(stmt));
            }
        }
        failOnMistakes();
        if (roots.isEmpty()) {
            throw context.error(definition.nameSpan(), MessageKey.NO_DEVICE_LOOP);
        }
        roots.forEach(root -> Operands.walk(root.body(), this::checkNamed));
        RootDependencies.check(context, roots);
        failOnMistakes();
        KernelIr ir = new KernelIr(
                definition,
                prologue,
                roots,
                epilogue,
                context.blocks,
                context.hostScalars(),
                List.copyOf(context.tunables.values()),
                context.hostEdits(),
                context.pinned(),
                context.indexType(),
                dynamic.variables(),
                dynamic.variables().isEmpty() ? List.of() : dynamicTensors,
                context.hints());
        return new Result(ir, new Arguments(arguments), List.of());
    }

    /** The launch can pass only what host code holds under a name. */
    private void checkNamed(Op op) {
        Optional<HostTensor> tensor = op instanceof MemoryOp.Load load
                ? Optional.of(load.tensor())
                : op instanceof MemoryOp.Store store
                        ? Optional.of(store.tensor())
                        : op instanceof MemoryOp.Atomic atomic ? Optional.of(atomic.tensor()) : Optional.empty();
        if (tensor.filter(known -> known.name().equals(HostTensor.MADE)).isPresent()) {
            context.report(context.error(
                    op.span(),
                    MessageKey.OPAQUE_ON_DEVICE,
                    "a tensor that no variable of the kernel's host code holds"));
        }
    }

    private void failOnMistakes() {
        if (!context.diagnostics().isEmpty()) {
            throw new CompileException(context.diagnostics());
        }
    }

    private Optional<Stmt.For> rootLoop(Stmt stmt) {
        if (stmt instanceof Stmt.For loop && TileLoops.isTileLoop(loop, statements.evaluator())) {
            return Optional.of(loop);
        }
        return Optional.empty();
    }

    private boolean isBarrier(Stmt stmt) {
        return stmt instanceof Stmt.Expression expression
                && expression.value() instanceof Expr.Call call
                && call.arguments().isEmpty()
                && (call.callee() instanceof Expr.Name || call.callee() instanceof Expr.Attribute)
                && statements.evaluator().evaluate(call.callee()) instanceof Item.Qualified callee
                && callee.path().equals("helion.language.barrier");
    }

    private RootLoop build(Stmt.For loop, int phase) {
        Map<String, Item> hostNames = scope.snapshot();
        hostNames.values().forEach(this::countElements);
        TileLoops.Header header = null;
        List<Op> body = List.of();
        List<Op> preamble = new ArrayList<>();
        try {
            String kind = TileLoops.kind(loop, statements.evaluator()).orElseThrow();
            if (!kind.equals("tile") && !kind.equals("grid")) {
                throw context.error(
                        loop.header(), MessageKey.UNSUPPORTED_ON_DEVICE, "a root loop over `hl." + kind + "`");
            }
            header = header(loop, kind, preamble);
            context.builder.open();
            tileLoops.bindTarget(loop, header, scope);
            statements.run(loop.body());
            body = context.builder.close();
        } catch (CompileException mistake) {
            context.report(mistake);
            return new RootLoop(List.of(), List.of(), List.of(), phase, loop.span());
        } catch (Poisoned reported) {
            return new RootLoop(List.of(), List.of(), List.of(), phase, loop.span());
        }
        scope.restore(hostNames);
        tileLoops.leave(header);
        return new RootLoop(header.axes(), preamble, DeadCode.removed(body), phase, loop.span());
    }

    /** Asks for wide positions where a tensor needs them; one whose size a configuration decides does not. */
    private void countElements(Item item) {
        if (item instanceof Item.Sequence sequence) {
            sequence.items().forEach(this::countElements);
        } else if (item instanceof Item.Host host
                && host.tensor().constantShape().isPresent()
                && host.tensor().constantStrides().isPresent()) {
            boolean wide = host.tensor().numel().constant().orElse(0) > Integer.MAX_VALUE
                    || host.tensor().span(size -> size.constant().orElse(0)) > Integer.MAX_VALUE;
            if (wide) {
                context.needWideIndices();
            }
        }
    }

    /** Reads a root loop's header as host code, or as device code where its bounds lie in device memory. */
    private TileLoops.Header header(Stmt.For loop, String kind, List<Op> preamble) {
        try {
            return tileLoops.header(loop, kind, statements.evaluator());
        } catch (CompileException mistake) {
            boolean inMemory = mistake.diagnostics().stream()
                    .allMatch(diagnostic -> diagnostic.key() == MessageKey.OPAQUE_ON_DEVICE);
            if (!inMemory) {
                throw mistake;
            }
        }
        context.builder.open();
        try {
            return tileLoops.header(loop, kind, statements.evaluator());
        } finally {
            preamble.addAll(context.builder.close());
        }
    }

    private void bindParameters(Arguments given) {
        List<String> names = new ArrayList<>();
        for (Parameters.Parameter parameter : definition.parameters().all()) {
            if (parameter.kind() == Parameters.Kind.VAR_POSITIONAL || parameter.kind() == Parameters.Kind.VAR_KEYWORD) {
                throw context.error(
                        parameter.span(), MessageKey.KERNEL_PARAMETER_KIND, parameter.name(), "it is not ordinary");
            }
            names.add(parameter.name());
            ArgumentSpec spec = given.byName().get(parameter.name());
            if (spec == null && parameter.defaultValue().isPresent()) {
                Item standard =
                        statements.evaluator().evaluate(parameter.defaultValue().get());
                spec = constant(standard).orElse(null);
                if (spec == null) {
                    // A default that no value of the command line stands for, as a lambda: Python fills it in.
                    scope.bindOnHost(parameter.name(), standard);
                    continue;
                }
            }
            if (spec == null) {
                context.report(context.error(parameter.span(), MessageKey.KERNEL_ARGUMENT_MISSING, parameter.name()));
                continue;
            }
            arguments.put(parameter.name(), described(spec, parameter.span()));
            boolean constant = parameter
                    .annotation()
                    .map(annotation -> context.source.text(annotation.span()).toLowerCase(java.util.Locale.ROOT))
                    .filter(text -> text.contains("constexpr"))
                    .isPresent();
            scope.bindOnHost(parameter.name(), item(parameter.name(), spec, constant, parameter.span()));
        }
        for (String name : given.byName().keySet()) {
            if (!names.contains(name)) {
                context.report(context.error(
                        definition.nameSpan(),
                        MessageKey.KERNEL_ARGUMENT_UNKNOWN,
                        definition.name(),
                        name,
                        String.join(", ", names)));
            }
        }
    }

    private Optional<ArgumentSpec> constant(Item item) {
        if (item instanceof Item.Known known) {
            Object constant = known.value();
            if (constant instanceof Long number) {
                return Optional.of(new ArgumentSpec.Int(number));
            }
            if (constant instanceof Double number) {
                return Optional.of(new ArgumentSpec.Float(number));
            }
            if (constant instanceof Boolean flag) {
                return Optional.of(new ArgumentSpec.Bool(flag));
            }
            if (constant instanceof String text) {
                return Optional.of(new ArgumentSpec.Str(text));
            }
            if (constant instanceof DType dtype) {
                return Optional.of(new ArgumentSpec.DTypeValue(dtype));
            }
            return constant == Expr.Special.NONE ? Optional.of(new ArgumentSpec.None()) : Optional.empty();
        }
        if (item instanceof Item.Sequence sequence) {
            List<ArgumentSpec> items = sequence.items().stream()
                    .flatMap(element -> constant(element).stream())
                    .toList();
            return Optional.<ArgumentSpec>of(new ArgumentSpec.Sequence(!sequence.isList(), items))
                    .filter(spec -> items.size() == sequence.items().size());
        }
        if (item instanceof Item.UserFunction function) {
            return Optional.of(new ArgumentSpec.Function(function.definition().name()));
        }
        return Optional.empty();
    }

    private Item item(String name, ArgumentSpec spec, boolean constant, Span span) {
        if (spec instanceof ArgumentSpec.Tensor tensor) {
            countElements(tensor, name, span);
            List<Size> shape = context.settings.staticShapes() ? sizes(tensor.shape()) : dynamic.shape(name, tensor);
            List<Size> strides = context.settings.staticShapes()
                    ? sizes(tensor.effectiveStrides())
                    : dynamic.strides(name, tensor, shape);
            HostTensor made = new HostTensor(name, tensor.dtype(), shape, strides);
            if (!context.settings.staticShapes()) {
                dynamicTensors.add(made);
            }
            return new Item.Host(made);
        }
        if (spec instanceof ArgumentSpec.Int number) {
            return number(name, number.value(), DType.INT64, constant);
        }
        if (spec instanceof ArgumentSpec.Float number) {
            return number(name, number.value(), DType.FLOAT32, constant);
        }
        if (spec instanceof ArgumentSpec.Bool flag) {
            return number(name, flag.value(), DType.BOOL, constant);
        }
        if (spec instanceof ArgumentSpec.Str text) {
            context.expect(name, text.value());
            return new Item.Known(text.value());
        }
        if (spec instanceof ArgumentSpec.DTypeValue dtype) {
            context.expect(name, dtype.dtype());
            return new Item.Known(dtype.dtype());
        }
        if (spec instanceof ArgumentSpec.Function function) {
            return functions.given(value(function, span), name);
        }
        if (spec instanceof ArgumentSpec.Sequence sequence) {
            List<Item> items = new ArrayList<>();
            context.expect("len(" + name + ")", (long) sequence.items().size());
            for (int i = 0; i < sequence.items().size(); i++) {
                items.add(item(name + "[" + i + "]", sequence.items().get(i), constant, span));
            }
            return new Item.Sequence(items, !sequence.isTuple());
        }
        context.expect(name, Expr.Special.NONE);
        return new Item.Known(Expr.Special.NONE);
    }

    private void countElements(ArgumentSpec.Tensor tensor, String name, Span span) {
        HostTensor given =
                new HostTensor(name, tensor.dtype(), sizes(tensor.shape()), sizes(tensor.effectiveStrides()));
        boolean narrow = context.settings.indexType().equals(Optional.of(DType.INT32));
        if (narrow && given.numel().constant().orElse(0) > Integer.MAX_VALUE) {
            throw context.error(span, MessageKey.INDEX_TYPE, name);
        }
        countElements(new Item.Host(given));
    }

    /** An argument with what workers need to know of the functions in it. */
    private ArgumentSpec described(ArgumentSpec spec, Span span) {
        if (spec instanceof ArgumentSpec.Sequence sequence) {
            return new ArgumentSpec.Sequence(
                    sequence.isTuple(),
                    sequence.items().stream().map(item -> described(item, span)).toList());
        }
        return spec instanceof ArgumentSpec.Function function
                ? GivenFunctions.described(function, value(function, span))
                : spec;
    }

    /** What a function of the file, or an expression, is. */
    private Item value(ArgumentSpec.Function function, Span span) {
        String name = GivenFunctions.name(function.name());
        Item found =
                module.find(name).orElseThrow(() -> context.error(span, MessageKey.UNDEFINED_NAME, function.name()));
        return found instanceof Item.Opaque ? calls.moduleValue(name, found) : found;
    }

    private Item number(String name, Object value, DType dtype, boolean constant) {
        if (constant) {
            context.expect(name, value);
        }
        return constant
                ? new Item.Known(value)
                : new Item.Runtime(name, dtype, Optional.of(new Item.Given(value, Map.of(name, value))));
    }

    private static List<Size> sizes(List<Long> numbers) {
        return numbers.stream().map(Size::of).toList();
    }
}
