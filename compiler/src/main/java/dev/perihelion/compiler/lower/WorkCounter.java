package dev.perihelion.compiler.lower;

import dev.perihelion.compiler.WorkEstimate;

/** Adds up what a program does while it is printed. */
final class WorkCounter {

    private double bytesRead;
    private double bytesWritten;
    private double flops;
    private double turns = 1;

    /** Enters a loop of so many turns; give the answer to {@link #leave}. */
    double enter(double loopTurns) {
        double before = turns;
        turns *= Math.max(0, loopTurns);
        return before;
    }

    void leave(double before) {
        turns = before;
    }

    void read(double bytes) {
        bytesRead += turns * bytes;
    }

    void write(double bytes) {
        bytesWritten += turns * bytes;
    }

    void compute(double operations) {
        flops += turns * operations;
    }

    WorkEstimate estimate() {
        return new WorkEstimate(bytesRead, bytesWritten, flops);
    }
}
