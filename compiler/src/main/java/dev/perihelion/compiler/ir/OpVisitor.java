package dev.perihelion.compiler.ir;

/** One method for each operation, none with a default. */
public interface OpVisitor<R> {
    R visitLoad(MemoryOp.Load op);

    R visitStore(MemoryOp.Store op);

    R visitAtomic(MemoryOp.Atomic op);

    R visitPointwise(ElementwiseOp.Pointwise op);

    R visitCast(ElementwiseOp.Cast op);

    R visitFull(CreationOp.Full op);

    R visitArange(CreationOp.Arange op);

    R visitTileIndex(CreationOp.TileIndex op);

    R visitTileScalar(CreationOp.TileScalar op);

    R visitReduce(AxisOp.Reduce op);

    R visitReduceTuple(AxisOp.ReduceTuple op);

    R visitScan(AxisOp.Scan op);

    R visitArgsort(AxisOp.Argsort op);

    R visitTakeAlong(AxisOp.TakeAlong op);

    R visitDot(ProductOp.Dot op);

    R visitDotScaled(ProductOp.DotScaled op);

    R visitExpandDims(ShapeOp.ExpandDims op);

    R visitPermute(ShapeOp.Permute op);

    R visitBroadcast(ShapeOp.Broadcast op);

    R visitReshape(ShapeOp.Reshape op);

    R visitJoin(ShapeOp.Join op);

    R visitSplit(ShapeOp.Split op);

    R visitBitcast(ElementwiseOp.Bitcast op);

    R visitRandom(CreationOp.Random op);

    R visitInlineTriton(EscapeOp.InlineTriton op);

    R visitCallTriton(EscapeOp.CallTriton op);

    R visitAssembly(EscapeOp.Assembly op);

    R visitPrint(EscapeOp.Print op);

    R visitForTiles(FlowOp.ForTiles op);

    R visitWhile(FlowOp.While op);

    R visitIf(FlowOp.If op);

    R visitForChunks(FlowOp.ForChunks op);
}
