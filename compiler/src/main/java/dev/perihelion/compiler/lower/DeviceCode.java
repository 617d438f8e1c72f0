package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.DeviceLimits;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.HostScalar;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.KernelIr;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ir.Operand.Sized;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What the printers of one device function share: its text so far, its names, and what is known of its values. */
final class DeviceCode {

    /** Ids of values and blocks that only one configuration has begin here; those of kernels are far below. */
    private static final int FIRST_ID = 1 << 28;

    final KernelIr ir;
    final Plan plan;
    CodeWriter code = new CodeWriter();
    /** Whether accesses have an entry in {@code indexing}: those that find out bounds of root loops have not. */
    boolean countsAccesses = true;

    /** Lines that make tensor descriptors, for the beginning of the function. */
    final List<String> descriptors = new ArrayList<>();

    /** The host expressions of the tensors that have descriptors. */
    final Set<String> described = new LinkedHashSet<>();

    final Names names = new Names();
    final PaddingFacts padding = new PaddingFacts();
    final WorkCounter work = new WorkCounter();
    /** The tensors that stacks are like: they are checked, but not passed. */
    final Set<HostTensor> examples = new LinkedHashSet<>();
    /** Loads and stores that go through tensor descriptors. */
    final Set<Op> byDescriptor = Collections.newSetFromMap(new IdentityHashMap<>());

    /** For accesses that are pieces of one, the first of these: they are made in one way. */
    final Map<Op, Op> sameAccess = new IdentityHashMap<>();

    final Footprint footprint;
    final Axes axes;
    final Layouts layouts;
    final Set<String> foreign = new LinkedHashSet<>();
    final Set<String> definitions = new LinkedHashSet<>();
    private final Map<Integer, String> valueNames = new HashMap<>();
    private int lastId = FIRST_ID;
    private final Map<HostTensor, String> tensors = new LinkedHashMap<>();
    private final Map<String, String> tensorExpressions = new LinkedHashMap<>();
    /** Parameters for numbers of the launch, by host expression. */
    private final Map<String, String> sizes = new LinkedHashMap<>();

    DeviceCode(KernelIr ir, Plan plan) {
        this.ir = ir;
        this.plan = plan;
        this.axes = new Axes(this);
        this.layouts = new Layouts(this);
        this.footprint = new Footprint(this);
        ir.scalars().forEach(scalar -> rename(scalar.value(), names.fresh(scalar.name())));
    }

    void line(String line) {
        code.line(line);
    }

    /** Prints a device function of its own in front of the kernel. */
    void function(String name, List<String> parameters, Runnable body) {
        CodeWriter outer = code;
        code = new CodeWriter();
        code.indent();
        body.run();
        definitions.add("@triton.jit\ndef " + name + "(" + String.join(", ", parameters) + "):\n" + code);
        code = outer;
    }

    /** The text of an operand. */
    String print(Operand operand) {
        if (operand instanceof Literal literal) {
            return number(literal.number());
        }
        if (operand instanceof Sized sized && !sized.size().launched().isEmpty()) {
            String name = size(sized.size());
            return sized.dtype() == DType.INT64 ? name : "tl.cast(" + name + ", " + triton(sized.dtype()) + ")";
        }
        if (operand instanceof Sized sized) {
            long number = plan.evaluate(sized.size());
            DType dtype = sized.dtype();
            return number(
                    dtype == DType.BOOL
                            ? (Object) (number != 0)
                            : dtype.isFloating() ? (Object) (double) number : (Object) number);
        }
        String name = valueNames.get(((Value) operand).id());
        if (name == null) {
            throw new IllegalStateException("No name for " + operand + ".");
        }
        return name;
    }

    /** A number as Python text; numbers that are not finite become {@code float('inf')} and the like. */
    static String number(Object number) {
        if (number instanceof Boolean flag) {
            return flag ? "True" : "False";
        }
        if (number instanceof Double value && !Double.isFinite(value)) {
            return value.isNaN() ? "float('nan')" : value > 0 ? "float('inf')" : "float('-inf')";
        }
        return number.toString();
    }

