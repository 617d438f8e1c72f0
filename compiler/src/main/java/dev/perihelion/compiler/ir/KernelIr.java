package dev.perihelion.compiler.ir;

import dev.perihelion.compiler.syntax.Stmt;
import dev.perihelion.compiler.type.DType;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A typed kernel, free of any configuration.
 *
 * @param definition the user's function
 * @param prologue host statements before the tile loops
 * @param roots the top-level tile loops, at least one; they are one launch
 * @param epilogue host statements behind them
 * @param blocks the block symbols
 * @param scalars numbers that the launch passes
 * @param tunables parameters of the search that the user registered
 * @param hostEdits pieces of host code that the module replaces
 * @param pinned values that the module is good for alone, by host expression: {@link Long}, {@link Double}, {@link Boolean},
 *     {@link String}, a dtype or None
 * @param indexType what the user's positions are counted with, int32 or int64
 * @param sizes variables that the module has for sizes of its arguments where shapes are dynamic, with their host
 *     expressions
 * @param inputs the arguments whose sizes these are
 * @param hints the user's names of values, by value id
 */
public record KernelIr(
        Stmt.FunctionDef definition,
        List<Stmt> prologue,
        List<RootLoop> roots,
        List<Stmt> epilogue,
        BlockTable blocks,
        List<HostScalar> scalars,
        List<Tunable> tunables,
        List<HostEdit> hostEdits,
        Map<String, Object> pinned,
        DType indexType,
        Map<String, String> sizes,
        List<HostTensor> inputs,
        Map<Integer, String> hints) {
    public KernelIr {
        roots = List.copyOf(roots);
    }

    /** Whether some root loop must wait for all of an earlier one. */
    public boolean hasBarrier() {
        return roots.stream().anyMatch(root -> root.phase() > 0);
    }

    /** Every operation outside of regions, of all root loops. */
    public List<Op> topLevelOps() {
        return roots.stream()
                .flatMap(root -> Stream.concat(root.preamble().stream(), root.body().stream()))
                .toList();
    }
}
