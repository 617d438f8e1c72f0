package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.HostTensor;
import dev.perihelion.compiler.ir.Index;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Literal;
import dev.perihelion.compiler.ir.Size;
import dev.perihelion.compiler.ir.TileAxis;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Masks for accesses that may leave their tensor although their tile or slice does not end there: a tile shifted by a
 * constant, and a slice that begins where only the device knows.
 */
final class Bounds {

    private final DeviceCode device;

    Bounds(DeviceCode device) {
        this.device = device;
    }

    /** The masks that an access needs, each with {@code rank} axes. */
    List<String> masks(HostTensor tensor, List<Index> indices, int rank) {
        List<String> masks = new ArrayList<>();
        for (int i = 0; i < indices.size(); i++) {
            Size size = tensor.shape().get(i);
            if (indices.get(i) instanceof Index.OfTile tile
                    && tile.shift() instanceof Literal shift
                    && shift.asDouble() != 0) {
                masks.addAll(shifted(tile, (long) shift.asDouble(), size, rank));
            } else if (indices.get(i) instanceof Index.Range range && !fits(range, size)) {
                String offsets = Axes.along(device.axes.offsetsIn(range.length()), range.axis(), rank);
                String stepped = range.step() == 1 ? offsets : offsets + " * " + range.step();
                masks.add("(" + device.print(range.begin()) + " + " + stepped + " < " + device.size(size) + ")");
            }
        }
        return masks;
    }

    private boolean fits(Index.Range range, Size extent) {
        if (!extent.launched().isEmpty()) {
            return false;
        }
        long size = device.plan.evaluate(extent);
        if (!(range.begin() instanceof Literal begin)) {
            return range.begin() instanceof Operand.Sized sized
                    && sized.size().launched().isEmpty()
                    && device.plan.evaluate(sized.size()) + reach(range) < size;
        }
        return (long) begin.asDouble() + reach(range) < size;
    }

    /** How far behind its beginning the last element of a slice is. */
    private long reach(Index.Range range) {
        Dim length = range.length();
        return (device.plan.evaluate(length.length()) - 1) * range.step();
    }

    private List<String> shifted(Index.OfTile tile, long shift, Size size, int rank) {
        TileAxis axis = device.axes.get(tile.block()).axis();
        String index = Axes.along(device.axes.indexOf(new Dim.Block(tile.block())), tile.axis(), rank);
        OptionalLong begin = constant(axis.begin());
        OptionalLong end = constant(axis.end());
        List<String> masks = new ArrayList<>();
        if (shift < 0 && (begin.isEmpty() || begin.getAsLong() + shift < 0)) {
            masks.add("(" + index + " >= " + -shift + ")");
        }
        boolean ends =
                size.launched().isEmpty() && end.isPresent() && end.getAsLong() + shift <= device.plan.evaluate(size);
        if (shift > 0 && !ends) {
            Size last = Size.of(Size.Operation.SUBTRACT, size, Size.of(shift));
            masks.add("(" + index + " < " + device.size(last) + ")");
        }
        return masks;
    }

    private OptionalLong constant(Operand operand) {
        if (operand instanceof Literal literal) {
            return OptionalLong.of((long) literal.asDouble());
        }
        return operand instanceof Operand.Sized sized && sized.size().launched().isEmpty()
                ? OptionalLong.of(device.plan.evaluate(sized.size()))
                : OptionalLong.empty();
    }
}
