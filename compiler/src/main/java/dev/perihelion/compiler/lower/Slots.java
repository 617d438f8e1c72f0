package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.KernelIr;
import dev.perihelion.compiler.ir.Op;
import dev.perihelion.compiler.ir.RootLoop;
import dev.perihelion.compiler.ir.TileAxis;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which elements of the list-valued keys belong to which loop and access: counted in the order of the program. */
final class Slots {

    private final Map<List<TileAxis>, Integer> ranges = new HashMap<>();
    private final Map<List<TileAxis>, Integer> orders = new HashMap<>();
    private final Map<List<TileAxis>, Integer> groups = new HashMap<>();
    private final Map<Integer, Integer> loads = new HashMap<>();
    private int nextRange;

    Slots(KernelIr ir) {
        for (RootLoop root : ir.roots()) {
            ranges.put(root.axes(), nextRange++);
            if (root.axes().size() >= 2) {
                orders.put(root.axes(), orders.size());
                groups.put(root.axes(), groups.size());
            }
            count(root.preamble());
            count(root.body());
        }
    }

    private void count(List<Op> body) {
        for (Op op : body) {
            if (op instanceof Op.ForTiles loop) {
                ranges.put(loop.axes(), nextRange);
                nextRange += loop.axes().size();
                if (loop.axes().size() >= 2) {
                    orders.put(loop.axes(), orders.size());
                }
            } else if (op instanceof Op.Load load && load.eviction().isEmpty()) {
                loads.put(load.result().id(), loads.size());
            }
            op.regions().forEach(this::count);
        }
    }

    /** The first element of the range keys: the only one of a root loop, the first of one for each axis of others. */
    int range(List<TileAxis> axes) {
        return ranges.get(axes);
    }

    /** The element of {@code loop_orders}; 0 for loops of one axis, which have none. */
    int order(List<TileAxis> axes) {
        return orders.getOrDefault(axes, 0);
    }

    /** The element of {@code l2_groupings} of a root loop with several axes. */
    int group(List<TileAxis> axes) {
        return groups.getOrDefault(axes, 0);
    }

    /** The element of {@code load_eviction_policies} of a load without a policy of its own. */
    int load(Op.Load load) {
        return loads.get(load.result().id());
    }
}
