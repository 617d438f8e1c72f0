package dev.perihelion.cli;

import dev.perihelion.sweep.run.PerihelionToolchain;
import dev.perihelion.sweep.run.SparkSweeps;
import dev.perihelion.sweep.store.TrialStore;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code perihelion verify}. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Times the answers of a measured sweep again, in fresh processes and against their default configurations, and"
                    + " says whether what the store claims still holds: within 2 %%, or within the noise where that is more.",
            "Exit status 3 when a claim does not hold or could not be timed. Writes nothing to the store."
        })
final class VerifyCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "SWEEP_ID",
            arity = "0..1",
            defaultValue = "latest",
            description = "A sweep's id, or latest (the default).")
    private String sweep;

    @Option(
            names = "--store",
            paramLabel = "DIR",
            defaultValue = "store",
            description = "The store (default: ${DEFAULT-VALUE})")
    private String store;

    @Option(names = "--master", paramLabel = "SPARK_MASTER", description = "Spark's master (default: this machine)")
    private String master;

    @Option(names = "--json", description = "Prints one JSON document.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        TrialStore trials = new TrialStore(store);
        String id = trials.resolve(sweep);
        PrintWriter err = spec.commandLine().getErr();
        Verification verification;
        try (SparkSweeps spark = SparkSweeps.open(Optional.ofNullable(master))) {
            verification = new Verification(
                    id,
                    spark.runner(
                                    trials,
                                    new PerihelionToolchain(),
                                    new ConsoleProgress(err, Optional.empty(), System::nanoTime))
                            .verify(id));
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(verification.toJson());
        } else {
            verification.print(out);
        }
        return verification.holds() ? ExitStatus.DONE : ExitStatus.NOTHING_VALID;
    }
}
