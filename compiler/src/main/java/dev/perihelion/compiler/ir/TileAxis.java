package dev.perihelion.compiler.ir;

import dev.perihelion.compiler.ir.Operand.Value;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One axis of a tile loop.
 *
 * @param block the block symbol of its tiles
 * @param begin where it starts
 * @param end behind its last element
 * @param fixedStep the distance of tiles where the source fixes it ({@code block_size=64}, {@code hl.grid}'s step)
 * @param isGrid whether the loop's variable is a number ({@code hl.grid}), not a tile
 * @param lengths for a jagged axis: how many elements it has at each position of the tensor's own axes
 */
public record TileAxis(
        int block, Operand begin, Operand end, Optional<Size> fixedStep, boolean isGrid, Optional<Value> lengths) {

    /** An axis with the same bounds everywhere. */
    public TileAxis(int block, Operand begin, Operand end, Optional<Size> fixedStep, boolean isGrid) {
        this(block, begin, end, fixedStep, isGrid, Optional.empty());
    }

    /** The number of elements where the bounds are constant. */
    public OptionalLong constantLength() {
        if (begin instanceof Operand.Literal low && end instanceof Operand.Literal high) {
            return OptionalLong.of(Math.max(0, (Long) high.number() - (Long) low.number()));
        }
        return OptionalLong.empty();
    }

    /** Whether the loop begins at the constant 0. */
    public boolean beginsAtZero() {
        return begin instanceof Operand.Literal low && low.number().equals(0L);
    }
}
