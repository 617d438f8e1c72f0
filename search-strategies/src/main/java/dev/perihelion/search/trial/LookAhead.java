package dev.perihelion.search.trial;

/**
 * How many trials are worth having under way. Each one beyond what keeps the GPUs busy only makes proposals that know less:
 * a search that looks 20 trials ahead where 5 would do needs many more trials. GPUs are busy while as many configurations
 * are being compiled as become measured in the time of one compilation (Little, 1961, "A Proof for the Queuing Formula
 * L = λW"), besides those that wait for a GPU or are on it.
 */
public final class LookAhead {

    /** On each GPU or waiting for it. */
    private static final int PER_GPU = 4;

    /** Where all cores compile, one for so many of them waits, so that none is idle while the strategy thinks. */
    private static final int CORES_PER_WAITING = 4;

    /** As long as no more are told, costs say little (workers are cold, the default is slow), and an opening has as many. */
    private static final int FIRST = 16;

    /** What a trial's costs count for after each further one: the first compilations, of cold workers, are soon forgotten. */
    private static final double MEMORY = 0.96;

    private final int gpus;
    private final int cores;
    private final int waiting;
    private final int most;
    private int told;
    private double compileMillis;
    private double measureMillis;

    /**
     * @param gpus that measure, one configuration at a time each
     * @param compileCores that compile, one configuration at a time each; more than these never help
     */
    public LookAhead(int gpus, int compileCores) {
        if (gpus < 1 || compileCores < 1) {
            throw new IllegalArgumentException("Looking ahead needs at least 1 GPU and 1 compile core, not " + gpus
                    + " and " + compileCores + ".");
        }
        this.gpus = gpus;
        this.cores = compileCores;
        this.waiting = Math.min(PER_GPU * gpus, (compileCores + CORES_PER_WAITING - 1) / CORES_PER_WAITING);
        this.most = compileCores + PER_GPU * gpus;
    }

    /**
     * Takes in what one trial cost, failures included.
     *
     * @param onCoreMillis from when a compile core had it until that was done with it
     * @param onGpuMillis that a GPU had to spend; 0 if it did not come so far
     */
    public void add(double onCoreMillis, double onGpuMillis) {
        told++;
        compileMillis = MEMORY * compileMillis + onCoreMillis;
        measureMillis = MEMORY * measureMillis + onGpuMillis;
    }

    /** Trials to have asked for and not told. */
    public int trials() {
        if (told < FIRST || measureMillis == 0) {
            return Math.min(most, Math.max(FIRST, Math.min(PER_GPU * gpus, cores + waiting)));
        }
        double compilationsEach = compileMillis / measureMillis;
        double forGpus = gpus * (PER_GPU + compilationsEach);
        // Where cores are what there is too little of, what waits for them was only proposed too early.
        double forCores = cores + waiting + cores / compilationsEach;
        return (int) Math.min(most, Math.round(Math.min(forGpus, forCores)));
    }
}
