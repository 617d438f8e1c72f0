package dev.perihelion.search.study;

import dev.perihelion.search.sim.Landscape;
import dev.perihelion.search.sim.Noise;
import dev.perihelion.search.sim.SimulatedMachine;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * What a study runs: every strategy on every space with every number of GPUs and every seed.
 *
 * @param spaces with different names
 * @param strategies by name; {@code random} is added in front where it is missing, because all is compared with it
 * @param seeds from 0; of strategy and noise
 * @param budget most evaluations of one run; never more than the space holds
 * @param gpus numbers of GPUs, ascending; the first is what strategies are compared on
 * @param coresPerGpu compile cores beside each GPU
 * @param noise what a measurement shows
 */
public record StudyPlan(
        List<Landscape> spaces,
        List<String> strategies,
        int seeds,
        long budget,
        List<Integer> gpus,
        int coresPerGpu,
        Noise noise) {

    /** What every strategy is compared with. */
    public static final String BASELINE = "random";

    public StudyPlan {
        spaces = List.copyOf(spaces);
        if (!strategies.contains(BASELINE)) {
            List<String> all = new ArrayList<>(List.of(BASELINE));
            all.addAll(strategies);
            strategies = all;
        }
        strategies = strategies.stream().distinct().toList();
        gpus = gpus.stream().distinct().sorted().toList();
        if (spaces.isEmpty() || gpus.isEmpty() || seeds < 1 || budget < 1 || coresPerGpu < 1 || gpus.get(0) < 1) {
            throw new IllegalArgumentException(
                    "A study needs at least one space, strategy, seed, evaluation, GPU and compile"
                            + " core; it has " + spaces.size() + " spaces, " + seeds + " seeds, " + budget
                            + " evaluations, " + gpus
                            + " GPUs and " + coresPerGpu + " cores for each.");
        }
        HashSet<String> names = new HashSet<>();
        for (Landscape space : spaces) {
            if (!names.add(space.name())) {
                throw new IllegalArgumentException("Two recorded spaces are called `" + space.name()
                        + "`; results could not be told apart. Rename one of the files.");
            }
        }
    }

    /** The number of GPUs that strategies are compared on. */
    public int mainGpus() {
        return gpus.get(0);
    }

    /** Most evaluations of one run on this space. */
    public long budgetOf(Landscape space) {
        return Math.min(budget, space.size());
    }

    SimulatedMachine machine(int gpuCount) {
        return SimulatedMachine.of(gpuCount, gpuCount * coresPerGpu);
    }

    /** All runs; seeds change slowest, so that a study that is stopped early has compared everything with fewer seeds. */
    List<RunKey> runs() {
        List<RunKey> runs = new ArrayList<>();
        for (int seed = 0; seed < seeds; seed++) {
            for (Landscape space : spaces) {
                for (String strategy : strategies) {
                    for (int gpu : gpus) {
                        runs.add(new RunKey(space.name(), strategy, gpu, seed, budgetOf(space)));
                    }
                }
            }
        }
        return runs;
    }

    /**
     * What one run is of.
     *
     * @param space name of the recorded space
     * @param strategy its name
     * @param gpus of the simulated machine
     * @param seed of strategy and noise
     * @param budget most evaluations
     */
    public record RunKey(String space, String strategy, int gpus, long seed, long budget) {}
}
