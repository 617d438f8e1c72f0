package dev.perihelion.compiler.syntax;

import java.util.List;

/** A parsed Python file. */
public record ModuleAst(SourceFile source, List<Stmt> body) {}
