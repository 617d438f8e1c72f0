package dev.perihelion.compiler.ir;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The block symbols of a kernel, in source order. */
public final class BlockTable {

    /** What is assumed of an axis whose length is not known before the launch. */
    public static final long UNKNOWN_LENGTH = 8192;

    /**
     * A block symbol.
     *
     * @param id its number
     * @param name the user's name for the tile, for printed names
     * @param sizeHint how long the axis is that it tiles first
     * @param fixed its length where the source fixes it; else it has a slot in {@code block_sizes}
     * @param minimum smallest length the source allows
     * @param maximum for a registered symbol: the greatest length the source allows
     * @param original the symbol that it always has the length of; its own id where it is not bound to another
     */
    public record Block(
            int id,
            String name,
            long sizeHint,
            Optional<Size> fixed,
            long minimum,
            OptionalLong maximum,
            int original) {}

    private final List<Block> blocks = new ArrayList<>();
    private final Set<Integer> used = new HashSet<>();

    /** A new symbol for one axis. */
    public Block add(String name, long sizeHint, Optional<Size> fixed) {
        return add(name, sizeHint, fixed, 1, OptionalLong.empty());
    }

    /** A new symbol whose axis is not known yet. */
    public Block register(String name, long minimum, long maximum) {
        return add(name, UNKNOWN_LENGTH, Optional.empty(), minimum, OptionalLong.of(maximum));
    }

    private Block add(String name, long sizeHint, Optional<Size> fixed, long minimum, OptionalLong maximum) {
        Block block = new Block(blocks.size(), name, sizeHint, fixed, minimum, maximum, blocks.size());
        blocks.add(block);
        return block;
    }

    /** Tells that a registered symbol tiles an axis; the first one counts. */
    public void use(int id, long sizeHint) {
        Block block = blocks.get(id);
        if (block.maximum().isPresent() && used.add(id)) {
            blocks.set(
                    id,
                    new Block(
                            id,
                            block.name(),
                            sizeHint,
                            block.fixed(),
                            block.minimum(),
                            block.maximum(),
                            block.original()));
        }
    }

    /** A new symbol with the length of another, for a second axis that is open at the same time. */
    public Block addSame(String name, int original) {
        Block same = blocks.get(original);
        Block block = new Block(
                blocks.size(), name, same.sizeHint(), same.fixed(), same.minimum(), same.maximum(), same.original());
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
