package dev.perihelion.executor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;

/** Hand-written modules of the compiler's convention, and jobs made of them. */
final class TestModules {

    static final String VECTOR_ADD = text("vector_add.py");
    static final String SOFTMAX = text("softmax.py");
    static final String REFERENCE = "import torch\n\n\ndef add(x, y):\n    return x + y\n";

    private TestModules() {}

    static String text(String name) {
        try (InputStream in = TestModules.class.getResourceAsStream("/modules/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String tensor(String name, String dtype, String shape) {
        return "{\"name\":\"" + name + "\",\"kind\":\"tensor\",\"dtype\":\"" + dtype + "\",\"shape\":" + shape
                + ",\"strides\":null,\"fill\":{\"kind\":\"normal\"}}";
    }

    static String addArguments(int count) {
        return "[" + tensor("x", "float32", "[" + count + "]") + "," + tensor("y", "float32", "[" + count + "]") + "]";
    }

    static CompileJob addJob(String id, String module) {
        return new CompileJob(id, module, "vector_add", addArguments(5000), "cuda:90", "test");
    }

    /** The vector addition with a statement in front of all others. */
    static String after(String statement) {
        return statement + "\n" + VECTOR_ADD;
    }

    /** Compiles in a thread of its own. */
    static CompletableFuture<CompileOutcome> later(KernelBuilder builder, CompileJob job) {
        CompletableFuture<CompileOutcome> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(builder.compile(job));
            } catch (InterruptedException | RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    static MeasureJob addCheck(String module) {
        Reference reference = new Reference.UserFunction(new KernelFile("/not/there/kernel.py", REFERENCE), "add");
        return checkAgainst(module, reference);
    }

    static MeasureJob checkAgainst(String module, Reference reference) {
        return new MeasureJob(
                "check",
                module,
                "vector_add",
                addArguments(3000),
                Optional.empty(),
                reference,
                MeasurePolicy.DEFAULT,
                7,
                OptionalDouble.empty(),
                1024);
    }
}
