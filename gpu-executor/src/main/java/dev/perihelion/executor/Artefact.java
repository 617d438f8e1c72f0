package dev.perihelion.executor;

import java.util.Arrays;

/**
 * A compiled kernel, loadable on any machine with the target's device.
 *
 * @param sha256 of the binary, in hexadecimal; equal binaries are measured once
 * @param binary the cubin or hsaco
 * @param launchJson what the loader needs: symbol, signature, grid, threads, shared memory, scratch (worker's form)
 * @param facts what the compiler said of it
 */
public record Artefact(String sha256, byte[] binary, String launchJson, BinaryFacts facts) {

    @Override
    public boolean equals(Object other) {
        return other instanceof Artefact that
                && sha256.equals(that.sha256)
                && Arrays.equals(binary, that.binary)
                && launchJson.equals(that.launchJson)
                && facts.equals(that.facts);
    }

    @Override
    public int hashCode() {
        return sha256.hashCode();
    }

    @Override
    public String toString() {
        return "Artefact[" + sha256 + ", " + binary.length + " bytes, " + facts + "]";
    }
}
