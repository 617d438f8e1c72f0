package dev.perihelion.compiler;

import dev.perihelion.compiler.args.Arguments;
import dev.perihelion.compiler.args.ShapeShrinker;
import dev.perihelion.compiler.frontend.KernelFrontend;
import dev.perihelion.compiler.ir.KernelIr;
import dev.perihelion.compiler.lower.ModulePrinter;
import dev.perihelion.compiler.lower.ReductionLength;
import dev.perihelion.compiler.space.Keys;
import dev.perihelion.compiler.space.LoopFacts;
import dev.perihelion.compiler.space.Normalizer;
import dev.perihelion.compiler.space.Seeds;
import dev.perihelion.compiler.space.SpaceBuilder;
import dev.perihelion.compiler.syntax.ModuleAst;
import dev.perihelion.compiler.syntax.SourceFile;
import dev.perihelion.compiler.syntax.SourceParser;
import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.SearchSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
        ModuleAst ast = SourceParser.parse(KernelFrontend.withArguments(file, arguments));
        KernelFrontend.Result result = KernelFrontend.run(ast, kernelName, arguments);
        LoopFacts facts = LoopFacts.of(result.ir());
        Normalizer normalizer = new Normalizer(SpaceBuilder.build(result.ir(), facts, target), facts, target);
        return new Kernel(ast, result.ir(), facts, result.arguments(), target, normalizer, result.configurations());
    }

    /**
     * Arguments with every extent made small in the same way, for checks under an interpreter: equal extents stay equal,
     * and most of them divide no block.
     */
    public static Arguments shrink(Arguments arguments) {
        return ShapeShrinker.shrink(arguments);
    }

    private record Kernel(
            ModuleAst ast,
            KernelIr ir,
            LoopFacts facts,
            Arguments arguments,
            Target target,
            Normalizer normalizer,
            List<Configuration> written)
            implements AnalyzedKernel {

        @Override
        public String kernelName() {
            return ir.definition().name();
        }

        @Override
        public SearchSpace space() {
            return normalizer.space();
        }

        @Override
        public List<Configuration> seeds() {
            List<Configuration> seeds = new ArrayList<>(userConfigurations());
            seeds.remove(space().defaultConfiguration());
            for (Configuration seed : Seeds.of(ir, facts, space())) {
                Optional<Configuration> fitting = fitted(seed);
                if (fitting.isPresent() && !seeds.contains(fitting.get())) {
                    seeds.add(fitting.get());
                }
            }
            return seeds;
        }

        /** The configuration, with as many stages as the target has memory for; empty where none fits. */
        private Optional<Configuration> fitted(Configuration seed) {
            Configuration fitting = seed;
            while (!feasibility(fitting).isFeasible()) {
                long stages = fitting.getLong(Keys.NUM_STAGES);
                if (stages <= 2) {
                    return Optional.empty();
                }
                fitting = fitting.with(Keys.NUM_STAGES, stages - 1);
            }
            return Optional.of(fitting);
        }

        @Override
        public List<Configuration> userConfigurations() {
            List<Configuration> legal = new ArrayList<>();
            for (Configuration configuration : written) {
                try {
                    legal.add(normalize(configuration));
                } catch (InvalidConfigurationException e) {
                    // Written for another compiler, or for other arguments: not one of this space.
                    continue;
                }
            }
            return legal.stream().distinct().toList();
        }

        @Override
        public double reductionLength() {
            return ReductionLength.of(ir);
        }

        @Override
        public Configuration normalize(Configuration configuration) {
            return normalizer.normalize(configuration);
        }

        @Override
        public GeneratedModule generate(Configuration configuration) {
            return new ModulePrinter(ast, ir, facts, arguments, target).print(normalize(configuration));
        }
    }
}
