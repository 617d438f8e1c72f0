package dev.perihelion.compiler.ir;

/** One method for each operation, none with a default. */
public interface OpVisitor<R> {
    R visitLoad(Op.Load op);

    R visitStore(Op.Store op);

    R visitAtomic(Op.Atomic op);

    R visitPointwise(Op.Pointwise op);

    R visitCast(Op.Cast op);

    R visitFull(Op.Full op);

    R visitArange(Op.Arange op);

    R visitTileIndex(Op.TileIndex op);

    R visitTileScalar(Op.TileScalar op);

    R visitReduce(Op.Reduce op);

    R visitReduceTuple(Op.ReduceTuple op);

    R visitScan(Op.Scan op);

    R visitArgsort(Op.Argsort op);

    R visitTakeAlong(Op.TakeAlong op);

    R visitDot(Op.Dot op);

    R visitDotScaled(Op.DotScaled op);

    R visitExpandDims(Op.ExpandDims op);

    R visitPermute(Op.Permute op);

    R visitBroadcast(Op.Broadcast op);

    R visitReshape(Op.Reshape op);

    R visitJoin(Op.Join op);

    R visitSplit(Op.Split op);

    R visitBitcast(Op.Bitcast op);

    R visitRandom(Op.Random op);

    R visitInlineTriton(Op.InlineTriton op);

    R visitCallTriton(Op.CallTriton op);

    R visitAssembly(Op.Assembly op);

    R visitPrint(Op.Print op);

    R visitForTiles(Op.ForTiles op);

    R visitWhile(Op.While op);

    R visitIf(Op.If op);

    R visitForChunks(Op.ForChunks op);
}
