package dev.perihelion.compiler.ir;

import dev.perihelion.compiler.syntax.Span;
import dev.perihelion.compiler.syntax.Stmt;
import java.util.List;
import java.util.Map;

/**
 * A typed kernel, free of any configuration.
 *
 * @param definition the user's function
 * @param prologue host statements before the tile loop
 * @param root the tile loop
 * @param epilogue host statements behind it
 * @param blocks the block symbols
 * @param scalars numbers that the launch passes
 * @param hostEdits pieces of host code that the module replaces; {@code {block:3}} stands for a block's length
 * @param hints the user's names of values, by value id
 */
public record KernelIr(
        Stmt.FunctionDef definition,
        List<Stmt> prologue,
        RootLoop root,
        List<Stmt> epilogue,
        BlockTable blocks,
        List<HostScalar> scalars,
        Map<Span, String> hostEdits,
        Map<Integer, String> hints) {}
