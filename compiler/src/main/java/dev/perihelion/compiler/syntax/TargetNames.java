package dev.perihelion.compiler.syntax;

/** Names each kind of expression, with its article, for "cannot assign to ...". */
final class TargetNames implements ExprVisitor<String> {

    @Override
    public String visitName(Expr.Name expr) {
        return "a name";
    }

    @Override
    public String visitConstant(Expr.Constant expr) {
        if (expr.value() instanceof Boolean flag) {
            return flag ? "`True`" : "`False`";
        }
        return expr.value() == Expr.Special.NONE ? "`None`" : "a literal";
    }

    @Override
    public String visitFormattedString(Expr.FormattedString expr) {
        return "an f-string";
    }

    @Override
    public String visitTuple(Expr.TupleDisplay expr) {
        return "a tuple";
    }

    @Override
    public String visitList(Expr.ListDisplay expr) {
        return "a list";
    }

    @Override
    public String visitSet(Expr.SetDisplay expr) {
        return "a set";
    }

    @Override
    public String visitDict(Expr.DictDisplay expr) {
        return "a dictionary";
    }

    @Override
    public String visitUnary(Expr.Unary expr) {
        return "an operation";
    }

    @Override
    public String visitBinary(Expr.Binary expr) {
        return "an operation";
    }

    @Override
    public String visitBoolOp(Expr.BoolOp expr) {
        return "an operation";
    }

    @Override
    public String visitCompare(Expr.Compare expr) {
        return "a comparison";
    }

    @Override
    public String visitConditional(Expr.Conditional expr) {
        return "a conditional expression";
    }

    @Override
    public String visitCall(Expr.Call expr) {
        return "a call";
    }

    @Override
    public String visitAttribute(Expr.Attribute expr) {
        return "an attribute";
    }

    @Override
    public String visitSubscript(Expr.Subscript expr) {
        return "a subscript";
    }

    @Override
    public String visitSlice(Expr.Slice expr) {
        return "a slice";
    }

    @Override
    public String visitStarred(Expr.Starred expr) {
        return "a starred expression outside of a list or tuple";
    }

    @Override
    public String visitLambda(Expr.Lambda expr) {
        return "a lambda";
    }

    @Override
    public String visitWalrus(Expr.Walrus expr) {
        return "an assignment expression";
    }

    @Override
    public String visitComprehension(Expr.Comprehension expr) {
        return expr.kind() == Expr.ComprehensionKind.GENERATOR ? "a generator" : "a comprehension";
    }

    @Override
    public String visitOther(Expr.Other expr) {
        return "`" + expr.what() + "`";
    }
}
