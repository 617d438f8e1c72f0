package dev.perihelion.executor;

/**
 * A rough latency for targets whose hardware is not here: what the busiest of the device's parts needs (after the roofline
 * model, Williams, Waterman and Patterson, CACM 52(4), 2009), what a program that waits for each of its steps needs, and how far
 * these two hide each other. It orders configurations of one kernel; docs/measuring.md explains it, and bench/estimates.py says
 * how well it does. An estimate is never exported as a measurement.
 *
 * <p>The constants are round numbers that hold for whole families of devices; none was fitted to a kernel.
 */
public final class LatencyEstimate {

    /** Time until the first program runs; about what an empty launch takes on the device. */
    private static final double LAUNCH_SECONDS = 2e-6;
    /** From a load's issue to its value, under load: from the last cache, and from device memory. */
    private static final double CACHE_SECONDS = 300e-9;

    private static final double DEVICE_SECONDS = 700e-9;
    /** What the threads of a program need to agree on one result: two barriers and shared memory between them. */
    private static final double EXCHANGE_SECONDS = 60e-9;
    /** Share of its peak that device memory reaches, and that matrix units do. */
    private static final double REACHABLE_BANDWIDTH = 0.9;

    private static final double REACHABLE_MATRIX_RATE = 0.85;
    /** What a multiprocessor exchanges in a cycle with the cache behind it, and with its shared memory. */
    private static final double CACHE_BYTES_A_CYCLE = 64;

    private static final double SHARED_BYTES_A_CYCLE = 128;
    /** Each stretch of memory costs device memory as much as so many bytes more: another row is opened. */
    private static final double RUN_BYTES = 32;
    /** Instructions around a memory instruction: 64-bit addresses, masks, conversions. */
    private static final double REQUEST_INSTRUCTIONS = 8;
    /** Cycles from one instruction of a warp to its next, as most need the result of the one before. */
    private static final double DEPENDENT_CYCLES = 2;

    private static final double WORD_BYTES = 4;

    private final BinaryFacts facts;
    private final Work work;
    private final TargetFacts target;
    private final int resident;

    private LatencyEstimate(BinaryFacts facts, Work work, TargetFacts target) {
        this.facts = facts;
        this.work = work;
        this.target = target;
        this.resident = residentPrograms(facts, target);
    }

    /**
     * Programs that fit on one multiprocessor at once; 0 where one does not fit.
     */
    public static int residentPrograms(BinaryFacts facts, TargetFacts target) {
        int registers = roundUp(Math.max(1, facts.registers()), target.registerStep());
        if (facts.threads() < 1 || registers > roundUp(target.maxRegisters(), target.registerStep())) {
            return 0;
        }
        int byRegisters = target.registers() / (registers * facts.threads());
        int byThreads = target.threads() / facts.threads();
        int shared = facts.sharedBytes() + target.sharedReserve();
        int byShared = shared == 0 ? target.programs() : target.sharedBytes() / shared;
        return Math.min(Math.min(byRegisters, byThreads), Math.min(byShared, target.programs()));
    }

    /**
     * The estimate.
     *
     * @return nanoseconds; infinite where the program does not fit on the target
     */
    public static double nanos(BinaryFacts facts, Work work, TargetFacts target) {
        LatencyEstimate estimate = new LatencyEstimate(facts, work, target);
        return estimate.resident == 0 ? Double.POSITIVE_INFINITY : 1e9 * estimate.seconds();
    }

    private double seconds() {
        double tiles = Math.max(1, Math.ceil(work.tiles()));
        // Persistent programs that get no tile end at once.
        double tilesOfOne = Math.ceil(tiles / Math.min(Math.max(1, facts.programs()), tiles));
        double programs = Math.ceil(tiles / tilesOfOne);
        double programsOfBusiest = Math.ceil(programs / target.multiprocessors());
        double active = Math.min(resident, programsOfBusiest);
        double waves = Math.ceil(programsOfBusiest / active);
        // The last wave, and programs that have one tile less than others, leave multiprocessors idle.
        double uneven = Math.max(1, programsOfBusiest * tilesOfOne * target.multiprocessors() / tiles);

        Spills spills = new Spills(programs, active);
        double instructions = instructionsOfWarp(programs) + spills.instructionsOfWarp();
        double busy = Math.max(
                deviceMemory(tiles, active, spills.deviceBytes()),
                uneven * (multiprocessors(spills.bytes()) + issue(instructions, programs)));
        double waiting = waves * chain(instructions, programs);
        return LAUNCH_SECONDS + Math.max(busy, waiting) + Math.min(busy, waiting) / overlap(active);
    }

