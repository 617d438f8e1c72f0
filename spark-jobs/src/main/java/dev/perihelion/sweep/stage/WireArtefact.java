package dev.perihelion.sweep.stage;

import dev.perihelion.executor.Artefact;
import dev.perihelion.executor.BinaryFacts;
import java.io.Serializable;

/** An {@link Artefact} as it travels between Spark processes. */
@SuppressWarnings("ArrayRecordComponent") // never compared; `key` is what is
public record WireArtefact(
        String sha256,
        byte[] binary,
        String launchJson,
        int registers,
        int spillBytes,
        int sharedBytes,
        int threads,
        long programs,
        double compileMillis)
        implements Serializable {

    /** The artefact, ready to travel. */
    public static WireArtefact of(Artefact artefact) {
        BinaryFacts facts = artefact.facts();
        return new WireArtefact(
                artefact.sha256(),
                artefact.binary(),
                artefact.launchJson(),
                facts.registers(),
                facts.spillBytes(),
                facts.sharedBytes(),
                facts.threads(),
                facts.programs(),
                facts.compileMillis());
    }

    /** The artefact again. */
    public Artefact toArtefact() {
        return new Artefact(sha256, binary, launchJson, facts());
    }

    /** What the binary needs. */
    public BinaryFacts facts() {
        return new BinaryFacts(registers, spillBytes, sharedBytes, threads, programs, compileMillis);
    }

    /** Equal for binaries that do the same when launched: the code and how it is launched. */
    public String key() {
        return sha256 + "|" + launchJson;
    }
}
