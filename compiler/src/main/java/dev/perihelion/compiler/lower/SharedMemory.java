package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.FlowOp;
import dev.perihelion.compiler.ir.MemoryOp;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.ProductOp;
import dev.perihelion.compiler.ir.RootLoop;
import dev.perihelion.compiler.ir.TileAxis;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The shared memory of a program, as Triton 3.6 lays it out: buffers of pipelined loads, operands of products, and tiles on
 * their way from and to descriptors. Scratch of reductions and layout changes is left out: what is counted is needed.
 *
 * <p>Rules from Triton's {@code AssignLatencies.cpp}, {@code LowerLoops.cpp} and the sizes it reports.
 */
final class SharedMemory {

    private final DeviceCode device;
    private final AsyncCopies copies;
    private final Map<Integer, Op> definitions = new HashMap<>();
    private boolean isFlattened;

    SharedMemory(DeviceCode device) {
        this.device = device;
        this.copies = new AsyncCopies(device);
    }

    /** Bytes of one program of a root loop with this body. */
    long bytes(RootLoop root, List<Op> body) {
        define(body);
        if (!device.plan.isPersistent()) {
            return Math.max(region(body, Pipeline.NONE), stored(body, true));
        }
        TileAxis first = root.axes().get(0);
        isFlattened = device.plan.asksToFlatten(first) && Flattening.isTrusted(root.body());
        long loaded = region(body, device.plan.pipeline(first));
        // In a pipeline, the stores of one tile go on beside the loads of the next.
        return device.plan.plainPipeline().stages() > 1
                ? loaded + stored(body, false)
                : Math.max(loaded, stored(body, true));
    }

    private void define(Collection<Op> ops) {
        for (Op op : ops) {
            op.results().forEach(value -> definitions.put(value.id(), op));
            op.regions().forEach(this::define);
        }
    }

    /** What the loads of a region need as long as its loop lasts. */
    private final class Region {

        private final Pipeline loop;
        private final boolean pipelines;
        private final Set<Op> own = Collections.newSetFromMap(new IdentityHashMap<>());
        private final Map<MemoryOp.Load, Long> buffers = new IdentityHashMap<>();
        private final Map<MemoryOp.Load, Long> resident = new IdentityHashMap<>();

        Region(List<Op> ops, Pipeline loop) {
            this.loop = loop;
            this.pipelines = loop.stages() > 1 && ops.stream().noneMatch(SharedMemory::isLoop);
            own.addAll(ops);
        }

        /** Notes what a product needs as long as the loop lasts, and returns what it needs for a moment. */
        long product(ProductOp.Dot dot) {
            MatrixUnit unit = MatrixUnit.of(dot, device.plan);
            return operand(dot.left(), unit, false) + operand(dot.right(), unit, true);
        }

        private long operand(Value value, MatrixUnit unit, boolean isRight) {
            OperandTrace trace = OperandTrace.of(value, definitions, own);
            // Batches reach the units of single warps through a change of shape, behind which not all loads are
            // pipelined.
            boolean isPlain = unit.isWarpGroup() || value.type().rank() == 2;
            if (pipelines && isPlain) {
                for (MemoryOp.Load load : trace.loads()) {
                    // Warp groups read a buffer while the next but one is filled.
                    boolean isRead = unit.isWarpGroup() && load == trace.source();
                    keep(load, isRead ? loop.stages() : loop.stages() - 1);
                }
            }
            if (trace.source() == null) {
                // A left operand that was computed stays in registers where the unit can read it there.
                return unit.isWarpGroup() && !isRight ? 0 : bytes(value);
            }
            if (!trace.isLocal()) {
                resident.put(trace.source(), bytes(trace.source().result()));
                return 0;
            }
            return buffers.containsKey(trace.source()) ? 0 : bytes(value);
        }

        void keep(MemoryOp.Load load, long turns) {
            if (isCopied(load)) {
                buffers.merge(load, turns * bytes(load.result()), Math::max);
            }
        }

        long lasting() {
            return loop.copies() * sum(buffers) + sum(resident);
        }
    }

    private static long sum(Map<MemoryOp.Load, Long> bytes) {
        return bytes.values().stream().mapToLong(Long::longValue).sum();
    }

    private long region(List<Op> ops, Pipeline loop) {
        Region region = new Region(ops, loop);
        long passing = 0;
        boolean multiplies = false;
        for (Op op : ops) {
            if (op instanceof ProductOp.Dot dot) {
                multiplies = true;
                passing = Math.max(passing, region.product(dot));
            }
            for (List<Op> inner : op.regions()) {
                passing = Math.max(passing, region(inner, pipeline(op)));
            }
        }
        for (Op op : ops) {
            if (op instanceof MemoryOp.Load load) {
                if (region.pipelines && loop.isExplicit() && !multiplies) {
                    region.keep(load, loop.stages() - 1);
                }
                if (device.byDescriptor.contains(load) && !region.buffers.containsKey(load)) {
                    passing = Math.max(passing, bytes(load.result()));
                }
            }
        }
        return passing + region.lasting();
    }

    private boolean isCopied(MemoryOp.Load load) {
        if (device.byDescriptor.contains(load)) {
            return true;
        }
        double elements = device.held(load.result().type().shape());
        // In a flattened loop, loads by pointers stay where they are.
        return !load.result().type().isScalar() && !isFlattened && copies.canCopy(load, elements, device.threads());
    }

    private Pipeline pipeline(Op op) {
        if (op instanceof FlowOp.ForTiles loop && !device.plan.isStatic(loop.axes())) {
            return device.plan.pipeline(loop.axes().get(loop.axes().size() - 1));
        }
        return op instanceof FlowOp.ForChunks ? device.plan.plainPipeline() : Pipeline.NONE;
    }

    private static boolean isLoop(Op op) {
        return op instanceof FlowOp.ForTiles
                || op instanceof FlowOp.ForChunks
                || op instanceof FlowOp.While
                || op.regions().stream().flatMap(List::stream).anyMatch(SharedMemory::isLoop);
    }

    /** The largest tile that a descriptor stores or adds, in loops inside too if those count. */
    private long stored(List<Op> ops, boolean inLoops) {
        long most = 0;
        for (Op op : ops) {
            if (op instanceof MemoryOp.Store store && device.byDescriptor.contains(op)) {
                int bytes = store.tensor().dtype().bytes();
                most = Math.max(most, (long) device.held(store.shape()) * bytes);
            }
            if (op instanceof MemoryOp.Atomic atomic && device.byDescriptor.contains(op)) {
                most = Math.max(most, bytes(atomic.result()));
            }
            if (inLoops || !isLoop(op)) {
                for (List<Op> inner : op.regions()) {
                    most = Math.max(most, stored(inner, inLoops));
                }
            }
        }
        return most;
    }

    private long bytes(Value value) {
        return (long) device.held(value.type().shape()) * value.type().dtype().bytes();
    }
}
