package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.Feasibility;
import dev.perihelion.compiler.GeneratedModule;
import dev.perihelion.compiler.InvalidConfigurationException;
import dev.perihelion.compiler.Target;
import dev.perihelion.compiler.TileCompiler;
import dev.perihelion.compiler.args.ArgumentSpec;
import dev.perihelion.compiler.args.Arguments;
import dev.perihelion.compiler.ir.HostEdit;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.KernelIr;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.space.Keys;
import dev.perihelion.compiler.space.LoopFacts;
import dev.perihelion.compiler.space.PartLengths;
import dev.perihelion.compiler.syntax.Expr;
import dev.perihelion.compiler.syntax.ModuleAst;
import dev.perihelion.compiler.syntax.Parameters;
import dev.perihelion.compiler.type.DType;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.ParameterName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Puts a standalone module together: imports, helpers, the device function, the host function. */
public final class ModulePrinter {

    private static final long MOST_REGISTERS = 256;
    private static final long REGISTERS_OF_A_MULTIPROCESSOR = 65_536;

    /** Positions in tensors are 32-bit numbers where all of a tensor had 32-bit positions when this was generated. */
    private static final String EXPECT_NARROW = """
            def _expect_narrow(name, tensor):
                last = sum((size - 1) * abs(stride) for size, stride in zip(tensor.shape, tensor.stride()))
                if last > 2**31 - 1:
                    raise ValueError(f"`{name}` is too large for this module, which was generated for smaller tensors.")
            """;

    private static final String SEEN = """
            def _seen(function, name):
                return function.__closure__[function.__code__.co_freevars.index(name)].cell_contents
            """;

    private static final String LAUNCH = """
            def _launch(kernel, grid, *args, **options):
                if all(grid):
                    kernel[grid](*args, **options)
            """;

    private static final String EXPECT = """
            def _expect(name, tensor, dtype, shape, strides):
                fits = tensor.dtype == dtype and tensor.shape == shape
                if fits and tensor.stride() != strides:
                    # The stride of an axis of one element is never used.
                    fits = all(size == 1 or a == b for size, a, b in zip(shape, tensor.stride(), strides))
                if not fits:
                    raise ValueError(
                        f"`{name}` must be {dtype} with shape {shape} and strides {strides}, for which this module was "
                        f"generated; it is {tensor.dtype} with shape {tuple(tensor.shape)} and strides {tensor.stride()}."
                    )
            """;

    private static final String EXPECT_VALUE = """
            def _expect_value(name, value, expected):
                if value != expected:
                    raise ValueError(f"`{name}` must be {expected}, for which this module was generated; it is {value}.")
            """;

    private static final String PROCESSORS = """
            def _processors(device, *, reserved_sms=0):
                if torch.device(device).type == "meta":
                    return max(1, %1$d - reserved_sms)
                if torch.device(device).type != "cuda":
                    return 4
                return max(1, torch.cuda.get_device_properties(device).multi_processor_count - reserved_sms)


            class _DeviceProperties:
                def __init__(self, device="cuda"):
                    self.device = torch.device("cuda" if device is None else device)

                def __getattr__(self, name):
                    if name == "multi_processor_count":
                        return _processors(self.device)
                    return getattr(torch.cuda.get_device_properties(self.device), name)
            """;

    private static final String PROGRAMS = """
            def _programs(device, multiplier, most):
                if device.type not in ("cuda", "meta"):
                    return 1 if most is None else most
                known = device.type == "cuda"
                programs = torch.cuda.get_device_properties(device).multi_processor_count if known else %1$d
                programs *= multiplier
                return programs if most is None else min(most, programs)
            """;

    private static final String ALIGNED = """
            def _aligned(*tensors):
                # Hardware reads and writes blocks only at addresses that 16 divides.
                return all(
                    tensor.data_ptr() % 16 == 0 and tensor.storage_offset() * tensor.element_size() % 16 == 0
                    for tensor in tensors
                )
            """;

    private static final String SCRATCH = """
            def _scratch(device):
                return lambda size, alignment, stream: torch.empty(size, device=device, dtype=torch.int8)
            """;

    private final ModuleAst ast;
    private final KernelIr ir;
    private final LoopFacts facts;
    private final Arguments arguments;
    private final Target target;
    private final List<Size> parts;

    public ModulePrinter(ModuleAst ast, KernelIr ir, LoopFacts facts, Arguments arguments, Target target) {
        this.ast = ast;
        this.ir = ir;
        this.facts = facts;
        this.arguments = arguments;
        this.target = target;
        this.parts = PartLengths.of(ir);
    }

