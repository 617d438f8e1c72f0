package dev.perihelion.compiler.ir;

import dev.perihelion.compiler.ir.Operand.Value;
import java.util.List;

/** How one axis of a host tensor is addressed, and which axes of the accessed block vary with it. */
public sealed interface Index {

    /** The axes of the accessed block along which the address varies; empty for one position. */
    List<Integer> axes();

    /** What the address is computed from. */
    List<Operand> operands();

    /** The same where the accessed block has {@code count} more axes in front. */
    Index moved(int count);

    /** The elements of a tile, shifted by {@code shift} (the literal 0 most of the time). */
    record OfTile(int block, Operand shift, int axis) implements Index {
        @Override
        public List<Integer> axes() {
            return List.of(axis);
        }

        @Override
        public Index moved(int count) {
            return new OfTile(block, shift, axis + count);
        }

        @Override
        public List<Operand> operands() {
            return List.of(shift);
        }
    }

    /** One position, counted from the front. */
    record At(Operand position) implements Index {
        @Override
        public List<Integer> axes() {
            return List.of();
        }

        @Override
        public Index moved(int count) {
            return this;
        }

        @Override
        public List<Operand> operands() {
            return List.of(position);
        }
    }

    /** {@code begin + step * (0 .. length)}; the whole axis has begin 0, step 1 and the axis's length. */
    record Range(Operand begin, Dim length, long step, int axis) implements Index {
        @Override
        public List<Integer> axes() {
            return List.of(axis);
        }

        @Override
        public Index moved(int count) {
            return new Range(begin, length, step, axis + count);
        }

        @Override
        public List<Operand> operands() {
            return List.of(begin);
        }
    }

    /** Positions held by a device value, whose axes stand at {@code axes} of the block. */
    record Gather(Value positions, List<Integer> axes) implements Index {
        public Gather {
            axes = List.copyOf(axes);
        }

        @Override
        public Index moved(int count) {
            return new Gather(positions, axes.stream().map(axis -> axis + count).toList());
        }

        @Override
        public List<Operand> operands() {
            return List.of(positions);
        }
    }
}
