package dev.perihelion.compiler.ir;

import dev.perihelion.compiler.ir.Operand.Value;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What operations read and give. */
public final class Operands {

    private Operands() {}

    /** The values an operation reads from outside, those of its regions included. */
    public static Set<Value> read(Op op) {
        Set<Value> read = new LinkedHashSet<>();
        Set<Value> defined = new LinkedHashSet<>();
        collect(op, read, defined);
        read.removeAll(defined);
        return read;
    }

    /** The values an operation gives to what follows it. */
    public static List<Value> results(Op op) {
        return op.accept(new Results());
    }

    /** The operations directly inside an operation's regions. */
    public static List<Op> nested(Op op) {
        if (op instanceof Op.ForTiles loop) {
            return loop.body();
        }
        if (op instanceof Op.ForChunks loop) {
            return loop.body();
        }
        if (op instanceof Op.If branch) {
            List<Op> all = new ArrayList<>(branch.then());
            all.addAll(branch.orElse());
            return all;
        }
        return List.of();
    }

    private static void collect(Op op, Set<Value> read, Set<Value> defined) {
        op.accept(new Direct()).forEach(operand -> {
            if (operand instanceof Value value) {
                read.add(value);
            }
        });
        if (op instanceof Op.ForTiles loop) {
            loop.carried().forEach(carried -> defined.add(carried.argument()));
        }
        for (Op inner : nested(op)) {
            collect(inner, read, defined);
            defined.addAll(results(inner));
        }
    }

    /** The operands named by the operation itself. */
    private static final class Direct implements OpVisitor<List<Operand>> {
        @Override
        public List<Operand> visitLoad(Op.Load op) {
            return access(op.indices(), op.mask());
        }

        @Override
        public List<Operand> visitStore(Op.Store op) {
            List<Operand> all = new ArrayList<>(access(op.indices(), op.mask()));
            all.add(op.value());
            return all;
        }

        private static List<Operand> access(List<Index> indices, Optional<Operand> mask) {
            List<Operand> all = new ArrayList<>();
            for (Index index : indices) {
                if (index instanceof Index.OfTile tile) {
                    all.add(tile.shift());
                } else if (index instanceof Index.At at) {
                    all.add(at.position());
                } else if (index instanceof Index.Range range) {
                    all.add(range.begin());
                } else if (index instanceof Index.Gather gather) {
                    all.add(gather.positions());
                }
            }
            mask.ifPresent(all::add);
            return all;
        }

        @Override
        public List<Operand> visitPointwise(Op.Pointwise op) {
            return op.operands();
        }

        @Override
        public List<Operand> visitCast(Op.Cast op) {
            return List.of(op.operand());
        }

        @Override
        public List<Operand> visitFull(Op.Full op) {
            return List.of(op.fill());
        }

        @Override
        public List<Operand> visitArange(Op.Arange op) {
            return List.of();
        }

        @Override
        public List<Operand> visitTileIndex(Op.TileIndex op) {
            return List.of();
        }

        @Override
        public List<Operand> visitTileScalar(Op.TileScalar op) {
            return List.of();
        }

        @Override
        public List<Operand> visitReduce(Op.Reduce op) {
            return List.of(op.operand());
        }

        @Override
        public List<Operand> visitDot(Op.Dot op) {
            return Stream.concat(Stream.of(op.left(), op.right()), op.accumulator().stream())
                    .toList();
        }

        @Override
        public List<Operand> visitExpandDims(Op.ExpandDims op) {
            return List.of(op.operand());
        }

        @Override
        public List<Operand> visitPermute(Op.Permute op) {
            return List.of(op.operand());
        }

        @Override
        public List<Operand> visitBroadcast(Op.Broadcast op) {
            return List.of(op.operand());
        }

        @Override
        public List<Operand> visitReshape(Op.Reshape op) {
            return List.of(op.operand());
        }

        @Override
        public List<Operand> visitForTiles(Op.ForTiles op) {
            List<Operand> all = new ArrayList<>();
            op.axes().forEach(axis -> {
                all.add(axis.begin());
                all.add(axis.end());
            });
            op.carried().forEach(carried -> {
                all.add(carried.initial());
                all.add(carried.yielded());
            });
            return all;
        }

        @Override
        public List<Operand> visitIf(Op.If op) {
            List<Operand> all = new ArrayList<>(List.of(op.condition()));
            op.merged().forEach(merged -> {
                all.add(merged.thenValue());
                all.add(merged.elseValue());
            });
            return all;
        }

        @Override
        public List<Operand> visitForChunks(Op.ForChunks op) {
            return List.of();
        }
    }

    private static final class Results implements OpVisitor<List<Value>> {
        @Override
        public List<Value> visitLoad(Op.Load op) {
            return List.of(op.result());
        }

        @Override
        public List<Value> visitStore(Op.Store op) {
            return List.of();
        }

        @Override
        public List<Value> visitPointwise(Op.Pointwise op) {
            return List.of(op.result());
        }

        @Override
        public List<Value> visitCast(Op.Cast op) {
            return List.of(op.result());
        }

        @Override
        public List<Value> visitFull(Op.Full op) {
            return List.of(op.result());
        }

        @Override
        public List<Value> visitArange(Op.Arange op) {
            return List.of(op.result());
        }

        @Override
        public List<Value> visitTileIndex(Op.TileIndex op) {
            return List.of(op.result());
        }

        @Override
        public List<Value> visitTileScalar(Op.TileScalar op) {
            return List.of(op.result());
        }

        @Override
        public List<Value> visitReduce(Op.Reduce op) {
            return List.of(op.result());
        }

        @Override
        public List<Value> visitDot(Op.Dot op) {
            return List.of(op.result());
        }

        @Override
        public List<Value> visitExpandDims(Op.ExpandDims op) {
            return List.of(op.result());
        }

        @Override
        public List<Value> visitPermute(Op.Permute op) {
            return List.of(op.result());
        }

        @Override
        public List<Value> visitBroadcast(Op.Broadcast op) {
            return List.of(op.result());
        }

        @Override
        public List<Value> visitReshape(Op.Reshape op) {
            return List.of(op.result());
        }

        @Override
        public List<Value> visitForTiles(Op.ForTiles op) {
            return op.carried().stream().map(Op.Carried::result).toList();
        }

        @Override
        public List<Value> visitIf(Op.If op) {
            return op.merged().stream().map(Op.Merged::result).toList();
        }

        @Override
        public List<Value> visitForChunks(Op.ForChunks op) {
            return op.partials().stream().map(Op.Reduce::result).toList();
        }
    }
}
