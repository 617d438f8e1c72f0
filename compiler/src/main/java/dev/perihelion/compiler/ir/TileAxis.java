package dev.perihelion.compiler.ir;

import java.util.OptionalLong;

/**
 * One axis of a tile loop.
 *
 * @param block the block symbol of its tiles
 * @param begin where it starts
 * @param end behind its last element
 * @param fixedBlock the block size where the source fixes it ({@code block_size=64}, {@code hl.grid}'s 1)
 * @param isGrid whether the loop's variable is a number ({@code hl.grid}), not a tile
 */
public record TileAxis(int block, Operand begin, Operand end, OptionalLong fixedBlock, boolean isGrid) {

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
