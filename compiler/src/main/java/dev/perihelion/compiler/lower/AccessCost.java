package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.DeviceLimits;
import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.Index;
import java.util.List;

/**
 * What one access of a block costs.
 *
 * @param storage whose memory it is
 * @param tensorBytes all of the tensor; infinite where only the launch knows
 * @param bytes that are asked for
 * @param runBytes how many of these follow each other in memory
 * @param sectorBytes that are moved, in whole sectors
 * @param requests instructions of single warps
 */
record AccessCost(
        String storage, double tensorBytes, double bytes, double runBytes, double sectorBytes, double requests) {

    /** What the L2 cache of NVIDIA's devices moves at the least; AMD's lines are longer. */
    private static final double SECTOR_BYTES = 32;
    /** The widest access of one thread. */
    private static final double WIDEST_BYTES = 16;

    /**
     * The cost of an access.
     *
     * @param shape of the accessed block
     * @param byDescriptor whether the copying unit does it
     */
    static AccessCost of(
            DeviceCode device, HostTensor tensor, List<Index> indices, List<Dim> shape, boolean byDescriptor) {
        double element = tensor.dtype().bytes();
        double bytes = device.elements(shape) * element;
        double held = device.held(shape);
        double run = Math.min(held, Math.max(flatRun(device, tensor, indices), run(device, tensor, indices))) * element;
        double sectors = Math.max(bytes, bytes / run * SECTOR_BYTES);
        double requests = 1;
        if (!byDescriptor) {
            double ofThread = Math.max(1, held / device.threads()) * element;
            double wide = Math.max(element, Math.min(WIDEST_BYTES, Math.min(run, ofThread)));
            double lanes = DeviceLimits.of(device.plan.target()).threadsPerWarp();
            requests = Math.ceil(held * element / wide / lanes);
        }
        return new AccessCost(tensor.storage(), size(device, tensor) * element, bytes, run, sectors, requests);
    }

    /** The same for the tile of a loop over all elements; 0 for other tiles. */
    private static double flatRun(DeviceCode device, HostTensor tensor, List<Index> indices) {
        for (int axis = 0; axis < indices.size(); axis++) {
            if (indices.get(axis) instanceof Index.OfTile tile
                    && device.axes.isOpen(tile.block())
                    && device.plan.evaluate(tensor.strides().get(axis)) == 1) {
                return device.axes.get(tile.block()).flat().stream()
                        .mapToDouble(device.plan::block)
                        .reduce((a, b) -> a * b)
                        .orElse(0);
            }
        }
        return 0;
    }

    /** Elements of the block that lie behind each other in memory. */
    private static double run(DeviceCode device, HostTensor tensor, List<Index> indices) {
        double run = 1;
        boolean grows = true;
        // From the axis that is fastest in memory, on to the next as long as whole axes are taken.
        while (grows) {
            grows = false;
            for (int axis = tensor.isStacked() ? 1 : 0; axis < indices.size(); axis++) {
                if (device.plan.evaluate(tensor.strides().get(axis)) != run) {
                    continue;
                }
                double length = length(device, tensor, indices.get(axis), axis);
                grows = length > 1
                        && length == device.plan.evaluate(tensor.shape().get(axis));
                if (length > 1) {
                    run *= length;
                    break;
                }
            }
        }
        return run;
    }

    /** How many elements of an axis follow each other in the block; 1 where that is not known. */
    private static double length(DeviceCode device, HostTensor tensor, Index index, int axis) {
        double extent = device.plan.evaluate(tensor.shape().get(axis));
        if (index instanceof Index.OfTile tile) {
            return Math.min(extent, device.plan.block(tile.block()));
        }
        if (index instanceof Index.Range range && range.step() == 1) {
            return Math.min(extent, device.plan.length(range.length()));
        }
        return 1;
    }

    private static double size(DeviceCode device, HostTensor tensor) {
        if (tensor.isLaunched() || tensor.isStacked()) {
            return Double.POSITIVE_INFINITY;
        }
        double elements = 1;
        for (int axis = 0; axis < tensor.rank(); axis++) {
            // An axis of stride 0 has one element many times.
            if (device.plan.evaluate(tensor.strides().get(axis)) != 0) {
                elements *= device.plan.evaluate(tensor.shape().get(axis));
            }
        }
        return elements;
    }
}
