package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.Feasibility;
import dev.perihelion.compiler.WorkEstimate;
import dev.perihelion.compiler.ir.AxisOp;
import dev.perihelion.compiler.ir.CreationOp;
import dev.perihelion.compiler.ir.ElementwiseOp;
import dev.perihelion.compiler.ir.EscapeOp;
import dev.perihelion.compiler.ir.FlowOp;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.KernelIr;
import dev.perihelion.compiler.ir.MemoryOp;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.OpVisitor;
import dev.perihelion.compiler.ir.ProductOp;
import dev.perihelion.compiler.ir.ShapeOp;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Prints the device function of one configuration. */
final class KernelPrinter implements OpVisitor<Void> {

    private final DeviceCode device;
    private final MemoryPrinter memory;
    private final AtomicPrinter atomics;
    private final ValuePrinter values;
    private final ReductionPrinter reductions;
    private final ScanPrinter scans;
    private final PlacePrinter places;
    private final DotPrinter dots;
    private final EscapePrinter escapes;
    private final TilePrinter tiles;
    private final LoopPrinter loops;
    private final Programs programs;
    private final StoreBarriers barriers;

    KernelPrinter(KernelIr ir, Plan plan) {
        this.device = new DeviceCode(ir, plan);
        BlockAccess blocks = new BlockAccess(device);
        this.memory = new MemoryPrinter(device, blocks);
        this.atomics = new AtomicPrinter(device, memory, blocks);
        this.values = new ValuePrinter(device);
        this.reductions = new ReductionPrinter(device);
        this.scans = new ScanPrinter(device, this::print);
        this.places = new PlacePrinter(device);
        this.dots = new DotPrinter(device, reductions);
        this.escapes = new EscapePrinter(device);
        this.tiles = new TilePrinter(device);
        this.loops = new LoopPrinter(device, reductions, this::print);
        this.barriers = new StoreBarriers(ir);
        this.programs = new Programs(device, barriers, this::print);
    }

    /**
     * A printed device function.
     *
     * @param foreign texts of the user's that it uses as they are
     * @param described the host expressions of tensors that it makes descriptors of
     */
    record Printed(
            String text,
            String name,
            List<String> arguments,
            List<HostTensor> tensors,
            String grid,
            WorkEstimate work,
            Feasibility feasibility,
            Set<String> foreign,
            Set<String> described) {

        /** Whether it makes tensor descriptors. */
        boolean usesDescriptors() {
            return !described.isEmpty();
        }
    }

    /** Prints it; its name ends in {@code suffix}. */
    Printed print(String suffix) {
        String name = device.names.fresh(device.ir.definition().name() + "_kernel" + suffix);
        device.code.indent();
        programs.print();
        List<String> parameters = device.parameters();
        if (device.ir.hasBarrier()) {
            parameters.add(Programs.SEMAPHORE);
        }
        String entry =
                device.descriptors.stream().map(line -> "    " + line + "\n").collect(Collectors.joining());
        String text = String.join("\n\n", device.definitions) + (device.definitions.isEmpty() ? "" : "\n\n")
                + "@triton.jit\ndef _" + name + "(" + String.join(", ", parameters) + "):\n" + entry + device.code;
        return new Printed(
                text,
                "_" + name,
                device.arguments(),
                device.hostTensors(),
                programs.hostTotal(),
                device.work.estimate(),
                device.footprint.estimate(),
                device.foreign,
                device.described);
    }

    private void print(Op op) {
        if (barriers.isNeededBefore(op)) {
            device.line("tl.debug_barrier()");
        }
        op.accept(this);
        device.layouts.learn(op);
    }

    @Override
    public Void visitLoad(MemoryOp.Load op) {
        memory.visitLoad(op);
        return null;
    }

    @Override
    public Void visitStore(MemoryOp.Store op) {
        memory.visitStore(op);
        return null;
    }