    /** The module for a normalised configuration. */
    public GeneratedModule print(Configuration configuration) {
        Plan plan = new Plan(facts, configuration, target);
        parts.forEach(part -> check(part, plan));
        KernelPrinter.Printed kernel = new KernelPrinter(ir, plan).print("");
        Optional<KernelPrinter.Printed> plain = kernel.usesDescriptors()
                ? Optional.of(new KernelPrinter(ir, plan.withoutDescriptors()).print("_unaligned"))
                : Optional.empty();
        String kernels =
                kernel.text() + plain.map(other -> "\n\n" + other.text()).orElse("");
        List<String> host = hostFunction(plan, kernel, plain);
        StringBuilder body = new StringBuilder("import torch\nimport triton\nimport triton.language as tl\n");
        HostPrinter hostPrinter = new HostPrinter(ast.source(), ir, plan);
        List<String> using = new ArrayList<>(withDefaults(host));
        using.addAll(kernel.foreign());
        List<String> definitions = new ArrayList<>(new HostDefinitions(ast, hostPrinter::edited).neededBy(using));
        if (definitions.remove(HostDefinitions.FUTURE)) {
            body.insert(0, HostDefinitions.FUTURE + "\n\n");
        }
        definitions.forEach(definition -> body.append(definition).append('\n'));
        body.append("\n\n").append(Prelude.of(kernels));
        body.append(kernels).append("\n\n").append(LAUNCH).append("\n\n").append(EXPECT);
        if (!ir.pinned().isEmpty()) {
            body.append("\n\n").append(EXPECT_VALUE);
        }
        String text = String.join("\n", host) + String.join("\n", definitions);
        if (text.contains("_seen(")) {
            body.append("\n\n").append(SEEN);
        }
        if (text.contains("_expect_narrow(")) {
            body.append("\n\n").append(EXPECT_NARROW);
        }
        if (text.contains(HostEdit.PROCESSORS + "(") || text.contains(HostEdit.PROPERTIES + "(")) {
            body.append("\n\n").append(PROCESSORS.formatted(target.multiprocessors()));
        }
        if (plan.isPersistent()) {
            body.append("\n\n").append(PROGRAMS.formatted(target.multiprocessors()));
        }
        if (kernel.usesDescriptors()) {
            body.append("\n\n").append(ALIGNED).append("\n\n").append(SCRATCH);
        }
        body.append("\n\n").append(String.join("\n", host)).append('\n');
        String header = "# " + ir.definition().name() + ", generated by Perihelion " + TileCompiler.VERSION + " for "
                + target + ".\n# Configuration: " + configuration.toJson() + "\n";
        return new GeneratedModule(header + body, sha256(body.toString()), kernel.work(), kernel.feasibility());
    }

    private void check(Size part, Plan plan) {
        if (plan.evaluate(part) <= 0) {
            String blocks = part.blocks().stream()
                    .map(id -> "`" + ir.blocks().get(id).name() + "` of length " + plan.block(id))
                    .collect(Collectors.joining(" and "));
            throw new InvalidConfigurationException("With this configuration a part of the block "
                    + (blocks.isEmpty() ? "that a tunable decides" : blocks)
                    + " has no elements. Use a larger block size.");
        }
    }

    /** What a host function executes: its body, and the defaults of its parameters. */
    private List<String> withDefaults(List<String> host) {
        List<String> lines = new ArrayList<>(host.subList(1, host.size()));
        for (Parameters.Parameter parameter : ir.definition().parameters().all()) {
            parameter.defaultValue().ifPresent(value -> lines.add(ast.source().text(value.span())));
        }
        return lines;
    }

