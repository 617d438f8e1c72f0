package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.TileAxis;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The axes that are open while a program is printed: the names of their positions and masks. */
final class Axes {

    /** The printed names of a tile axis. */
    record Open(TileAxis axis, String begin, String index, String mask) {}

    private final DeviceCode device;
    private final Map<Integer, Open> open = new HashMap<>();
    private final Map<Long, String> chunkIndex = new HashMap<>();

    Axes(DeviceCode device) {
        this.device = device;
    }

    /** Gives a tile axis its names. */
    void enter(TileAxis axis) {
        String base = device.ir.blocks().get(axis.block()).name();
        String tile = base.startsWith("tile") ? base : "tile_" + base;
        Names names = device.names;
        open.put(
                axis.block(),
                new Open(
                        axis, names.fresh(tile + "_begin"), names.fresh(tile + "_index"), names.fresh(tile + "_mask")));
    }

    void leave(TileAxis axis) {
        open.remove(axis.block());
    }

    Open get(int block) {
        Open axis = open.get(block);
        if (axis == null) {
            throw new IllegalStateException("The axis of block " + block + " is not open here.");
        }
        return axis;
    }

    /** Prints positions and mask of a tile axis whose begin is known. */
    void printIndex(TileAxis axis) {
        if (axis.isGrid()) {
            return;
        }
        Open names = open.get(axis.block());
        long block = device.plan.block(axis.block());
        device.line(names.index() + " = " + names.begin() + " + tl.arange(0, " + block + ")");
        if (axis.lengths().isEmpty() && needsMask(new Dim.Block(axis.block()))) {
            device.line(names.mask() + " = " + bounded(names));
        }
    }

    private String bounded(Open names) {
        TileAxis axis = names.axis();
        String end = names.index() + " < " + device.print(axis.end());
        long step = device.plan.step(axis);
        return step == device.plan.block(axis.block())
                ? end
                : "(" + end + ") & (" + names.index() + " < " + names.begin() + " + " + step + ")";
    }

    /** Marks a static extent as cut into chunks, at these positions. */
    void enterChunk(long extent, String index) {
        chunkIndex.put(extent, index);
    }

    void leaveChunk(long extent) {
        chunkIndex.remove(extent);
    }

    boolean isChunked(long extent) {
        return chunkIndex.containsKey(extent);
    }

    boolean needsMask(Dim dim) {
        if (dim instanceof Dim.Block block) {
            Open axis = open.get(block.id());
            if (axis == null) {
                return false;
            }
            OptionalLong length = axis.axis().constantLength();
            long step = device.plan.step(axis.axis());
            return axis.axis().lengths().isPresent()
                    || step != device.plan.block(block.id())
                    || length.isEmpty()
                    || length.getAsLong() % step != 0;
        }
        if (dim instanceof Dim.Merged merged) {
            return merged.parts().stream().anyMatch(this::needsMask);
        }
        if (dim instanceof Dim.Part part) {
            return needsMask(part.whole());
        }
        long extent = device.plan.evaluate(dim.length());
        return extent == 0 || extent % device.plan.length(dim) != 0;
    }

    /** The positions along an axis, one-dimensional. */
    String indexOf(Dim dim) {
        if (dim instanceof Dim.Block block) {
            return open.containsKey(block.id()) ? get(block.id()).index() : arange(dim);
        }
        if (dim instanceof Dim.Static known && isChunked(known.size())) {
            return chunkIndex.get(known.size());
        }
        return arange(dim);
    }

    /** The positions along an axis counted from its own beginning, also where it is a tile's. */
    String offsetsIn(Dim dim) {
        return dim instanceof Dim.Static ? indexOf(dim) : arange(dim);
    }

    private String arange(Dim dim) {
        return "tl.arange(0, " + device.plan.length(dim) + ")";
    }