    /** How many parts of the work hide each other's waiting: programs side by side, turns of a pipeline, and free warps. */
    private double overlap(double active) {
        boolean multiplies = work.matrixFlops() > 0;
        double turns = multiplies ? Math.max(1, work.turns() / Math.max(1, work.waits())) : 1;
        // Warps that never wait for each other drift apart.
        boolean free = !multiplies && work.exchanges() == 0;
        return active * turns * (free ? warps() : 1);
    }

    private double warps() {
        return Math.max(1, (double) facts.threads() / target.warpThreads());
    }

    private double instructionsOfWarp(double programs) {
        double all = work.laneInstructions() / target.warpThreads() + REQUEST_INSTRUCTIONS * work.requests();
        return all / (programs * warps());
    }

    /** What one program needs that has a multiprocessor to itself. */
    private double chain(double instructionsOfWarp, double programs) {
        double all = work.bytesRead() + work.bytesWritten();
        double fresh = all > 0 ? Math.min(1, work.distinctBytes() / all) : 0;
        double wait = CACHE_SECONDS + (DEVICE_SECONDS - CACHE_SECONDS) * fresh;
        // One more for what it stores.
        return (work.waits() / programs + 1) * wait
                + work.exchanges() / programs * EXCHANGE_SECONDS
                + instructionsOfWarp * DEPENDENT_CYCLES / target.clockHertz();
    }

    private double deviceMemory(double tiles, double active, double spilled) {
        double again = Math.max(0, work.bytesRead() + work.bytesWritten() - work.distinctBytes());
        // What the running programs work on stays in the last cache, as far as it has room.
        double held = active * target.multiprocessors() * work.distinctBytes() / tiles;
        double missed = again * past(target.lastCacheBytes(), held);
        double bytes = work.distinctBytes() + RUN_BYTES * work.runs() + missed + spilled;
        return bytes / (target.bytesPerSecond() * REACHABLE_BANDWIDTH);
    }

    /** The slowest of a multiprocessor's ways for data and its matrix units. */
    private double multiprocessors(double spilled) {
        double cycles = target.multiprocessors() * target.clockHertz();
        double cache = (work.sectorBytes() + spilled) / (cycles * CACHE_BYTES_A_CYCLE);
        double shared = work.operandBytes() / (cycles * SHARED_BYTES_A_CYCLE);
        double matrix = work.matrixFlops() / (target.halfFlops() * REACHABLE_MATRIX_RATE);
        return Math.max(cache, Math.max(shared, matrix));
    }

    private double issue(double instructionsOfWarp, double programs) {
        double lanes = instructionsOfWarp * programs * warps() * target.warpThreads();
        return lanes / (target.multiprocessors() * target.lanes() * target.clockHertz());
    }

    /** The share of a working set that a cache has no room for. */
    private static double past(double cacheBytes, double workingSet) {
        return workingSet > 0 ? 1 - Math.min(1, Math.max(0, cacheBytes) / workingSet) : 0;
    }

    private static int roundUp(int value, int step) {
        return (value + step - 1) / step * step;
    }

    /** Registers that live in memory: each is written and read in each turn of a loop. */
    private final class Spills {

        private final double programs;
        private final double active;

        Spills(double programs, double active) {
            this.programs = programs;
            this.active = active;
        }

        double instructionsOfWarp() {
            return 2 * facts.spillBytes() / WORD_BYTES * Math.max(1, work.turns() / programs);
        }

        double bytes() {
            return instructionsOfWarp() * WORD_BYTES * facts.threads() * programs;
        }

        /** What neither a multiprocessor's own cache nor the last one holds. */
        double deviceBytes() {
            double held = active * facts.threads() * facts.spillBytes();
            double own = target.firstCacheBytes() - (target.firstCacheIsShared() ? active * facts.sharedBytes() : 0);
            return bytes() * past(own, held) * past(target.lastCacheBytes(), held * target.multiprocessors());
        }
    }
}
