package dev.perihelion.sweep.run;

/** The compile workers of all processes, which all tasks share. Only the loop's thread touches it. */
final class CompileSlots {

    private final int most;
    private int taken;

    /** So many compilations at once. */
    CompileSlots(int most) {
        this.most = most;
    }

    void take(int count) {
        taken += count;
    }

    void giveBack() {
        taken--;
    }

    /** Compilations that could begin now. */
    int free() {
        return Math.max(0, most - taken);
    }
}
