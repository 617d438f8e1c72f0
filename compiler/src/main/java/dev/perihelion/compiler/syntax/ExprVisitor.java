package dev.perihelion.compiler.syntax;

/** One method for each kind of expression, none with a default: a new kind breaks the build where it is forgotten. */
public interface ExprVisitor<R> {
    R visitName(Expr.Name expr);

    R visitConstant(Expr.Constant expr);

    R visitFormattedString(Expr.FormattedString expr);

    R visitTuple(Expr.TupleDisplay expr);

    R visitList(Expr.ListDisplay expr);

    R visitSet(Expr.SetDisplay expr);

    R visitDict(Expr.DictDisplay expr);

    R visitUnary(Expr.Unary expr);

    R visitBinary(Expr.Binary expr);

    R visitBoolOp(Expr.BoolOp expr);

    R visitCompare(Expr.Compare expr);

    R visitConditional(Expr.Conditional expr);

    R visitCall(Expr.Call expr);

    R visitAttribute(Expr.Attribute expr);

    R visitSubscript(Expr.Subscript expr);

    R visitSlice(Expr.Slice expr);

    R visitStarred(Expr.Starred expr);

    R visitLambda(Expr.Lambda expr);

    R visitWalrus(Expr.Walrus expr);

    R visitComprehension(Expr.Comprehension expr);

    R visitOther(Expr.Other expr);
}
