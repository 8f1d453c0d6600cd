package org.heliograph.sim;

import java.util.Locale;
import org.heliograph.telemetry.Release;
import org.heliograph.telemetry.yaml.ConfigurationException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code heliograph sim}. */
@Command(
        name = "heliograph sim",
        description = "Simulated devices, and the exact figures of the simulated site (the ledger).",
        mixinStandardHelpOptions = true,
        subcommands = {RunCommand.class, LedgerCommand.class, SiteCommand.class},
        footer = {
            "",
            "Examples:",
            "  ./heliograph sim run --racks 10 --mqtt tcp://127.0.0.1:1883 --announce devices.json",
            "  ./heliograph sim ledger --racks 10 --from 2026-07-01T00:00:00Z --to 2026-07-02T00:00:00Z --window 1h",
            "  ./heliograph sim site --racks 10 > site.yaml"
        })
public final class Main implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private Main() {}

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "which command? run, ledger or site");
    }

    public static void main(String[] args) {
        // whatever language the machine speaks, programs read these digits
        Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
        System.exit(execute(args));
    }

    /** Runs a command and returns its exit code: 0 ok, 1 failed, 2 wrong usage or configuration. */
    public static int execute(String... args) {
        return commandLine().execute(args);
    }

    public static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        line.getCommandSpec().version("heliograph sim " + Release.of(Main.class));
        line.setExecutionExceptionHandler((failure, command, _) -> {
            command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + sentence(failure));
            return failure instanceof ConfigurationException || failure instanceof IllegalArgumentException ? 2 : 1;
        });
        line.setParameterExceptionHandler((failure, _) -> {
            CommandLine command = failure.getCommandLine();
            String name = command.getCommandSpec().qualifiedName();
            command.getErr().println(name + ": " + failure.getMessage());
            command.getErr().println("Try: ./" + name + " --help");
            return 2;
        });
        return line;
    }

    private static String sentence(Exception failure) {
        String message = failure.getMessage();
        return message == null ? failure.toString() : message;
    }
}
