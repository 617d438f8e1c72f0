package dev.perihelion.compiler;

import dev.perihelion.compiler.args.Arguments;
import dev.perihelion.compiler.syntax.SourceFile;

/** The compiler's front door. */
public final class TileCompiler {

    /** Written into every module; part of what makes two results comparable. */
    public static final String VERSION = "0.1.0";

    private TileCompiler() {}

    /**
     * Parses a file, types one of its kernels for the given arguments, and derives its search space.
     *
     * @param file the whole Python file, unchanged
     * @param kernelName the function to compile
     * @param arguments by parameter name; a parameter with a default may be left out
     * @param target what to generate for
     * @throws dev.perihelion.compiler.diagnostics.CompileException for the user's mistakes, with their places
     */
    public static AnalyzedKernel analyze(SourceFile file, String kernelName, Arguments arguments, Target target) {
        throw new UnsupportedOperationException("Lowering is on its way.");
    }

    /** Arguments with every extent made small in the same way, for checks under an interpreter. */
    public static Arguments shrink(Arguments arguments) {
        throw new UnsupportedOperationException("Lowering is on its way.");
    }
}
