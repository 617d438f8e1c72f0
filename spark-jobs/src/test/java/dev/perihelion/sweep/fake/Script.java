package dev.perihelion.sweep.fake;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a test wants of the workers of one {@link FakeToolchain}, by its name. Static, because toolchains travel through Spark.
 */
public final class Script {

    private static final Map<String, Script> BY_TOOLCHAIN = new ConcurrentHashMap<>();

    /** Programs whose compilation waits until the latch is open. */
    private final Map<String, CountDownLatch> compileGates = new ConcurrentHashMap<>();

    private final Set<String> losesCompilationsOf = ConcurrentHashMap.newKeySet();
    private final Map<String, AtomicInteger> gpuLostAfter = new ConcurrentHashMap<>();
    private final Map<String, Double> anchorFactors = new ConcurrentHashMap<>();
    private volatile boolean allFail;
    private volatile boolean needsDevice;
    private volatile String refusedByDevice = "";
    private volatile boolean racesFail;
    private volatile String wrongInRaces = "";
    private volatile int measureMillis;

    private Script() {}

    public static Script of(FakeToolchain toolchain) {
        return BY_TOOLCHAIN.computeIfAbsent(toolchain.name(), name -> new Script());
    }

    /** Compilations of this program wait for the latch. */
    public CountDownLatch holdCompilation(String program) {
        CountDownLatch latch = new CountDownLatch(1);
        compileGates.put(program, latch);
        return latch;
    }

    /** Compilations of this program end as infrastructure. */
    public void loseCompilations(String program) {
        losesCompilationsOf.add(program);
    }

    /** Only the worker of a GPU can compile, as host functions ask the device for something; one program fails there too. */
    public void compileOnDeviceOnly(String refused) {
        needsDevice = true;
        refusedByDevice = refused;
    }

    /** The GPU of this address answers so many measurements and is lost then. */
    public void loseGpu(String address, int measurements) {
        gpuLostAfter.put(address, new AtomicInteger(measurements));
    }

    /** The GPU works again. */
    public void mendGpu(String address) {
        gpuLostAfter.remove(address);
    }

    /** Every measurement ends as a launch error. */
    public void failEverything() {
        allFail = true;
    }

    /** Races do not come about. */
    public void failRaces() {
        racesFail = true;
    }

    /** This program is wrong with the inputs of races. */
    public void makeWrongInRaces(String program) {
        wrongInRaces = program;
    }

    /** Each measurement and each race takes so long. */
    public void slowGpus(int millis) {
        measureMillis = millis;
    }

    /** The GPU of this address takes so many times as long as the others for functions that are not tuned. */
    public void makeSlow(String address, double factor) {
        anchorFactors.put(address, factor);
    }

    double anchorNanos(String address) {
        return 100_000 * anchorFactors.getOrDefault(address, 1.0);
    }

    void measuring() throws InterruptedException {
        if (measureMillis > 0) {
            Thread.sleep(measureMillis);
        }
    }

    void compiling(String program) throws InterruptedException {
        CountDownLatch gate = compileGates.get(program);
        if (gate != null) {
            gate.await();
        }
    }

    boolean needsDevice() {
        return needsDevice;
    }

    boolean isRefusedByDevice(String program) {
        return refusedByDevice.equals(program);
    }

    boolean losesCompilation(String program) {
        return losesCompilationsOf.contains(program);
    }

    boolean gpuIsLost(String address) {
        AtomicInteger left = gpuLostAfter.get(address);
        return left != null && left.getAndDecrement() <= 0;
    }

    boolean everythingFails() {
        return allFail;
    }

    boolean racesAreImpossible() {
        return racesFail;
    }

    boolean isWrongInRaces(String program) {
        return wrongInRaces.equals(program);
    }
}
