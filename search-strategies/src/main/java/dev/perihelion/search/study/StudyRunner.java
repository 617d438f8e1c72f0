package dev.perihelion.search.study;

import dev.perihelion.search.sim.Landscape;
import dev.perihelion.search.sim.Limits;
import dev.perihelion.search.sim.Simulator;
import dev.perihelion.search.sim.Trajectory;
import dev.perihelion.search.strategy.Strategies;
import dev.perihelion.search.study.StudyPlan.RunKey;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Runs a plan on this machine's cores. */
public final class StudyRunner {

    private final StudyPlan plan;
    private final int threads;
    private final Map<String, Landscape> spaces = new HashMap<>();

    /**
     * @param threads runs at the same time; results do not depend on it
     */
    public StudyRunner(StudyPlan plan, int threads) {
        this.plan = plan;
        this.threads = threads;
        plan.spaces().forEach(space -> spaces.put(space.name(), space));
    }

    /** The plan's runs that are not among those given. */
    public List<RunKey> missing(Collection<StudyRun> done) {
        Set<RunKey> known = done.stream().map(StudyRun::key).collect(Collectors.toSet());
        return plan.runs().stream().filter(run -> !known.contains(run)).toList();
    }

    /**
     * Runs these, in any order.
     *
     * @param finished gets each run when it ended, one after the other on the calling thread
     * @throws IllegalStateException if a strategy broke its contract; the message names the run
     */
    public void run(List<RunKey> runs, Consumer<StudyRun> finished) throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CompletionService<StudyRun> service = new ExecutorCompletionService<>(pool);
            runs.forEach(run -> service.submit(() -> runOne(run)));
            for (int i = 0; i < runs.size(); i++) {
                finished.accept(service.take().get());
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }

    private StudyRun runOne(RunKey key) {
        Landscape space = spaces.get(key.space());
        Simulator simulator =
                new Simulator(space, plan.machine(key.gpus()), Limits.evaluations(key.budget()), plan.noise());
        long start = System.nanoTime();
        try {
            Trajectory trajectory =
                    simulator.run(Strategies.create(key.strategy(), space.space(), key.seed()), key.seed());
            return new StudyRun(key, trajectory, (System.nanoTime() - start) / 1e6);
        } catch (RuntimeException e) {
            throw new IllegalStateException("The run " + key + " failed: " + e.getMessage(), e);
        }
    }
}
