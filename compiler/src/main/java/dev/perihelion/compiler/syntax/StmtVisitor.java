package dev.perihelion.compiler.syntax;

/** One method for each kind of statement, none with a default. */
public interface StmtVisitor<R> {
    R visitExpression(Stmt.Expression stmt);

    R visitAssign(Stmt.Assign stmt);

    R visitAnnotatedAssign(Stmt.AnnotatedAssign stmt);

    R visitAugmentedAssign(Stmt.AugmentedAssign stmt);

    R visitFor(Stmt.For stmt);

    R visitWhile(Stmt.While stmt);

    R visitIf(Stmt.If stmt);

    R visitReturn(Stmt.Return stmt);

    R visitAssert(Stmt.Assert stmt);

    R visitRaise(Stmt.Raise stmt);

    R visitPass(Stmt.Pass stmt);

    R visitBreak(Stmt.Break stmt);

    R visitContinue(Stmt.Continue stmt);

    R visitFunctionDef(Stmt.FunctionDef stmt);

    R visitClassDef(Stmt.ClassDef stmt);

    R visitImport(Stmt.Import stmt);

    R visitImportFrom(Stmt.ImportFrom stmt);

    R visitOther(Stmt.Other stmt);
}
