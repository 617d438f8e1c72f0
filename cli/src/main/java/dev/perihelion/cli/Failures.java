package dev.perihelion.cli;

import dev.perihelion.compiler.InvalidConfigurationException;
import dev.perihelion.compiler.diagnostics.CompileException;
import dev.perihelion.compiler.diagnostics.InternalFailure;
import dev.perihelion.k8s.SettingsException;
import dev.perihelion.sweep.export.ExportException;
import dev.perihelion.sweep.spec.SpecException;
import dev.perihelion.sweep.store.StoreException;
import java.io.PrintWriter;
import java.util.List;

/** Turns exceptions into what a person reads, and into an exit status. */
final class Failures {

    private static final List<Class<? extends RuntimeException>> USER_MISTAKES = List.of(
            UserMistake.class,
            CompileException.class,
            InvalidConfigurationException.class,
            SpecException.class,
            SettingsException.class,
            StoreException.class,
            ExportException.class);

    private Failures() {}

    static int report(Exception exception, PrintWriter err, boolean debug) {
        if (debug) {
            exception.printStackTrace(err);
        }
        if (isUserMistake(exception)) {
            String message = exception.getMessage();
            err.println(exception instanceof CompileException ? message : "error: " + message);
            return ExitStatus.USER_MISTAKE;
        }
        if (exception instanceof InternalFailure) {
            err.println(exception.getMessage());
            return ExitStatus.OUR_FAULT;
        }
        err.println("error: Perihelion itself failed: " + exception
                + (debug ? "" : "\nRun the same command with --debug for the stack trace, and please report it."));
        return ExitStatus.OUR_FAULT;
    }

    static boolean isUserMistake(Throwable exception) {
        return USER_MISTAKES.stream().anyMatch(type -> type.isInstance(exception));
    }
}
