package dev.perihelion.executor;

/** What results are compared with. */
public sealed interface Reference {

    /** A function of the user's file with the kernel's parameters; gets the inputs in higher precision. */
    record UserFunction(KernelFile file, String function) implements Reference {}

    /** The output of another module, usually the default configuration's, run in the same way. */
    record Baseline(String moduleText, java.util.Optional<Artefact> artefact) implements Reference {}
}
