package dev.perihelion.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The perihelion command. */
@Command(
        name = "perihelion",
        mixinStandardHelpOptions = true,
        version = "perihelion 0.1.0",
        synopsisSubcommandLabel = "COMMAND",
        description =
                "Tunes tile kernels ahead of time: compiles them to Triton, searches each one's space of configurations,"
                        + " and exports the best.",
        footer = {
            "",
            "First run:  perihelion tune examples/softmax.py::softmax --arg 'x=f16[4096,2560]'",
            "Exit status: 0 done; 2 a mistake in what was given; 3 nothing valid was found, or"
                    + " a claim does not hold; 1 a fault of Perihelion."
        },
        subcommands = {
            TuneCommand.class,
            SweepCommand.class,
            StudyCommand.class,
            SpaceCommand.class,
            CompileCommand.class,
            ResultsCommand.class,
            ExportCommand.class,
            VerifyCommand.class,
            StoreCommand.class,
            KubernetesCommand.class,
            DoctorCommand.class,
            WarmUpCommand.class,
            HelpCommand.class
        })
public final class Main {

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Shows the stack trace of a fault.")
    private boolean debug;

    private Main() {}

    /** Runs the command and ends the process with its exit status. */
    public static void main(String[] arguments) {
        // Python and kernels may hold any text; the terminal's encoding must not decide what is written.
        PrintStream out =
                new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true, StandardCharsets.UTF_8);
        PrintStream err =
                new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.err), true, StandardCharsets.UTF_8);
        System.setOut(out);
        System.setErr(err);
        System.exit(run(new PrintWriter(out, true), new PrintWriter(err, true), arguments));
    }

    /** Runs the command in this process. */
    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        Main main = new Main();
        return new CommandLine(main)
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                // `@file.json` and `@function` are values here, not files of further arguments.
                .setExpandAtFiles(false)
                .setExecutionExceptionHandler(
                        (exception, command, parsed) -> Failures.report(exception, command.getErr(), main.debug))
                .execute(arguments);
    }
}
