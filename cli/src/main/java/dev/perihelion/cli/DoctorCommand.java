package dev.perihelion.cli;

import dev.perihelion.cli.doctor.Doctor;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code perihelion doctor}. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Says what this machine has, what is missing or odd, and what to do about it.")
final class DoctorCommand implements Callable<Integer> {

    private static final List<String> TARGETS = List.of("cuda:90", "hip:gfx942");

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--target",
            paramLabel = "T",
            description = "Compiles a tiny kernel for it; may be given several times (default: cuda:90 and hip:gfx942)")
    private List<String> targets = List.of();

    @Option(
            names = "--store",
            paramLabel = "DIR",
            defaultValue = "store",
            description = "Where results would go (default: ${DEFAULT-VALUE})")
    private String store;

    @Option(names = "--json", description = "Prints one JSON document.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        List<String> compiled = new ArrayList<>();
        targets.forEach(target -> compiled.add(TargetOption.parse(target).toString()));
        Doctor doctor = Doctor.examine(store, compiled.isEmpty() ? TARGETS : compiled);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(doctor.toJson());
        } else {
            print(out, doctor);
        }
        return doctor.canTune() ? ExitStatus.DONE : ExitStatus.USER_MISTAKE;
    }

    private static void print(PrintWriter out, Doctor doctor) {
        for (Doctor.Result result : doctor.results()) {
            out.println(String.format(
                    Locale.ROOT,
                    "%-8s %-13s %s",
                    result.mark(),
                    result.check(),
                    result.finding().text()));
            if (!result.advice().isEmpty()) {
                out.println(" ".repeat(23) + result.advice());
            }
        }
        out.println();
        if (!doctor.canTune()) {
            out.println("This machine cannot tune before what is missing is there.");
        } else if (doctor.canMeasure()) {
            out.println("This machine can tune and measure.");
        } else {
            out.println("This machine can tune; without a GPU that can be used, latencies will be ESTIMATES.");
        }
    }
}