    /** The text of a size: a number, or the parameter by which the launch passes it. */
    String size(Size size) {
        if (size.launched().isEmpty()) {
            return Long.toString(plan.evaluate(size));
        }
        String hint = size instanceof Size.Launched launched && launched.name().matches("\\w+")
                ? launched.name().replaceFirst("^_+", "")
                : "size";
        return sizes.computeIfAbsent(plan.text(size), text -> names.fresh(hint));
    }

    /** Prints the line that gives a value its text. */
    void define(Value value, String text) {
        code.line(name(value) + " = " + text);
    }

    /** The name of a value, made from the user's at first. */
    String name(Value value) {
        String hint = ir.hints().getOrDefault(value.id(), value.hint());
        return valueNames.computeIfAbsent(value.id(), id -> names.fresh(hint));
    }

    /** The id of a value or block that only this configuration has. */
    int freshId() {
        return lastId++;
    }

    /** The name of something that belongs to a value, as the partial results of a reduction. */
    String nameBeside(Value value, String suffix) {
        return valueNames.computeIfAbsent(-1 - value.id(), id -> names.fresh(value.hint() + suffix));
    }

    /** Lets a value be printed as another name or text. */
    void rename(Value value, String text) {
        valueNames.put(value.id(), text);
    }

    /** The lengths of axes in registers, as a Python list. */
    String shape(List<Dim> dims) {
        return dims.stream().map(dim -> Long.toString(plan.length(dim))).collect(Collectors.joining(", ", "[", "]"));
    }

    /** A tensor of one number or scalar. */
    String full(List<Dim> shape, String fill, DType dtype) {
        return "tl.full(" + shape(shape) + ", " + fill + ", " + triton(dtype) + ")";
    }

    /** How many elements a block has, padding not counted where it is known. */
    double elements(List<Dim> dims) {
        double product = 1;
        for (Dim dim : dims) {
            product *=
                    dim instanceof Dim.Static known && !axes.isChunked(known.size()) ? known.size() : plan.length(dim);
        }
        return product;
    }

    /** How many elements a block has in registers, padding counted. */
    double held(List<Dim> dims) {
        double product = 1;
        for (Dim dim : dims) {
            product *= plan.length(dim);
        }
        return product;
    }

    /** Threads of a program. */
    long threads() {
        return plan.warps() * DeviceLimits.of(plan.target()).threadsPerWarp();
    }

    static String triton(DType dtype) {
        return "tl." + dtype.tritonName();
    }

    /** The parameter that points to a host tensor. */
    String tensor(HostTensor tensor) {
        return tensors.computeIfAbsent(tensor, key -> {
            String name = names.fresh(key.name());
            // Triton has no name for pairs of 4-bit numbers.
            boolean pairs = key.dtype() == DType.FLOAT4_E2M1FN_X2;
            tensorExpressions.put(name, pairs ? key.name() + ".view(torch.uint8)" : key.name());
            return name;
        });
    }

    /** The device function's parameters. */
    List<String> parameters() {
        List<String> parameters = new ArrayList<>(tensors.values());
        ir.scalars().forEach(scalar -> parameters.add(print(scalar.value())));
        parameters.addAll(sizes.values());
        return parameters;
    }

    /** The tensors that are passed, and those that others are like. */
    List<HostTensor> hostTensors() {
        Set<HostTensor> all = new LinkedHashSet<>(tensors.keySet());
        all.addAll(examples);
        return List.copyOf(all);
    }

    /** The host expressions that are passed for them. */
    List<String> arguments() {
        List<String> arguments = new ArrayList<>(tensorExpressions.values());
        ir.scalars().forEach(scalar -> arguments.add(scalar.name()));
        arguments.addAll(sizes.keySet());
        return arguments;
    }

    boolean isArgument(Operand operand) {
        return ir.scalars().stream().map(HostScalar::value).anyMatch(value -> value.equals(operand));
    }

    static boolean isZero(Operand operand) {
        return operand instanceof Literal literal && literal.asDouble() == 0;
    }
}
