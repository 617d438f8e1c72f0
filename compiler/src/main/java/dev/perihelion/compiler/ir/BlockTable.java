package dev.perihelion.compiler.ir;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The block symbols of a kernel, in source order. */
public final class BlockTable {

    /**
     * A block symbol.
     *
     * @param id its number
     * @param name the user's name for the tile, for printed names
     * @param sizeHint how long the longest axis it tiles is
     * @param fixed its length where the source fixes it; else it has a slot in {@code block_sizes}
     * @param minimum smallest length the source allows
     * @param original the symbol that it always has the length of; its own id where it is not bound to another
     */
    public record Block(int id, String name, long sizeHint, Optional<Size> fixed, long minimum, int original) {}

    private final List<Block> blocks = new ArrayList<>();

    /** A new symbol. */
    public Block add(String name, long sizeHint, Optional<Size> fixed, long minimum) {
        Block block = new Block(blocks.size(), name, sizeHint, fixed, minimum, blocks.size());
        blocks.add(block);
        return block;
    }

    /** A new symbol with the length of another, for a second axis that is open at the same time. */
    public Block addSame(String name, int original) {
        Block same = blocks.get(original);
        Block block = new Block(blocks.size(), name, same.sizeHint(), same.fixed(), same.minimum(), same.original());
        blocks.add(block);
        return block;
    }

    public Block get(int id) {
        return blocks.get(id);
    }

    /** All symbols. */
    public List<Block> all() {
        return List.copyOf(blocks);
    }

    /** Those with a slot in {@code block_sizes}, in order of their slots. */
    public List<Block> slots() {
        return blocks.stream()
                .filter(block -> block.fixed().isEmpty() && block.original() == block.id())
                .toList();
    }
}
