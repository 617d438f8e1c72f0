package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.ir.TileAxis;
import dev.perihelion.compiler.type.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/** The axes that are open while a program is printed: the names of their positions and masks. */
final class Axes {

    /** The printed names of a tile axis, and the blocks of the loop it belongs to where that is one over all elements. */
    record Open(TileAxis axis, String begin, String index, String mask, List<Integer> flat) {}

    private final DeviceCode device;
    private final Map<Integer, Open> open = new HashMap<>();
    /** For pieces of tiles, the tile's block. */
    private final Map<Integer, Integer> pieces = new HashMap<>();

    /** The values that are begins and ends of tiles, and the tile's block. */
    private final Map<Operand, Integer> tileBounds = new HashMap<>();

    private final Map<Long, String> chunkIndex = new HashMap<>();
    private final Map<Long, String> chunkBegin = new HashMap<>();

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
                        axis,
                        names.fresh(tile + "_begin"),
                        names.fresh(tile + "_index"),
                        names.fresh(tile + "_mask"),
                        List.of()));
    }

    /** Gives the axes of a loop over all elements their names; its begin and mask are those of all of them. */
    void enterFlat(List<TileAxis> axes) {
        String begin = device.names.fresh("flat_begin");
        String mask = device.names.fresh("flat_mask");
        List<Integer> blocks = axes.stream().map(TileAxis::block).toList();
        for (TileAxis axis : axes) {
            String base = device.ir.blocks().get(axis.block()).name();
            String tile = base.startsWith("tile") ? base : "tile_" + base;
            open.put(axis.block(), new Open(axis, begin, device.names.fresh(tile + "_index"), mask, blocks));
        }
    }

    /** Prints positions and mask of a loop over all elements whose begin is known; the last axis goes fastest. */
    void printFlatIndex(List<TileAxis> axes) {
        Open first = get(axes.get(0).block());
        List<String> terms = new ArrayList<>();
        long stride = 1;
        long total = 1;
        for (int i = axes.size() - 1; i >= 0; i--) {
            long block = device.plan.block(axes.get(i).block());
            String offsets = along("tl.arange(0, " + block + ")", i, axes.size());
            terms.add(0, stride == 1 ? offsets : offsets + " * " + stride);
            stride *= block;
            total *= axes.get(i).constantLength().orElseThrow();
        }
        String flat = device.names.fresh("flat_index");
        device.line(flat + " = " + first.begin() + " + " + String.join(" + ", terms));
        String rest = flat;
        for (int i = axes.size() - 1; i >= 0; i--) {
            long length = Math.max(1, axes.get(i).constantLength().orElseThrow());
            String index = get(axes.get(i).block()).index();
            device.line(index + " = " + (i == 0 ? rest : rest + " % " + length));
            rest = rest + " // " + length;
        }
        if (total % stride != 0) {
            device.line(first.mask() + " = " + flat + " < " + total);
        }
    }

    /** The positions along a tile's axis, which is {@code axis} of an accessed block. */
    String positions(int block, int axis, int rank) {
        Open names = open.get(block);
        return names == null || names.flat().isEmpty()
                ? along(indexOf(new Dim.Block(block)), axis, rank)
                : along(names.index(), flatAxes(names, axis), rank);
    }

    private static List<Integer> flatAxes(Open names, int axis) {
        int first = axis - names.flat().indexOf(names.axis().block());
        return IntStream.range(first, first + names.flat().size()).boxed().toList();
    }

    /**
     * Opens a piece of a tile and prints its positions.
     *
     * @param whole the tile's block
     * @param first how many positions of the tile come before the piece
     */
    void enterPiece(TileAxis axis, int whole, long first) {
        Open tile = get(whole);
        Names names = device.names;
        Open piece = new Open(
                axis, names.fresh(tile.begin()), names.fresh(tile.index()), names.fresh(tile.mask()), List.of());
        open.put(axis.block(), piece);
        pieces.put(axis.block(), whole);
        device.line(piece.begin() + " = " + tile.begin() + " + " + first);
        printIndex(axis);
    }

    /** Ends a piece of a tile. */
    void leavePiece(int block) {
        open.remove(block);
        pieces.remove(block);
    }

    void leave(TileAxis axis) {
        open.remove(axis.block());
    }

    boolean isOpen(int block) {
        return open.containsKey(block);
    }

    Open get(int block) {
        Open axis = open.get(block);
        if (axis == null) {
            throw new IllegalStateException("The axis of block " + block + " is not open here.");
        }
        return axis;
    }

    /** Whether 32 bits do not hold the positions along an axis. */
    boolean isWide(TileAxis axis) {
        if (axis.end() instanceof Operand.Literal end) {
            return ((Number) end.number()).longValue() + device.plan.block(axis.block()) > Integer.MAX_VALUE;
        }
        return device.ir.indexType() == DType.INT64;
    }

    /** A bound of an axis, as wide as its positions are: Triton counts with the widest of a loop's bounds. */
    String bound(TileAxis axis, Operand bound) {
        DType wanted = isWide(axis) ? DType.INT64 : DType.INT32;
        String text = device.print(bound);
        return bound instanceof Operand.Value && bound.type().dtype() != wanted
                ? "tl.cast(" + text + ", " + DeviceCode.triton(wanted) + ")"
                : text;
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

    /** Marks a static extent as cut into chunks: this one begins at {@code begin} and has these positions. */
    void enterChunk(long extent, String begin, String index) {
        chunkBegin.put(extent, begin);
        chunkIndex.put(extent, index);
    }

    String chunkBegin(long extent) {
        return chunkBegin.get(extent);
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
            if (pieces.containsKey(block.id())) {
                // The last tile may end before a piece begins.
                return needsMask(new Dim.Block(pieces.get(block.id())));
            }
            if (!axis.flat().isEmpty()) {
                List<TileAxis> axes =
                        axis.flat().stream().map(id -> get(id).axis()).toList();
                long total = axes.stream()
                        .mapToLong(one -> one.constantLength().orElseThrow())
                        .reduce(1, (a, b) -> a * b);
                return total % device.plan.flatBlock(axes) != 0;
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
            if (!names.flat().isEmpty()) {
                return Optional.of(along(names.mask(), flatAxes(names, axis), shape.size()));
            }
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

    /** Notes that a value is where a block's tile begins or ends. */
    void noteBound(Value value, int block) {
        tileBounds.put(value, block);
    }

    /** How many turns a loop over an axis takes, for estimates of work. */
    double turns(TileAxis axis) {
        double length = axis.constantLength()
                .orElseGet(() -> lengthOfTile(axis)
                        .orElseGet(() -> device.ir.blocks().get(axis.block()).sizeHint()));
        return length / device.plan.step(axis);
    }

    /** The length of the tile that an axis lies in, where it has the bounds of one. */
    private OptionalLong lengthOfTile(TileAxis axis) {
        Integer block = tileBounds.get(axis.begin());
        return block != null && block.equals(tileBounds.get(axis.end()))
                ? OptionalLong.of(device.plan.block(block))
                : OptionalLong.empty();
    }
}
