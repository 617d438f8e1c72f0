package dev.perihelion.compiler.ir;

import dev.perihelion.compiler.syntax.Span;
import java.util.List;

/**
 * A top-level tile loop: its axes become a part of the launch grid, its body one program.
 *
 * @param preamble computes bounds that only the device knows; runs once, before the tiles
 * @param phase how many {@code hl.barrier()} stand before it: all programs finish a phase before the next begins
 */
public record RootLoop(List<TileAxis> axes, List<Op> preamble, List<Op> body, int phase, Span span) {
    public RootLoop {
        axes = List.copyOf(axes);
        preamble = List.copyOf(preamble);
        body = List.copyOf(body);
    }

    /** Whether the host knows how many tiles there are. */
    public boolean hasHostBounds(List<HostScalar> scalars) {
        return axes.stream().allMatch(axis -> isHostNumber(axis.begin(), scalars) && isHostNumber(axis.end(), scalars));
    }

    private static boolean isHostNumber(Operand operand, List<HostScalar> scalars) {
        return operand.isNumber()
                || scalars.stream().anyMatch(scalar -> scalar.value().equals(operand));
    }
}