    /** The mask of one axis of a block of this shape, with as many axes as the block; empty where all lanes count. */
    Optional<String> maskOf(List<Dim> shape, int axis) {
        Dim dim = shape.get(axis);
        if (!needsMask(dim)) {
            return Optional.empty();
        }
        if (dim instanceof Dim.Block block) {
            Open names = open.get(block.id());
            return Optional.of(
                    names.axis().lengths().isPresent()
                            ? jagged(names, shape, axis)
                            : along(names.mask(), axis, shape.size()));
        }
        if (dim instanceof Dim.Merged merged) {
            return Optional.of(along(merged(merged), axis, shape.size()));
        }
        if (dim instanceof Dim.Part part) {
            return Optional.of(part(part.whole(), shape));
        }
        return Optional.of(
                along("(" + indexOf(dim) + " < " + device.plan.evaluate(dim.length()) + ")", axis, shape.size()));
    }

    /** Each position of the outer axes has a length of its own. */
    private String jagged(Open names, List<Dim> shape, int axis) {
        return "(" + along(names.index(), axis, shape.size()) + " < " + lengths(names, shape) + ")";
    }

    private String lengths(Open names, List<Dim> shape) {
        Value lengths = names.axis().lengths().orElseThrow();
        List<Integer> positions = new ArrayList<>();
        for (Dim dim : lengths.type().shape()) {
            int at = shape.indexOf(dim);
            if (at < 0) {
                throw new IllegalStateException("A value with the jagged axis lacks the axes of its lengths.");
            }
            positions.add(at);
        }
        return along(device.print(lengths), positions, shape.size());
    }

    /** The parts of an axis count together; where some are gone, the first of the positions that are left. */
    private String part(Dim whole, List<Dim> shape) {
        List<String> terms = new ArrayList<>();
        for (int i = 0; i < shape.size(); i++) {
            if (shape.get(i) instanceof Dim.Part part && part.whole().equals(whole)) {
                long stride = device.plan.evaluate(part.stride());
                String offsets = along(arange(part), i, shape.size());
                terms.add(stride == 1 ? offsets : offsets + " * " + stride);
            }
        }
        String offset = String.join(" + ", terms);
        if (!(whole instanceof Dim.Block block)) {
            return "(" + offset + " < " + device.plan.evaluate(whole.length()) + ")";
        }
        Open names = get(block.id());
        String position = names.begin() + " + " + offset;
        if (names.axis().lengths().isPresent()) {
            return "(" + position + " < " + lengths(names, shape) + ")";
        }
        long step = device.plan.step(names.axis());
        String end = "(" + position + " < " + device.print(names.axis().end()) + ")";
        return step == device.plan.block(block.id()) ? end : "(" + end + " & (" + offset + " < " + step + "))";
    }

    private String merged(Dim.Merged merged) {
        List<String> masks = new ArrayList<>();
        for (int i = 0; i < merged.parts().size(); i++) {
            maskOf(merged.parts(), i).ifPresent(masks::add);
        }
        String all = "tl.broadcast_to(" + String.join(" & ", masks) + ", " + device.shape(merged.parts()) + ")";
        return "tl.reshape(" + all + ", [" + device.plan.length(merged) + "])";
    }

    /** Puts a one-dimensional text along one axis of a block. */
    static String along(String text, int axis, int rank) {
        return along(text, List.of(axis), rank);
    }

    /** Puts a text's axes at {@code axes} of a block. */
    static String along(String text, List<Integer> axes, int rank) {
        if (axes.size() == rank) {
            return text;
        }
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            parts.add(axes.contains(i) ? ":" : "None");
        }
        String whole = text.matches("[A-Za-z_][A-Za-z0-9_]*|tl\\.\\w+\\([^()]*\\)") || text.startsWith("(")
                ? text
                : "(" + text + ")";
        return whole + "[" + String.join(", ", parts) + "]";
    }

    /** How many turns a loop over an axis takes, for estimates of work. */
    double turns(TileAxis axis) {
        long length = axis.constantLength()
                .orElse(device.ir.blocks().get(axis.block()).sizeHint());
        return (double) length / device.plan.step(axis);
    }
}