    @Override
    public Void visitAtomic(MemoryOp.Atomic op) {
        atomics.visitAtomic(op);
        return null;
    }

    @Override
    public Void visitPointwise(ElementwiseOp.Pointwise op) {
        values.visitPointwise(op);
        return null;
    }

    @Override
    public Void visitCast(ElementwiseOp.Cast op) {
        values.visitCast(op);
        return null;
    }

    @Override
    public Void visitFull(CreationOp.Full op) {
        values.visitFull(op);
        return null;
    }

    @Override
    public Void visitArange(CreationOp.Arange op) {
        values.visitArange(op);
        return null;
    }

    @Override
    public Void visitTileIndex(CreationOp.TileIndex op) {
        tiles.visitTileIndex(op);
        return null;
    }

    @Override
    public Void visitTileScalar(CreationOp.TileScalar op) {
        tiles.visitTileScalar(op);
        return null;
    }

    @Override
    public Void visitReduce(AxisOp.Reduce op) {
        reductions.visitReduce(op);
        return null;
    }

    @Override
    public Void visitReduceTuple(AxisOp.ReduceTuple op) {
        scans.visitReduceTuple(op);
        return null;
    }

    @Override
    public Void visitScan(AxisOp.Scan op) {
        scans.visitScan(op);
        return null;
    }

    @Override
    public Void visitArgsort(AxisOp.Argsort op) {
        places.visitArgsort(op);
        return null;
    }

    @Override
    public Void visitTakeAlong(AxisOp.TakeAlong op) {
        places.visitTakeAlong(op);
        return null;
    }

    @Override
    public Void visitDot(ProductOp.Dot op) {
        dots.visitDot(op);
        return null;
    }

    @Override
    public Void visitDotScaled(ProductOp.DotScaled op) {
        dots.visitDotScaled(op);
        return null;
    }

    @Override
    public Void visitExpandDims(ShapeOp.ExpandDims op) {
        values.visitExpandDims(op);
        return null;
    }

    @Override
    public Void visitPermute(ShapeOp.Permute op) {
        values.visitPermute(op);
        return null;
    }

    @Override
    public Void visitBroadcast(ShapeOp.Broadcast op) {
        values.visitBroadcast(op);
        return null;
    }

    @Override
    public Void visitReshape(ShapeOp.Reshape op) {
        values.visitReshape(op);
        return null;
    }

    @Override
    public Void visitJoin(ShapeOp.Join op) {
        values.visitJoin(op);
        return null;
    }

    @Override
    public Void visitSplit(ShapeOp.Split op) {
        values.visitSplit(op);
        return null;
    }

    @Override
    public Void visitBitcast(ElementwiseOp.Bitcast op) {
        values.visitBitcast(op);
        return null;
    }

    @Override
    public Void visitRandom(CreationOp.Random op) {
        escapes.visitRandom(op);
        return null;
    }

    @Override
    public Void visitInlineTriton(EscapeOp.InlineTriton op) {
        escapes.visitInlineTriton(op);
        return null;
    }

    @Override
    public Void visitCallTriton(EscapeOp.CallTriton op) {
        escapes.visitCallTriton(op);
        return null;
    }

    @Override
    public Void visitAssembly(EscapeOp.Assembly op) {
        escapes.visitAssembly(op);
        return null;
    }

    @Override
    public Void visitPrint(EscapeOp.Print op) {
        escapes.visitPrint(op);
        return null;
    }

    @Override
    public Void visitForTiles(FlowOp.ForTiles op) {
        loops.visitForTiles(op);
        return null;
    }

    @Override
    public Void visitWhile(FlowOp.While op) {
        loops.visitWhile(op);
        return null;
    }

    @Override
    public Void visitIf(FlowOp.If op) {
        loops.visitIf(op);
        return null;
    }

    @Override
    public Void visitForChunks(FlowOp.ForChunks op) {
        loops.visitForChunks(op);
        return null;
    }
}
