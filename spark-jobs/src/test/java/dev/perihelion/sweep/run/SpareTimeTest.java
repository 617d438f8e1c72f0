package dev.perihelion.sweep.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perihelion.sweep.stage.MeasureSlot;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class SpareTimeTest {

    private static final int CONFIGURATIONS = 4000;

    @Test
    void waitingOfTheGpuMakesItGrowAndOfConfigurationsShrink() {
        SpareTime spare = new SpareTime();
        assertThat(spare.millis()).isZero();
        spare.gpuWaited(50);
        double grown = spare.millis();
        assertThat(grown).isPositive().isLessThan(50);
        spare.configurationWaited(50);
        assertThat(spare.millis()).isPositive().isLessThan(grown);
        for (int i = 0; i < 10; i++) {
            spare.configurationWaited(1e9);
        }
        assertThat(spare.millis()).isZero();
        for (int i = 0; i < 100; i++) {
            spare.gpuWaited(1e9);
        }
        assertThat(spare.millis()).isEqualTo(400);
    }

    @Test
    void aGpuThatIsTwiceAsFastAsTheCompilersIsBusy() {
        Use use = run(75, 35);
        assertThat(use.busy).isGreaterThan(0.75);
        assertThat(use.meanWaitMillis).isLessThan(200);
    }

    @Test
    void aGpuThatBecomesSlowerThanTheCompilersHasNothingToSpareSoon() {
        GpuLanes.Lane lane = new GpuLanes.Lane(MeasureSlot.GIVEN, 2);
        for (int i = 0; i < 10; i++) {
            lane.jobStarts(nanos(100 * i));
            lane.jobEnds(nanos(100 * i + 35));
        }
        assertThat(lane.spareMillis()).as("it waited 65 ms each time").isBetween(65.0, 400.0);
        lane.jobStarts(nanos(1000));
        for (int i = 0; i < 400; i++) {
            lane.jobStarts(nanos(1000 + 35 * i + 1));
            lane.jobEnds(nanos(1000 + 35 * (i + 1)));
        }
        assertThat(lane.spareMillis()).isZero();
    }

    private record Use(double busy, double meanWaitMillis) {}

    /** Configurations arrive at random; a GPU that has nothing else to do takes longer by what it may. */
    private static Use run(double meanIntervalMillis, double workMillis) {
        SplittableRandom random = new SplittableRandom(3);
        GpuLanes.Lane lane = new GpuLanes.Lane(MeasureSlot.GIVEN, 2);
        double arrival = 0;
        double free = 0;
        double busy = 0;
        double waited = 0;
        boolean running = false;
        for (int i = 0; i < CONFIGURATIONS; i++) {
            arrival -= meanIntervalMillis * Math.log(1 - random.nextDouble());
            boolean idle = free <= arrival;
            if (running && idle) {
                lane.jobEnds(nanos(free));
            }
            double work = workMillis + (idle ? lane.spareMillis() : 0);
            lane.jobStarts(nanos(arrival));
            if (running && !idle) {
                lane.jobEnds(nanos(free));
            }
            waited += Math.max(0, free - arrival);
            free = Math.max(free, arrival) + work;
            busy += work;
            running = true;
        }
        return new Use(busy / free, waited / CONFIGURATIONS);
    }

    private static long nanos(double millis) {
        return (long) (millis * 1e6);
    }
}