    /** The host function; {@code plain} is the device function for tensors that descriptors cannot be made of. */
    private List<String> hostFunction(Plan plan, KernelPrinter.Printed kernel, Optional<KernelPrinter.Printed> plain) {
        HostPrinter hostPrinter = new HostPrinter(ast.source(), ir, plan);
        List<String> lines = new ArrayList<>();
        List<String> parameters = new ArrayList<>();
        boolean named = false;
        boolean optional = false;
        for (Parameters.Parameter parameter : ir.definition().parameters().all()) {
            // Parameters that can only be named may stand by position too, where Python's order allows that.
            if (parameter.kind() == Parameters.Kind.KEYWORD_ONLY
                    && !named
                    && optional
                    && parameter.defaultValue().isEmpty()) {
                parameters.add("*");
                named = true;
            }
            optional |= parameter.defaultValue().isPresent();
            String standard = parameter
                    .defaultValue()
                    .map(value -> "=" + hostPrinter.edited(value.span()))
                    .orElse("");
            parameters.add(parameter.name() + standard);
        }
        lines.add("def " + ir.definition().name() + "(" + String.join(", ", parameters)
                + (named ? ", _launcher=_launch):" : ", *, _launcher=_launch):"));
        List<String> body = new ArrayList<>();
        ir.sizes().forEach((variable, expression) -> body.add(variable + " = " + expression));
        arguments.byName().forEach((name, spec) -> {
            if (spec instanceof ArgumentSpec.Tensor tensor && ir.sizes().isEmpty()) {
                body.add("_expect(\"" + name + "\", " + name + ", torch."
                        + tensor.dtype().torchName() + ", " + tuple(tensor.shape()) + ", "
                        + tuple(tensor.effectiveStrides()) + ")");
            }
        });
        ir.inputs().forEach(tensor -> body.add(expectation(tensor, plan)));
        ir.pinned()
                .forEach((name, value) -> body.add(
                        "_expect_value(\"" + name.replace("\"", "'") + "\", " + name + ", " + constant(value) + ")"));
        body.addAll(hostPrinter.lines(ir.prologue()));
        kernel.tensors().stream()
                .filter(tensor -> !isUntouchedArgument(tensor) && !ir.inputs().contains(tensor))
                .forEach(tensor -> body.add(expectation(tensor, plan)));
        kernel.tensors().stream()
                .filter(tensor -> tensor.isLaunched() && tensor.span(plan::evaluate) <= Integer.MAX_VALUE)
                .forEach(tensor -> body.add("_expect_narrow(" + quoted(tensor.name()) + ", " + tensor.name() + ")"));
        String grid = kernel.grid();
        if (plan.isPersistent()) {
            String first = kernel.arguments().get(0);
            grid = "_programs(" + first + ".device, " + multiplier(plan, kernel.feasibility()) + ", " + grid + ")";
        }
        String function = plain.map(other -> kernel.name() + " if _aligned(" + String.join(", ", kernel.described())
                        + ") else " + other.name())
                .orElse(kernel.name());
        List<String> launch = new ArrayList<>(List.of(function, "(" + grid + ",)"));
        launch.addAll(kernel.arguments());
        if (ir.hasBarrier()) {
            launch.add("torch.zeros((1,), dtype=torch.int32, device="
                    + kernel.arguments().get(0) + ".device)");
        }
        launch.add("num_warps=" + plan.warps());
        launch.add("num_stages=" + plan.configuration().getLong(Keys.NUM_STAGES));
        for (ParameterName option : List.of(Keys.MAXNREG, Keys.WAVES_PER_EU, Keys.MATRIX_INSTR_NONKDIM)) {
            if (plan.configuration().has(option) && plan.configuration().get(option) != null) {
                launch.add(option + "=" + plan.configuration().get(option));
            }
        }
        if (plan.configuration().has(Keys.ADVANCED_CONTROLS_FILE)) {
            String file = (String) plan.configuration().get(Keys.ADVANCED_CONTROLS_FILE);
            launch.add("ptx_options=" + EscapePrinter.quoted("--apply-controls " + file));
        }
        if (ir.hasBarrier()) {
            launch.add("launch_cooperative_grid=True");
        }
        if (kernel.usesDescriptors()) {
            body.add("triton.set_allocator(_scratch(" + kernel.arguments().get(0) + ".device))");
        }
        body.add("_launcher(" + String.join(", ", launch) + ")");
        body.addAll(hostPrinter.lines(ir.epilogue()));
        body.forEach(line -> lines.add(line.isEmpty() ? "" : "    " + line));
        return lines;
    }

    /** Whether a tensor is an argument that host code has not put something else for, so that it is checked already. */
    private boolean isUntouchedArgument(HostTensor tensor) {
        return arguments.byName().get(tensor.name()) instanceof ArgumentSpec.Tensor spec
                && spec.dtype() == tensor.dtype()
                && tensor.constantShape().equals(Optional.of(spec.shape()))
                && tensor.constantStrides().equals(Optional.of(spec.effectiveStrides()));
    }

    /** The check that a tensor that host code made is what the compiler took it for. */
    private static String expectation(HostTensor tensor, Plan plan) {
        return "_expect(" + quoted(tensor.name()) + ", " + tensor.name() + ", torch."
                + tensor.dtype().torchName() + ", "
                + tuple(tensor.shape().stream().map(plan::text).toList()) + ", "
                + tuple(tensor.strides().stream().map(plan::text).toList()) + ")";
    }

    private static String constant(Object value) {
        if (value instanceof String text) {
            return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
        }
        if (value instanceof DType dtype) {
            return "torch." + dtype.torchName();
        }
        return value == Expr.Special.NONE ? "None" : DeviceCode.number(value);
    }

    private static String quoted(String expression) {
        return "\"" + expression.replace("\"", "'") + "\"";
    }

    /** Programs for each multiprocessor. Behind a barrier all of them run at once, so the registers must suffice. */
    private long multiplier(Plan plan, Feasibility feasibility) {
        long asked = plan.configuration().getLong(Keys.NUM_SM_MULTIPLIER);
        if (!ir.hasBarrier()) {
            return asked;
        }
        long registers = Math.min(plan.maxRegisters(), MOST_REGISTERS);
        long threads = 32 * plan.configuration().getLong(Keys.NUM_WARPS);
        // Programs that wait for each other must all run at once; how much shared memory they need is only known from
        // below.
        boolean isSmall = feasibility.sharedBytes() == 0;
        return isSmall ? Math.max(1, Math.min(asked, REGISTERS_OF_A_MULTIPROCESSOR / (registers * threads))) : 1;
    }

    private static String tuple(List<?> numbers) {
        String joined = numbers.stream().map(String::valueOf).collect(Collectors.joining(", "));
        return numbers.size() == 1 ? "(" + joined + ",)" : "(" + joined + ")";
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }
}
