package org.heliograph.streams;

import java.util.Locale;
import org.heliograph.telemetry.Release;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heliograph streams}. Exit status: 0 ok, 1 failed, 2 wrong usage or configuration. */
@Command(
        name = "heliograph streams",
        description = "Engine, sink, alerts and live page; reports; and the commands to operate them.",
        mixinStandardHelpOptions = true,
        subcommands = {
            RunCommand.class,
            CheckCommand.class,
            ResetCommand.class,
            ReplayCommand.class,
            StoreCommand.class,
            ReportCommand.class,
            TopicsCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Examples:",
            "  ./heliograph streams check streams.yaml",
            "  ./heliograph streams run streams.yaml",
            "  ./heliograph streams report --site casa1 --period 2026 streams.yaml",
            "",
            "Exit codes: 0 ok, 1 failed, 2 wrong usage or configuration."
        })
public final class Main implements Runnable {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int WRONG = 2;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private Main() {}

    public static void main(String[] arguments) {
        // whatever language the machine speaks, programs read these digits
        Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
        System.exit(commandLine().execute(arguments));
    }

    public static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        line.getCommandSpec().version("heliograph streams " + Release.of(Main.class));
        // without the whole help, above which the fault would scroll away
        line.setParameterExceptionHandler((failure, _) -> {
            CommandLine command = failure.getCommandLine();
            String name = command.getCommandSpec().qualifiedName();
            command.getErr().println(name + ": " + failure.getMessage());
            command.getErr().println("Try: ./" + name + " --help");
            return CommandLine.ExitCode.USAGE;
        });
        return line;
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "which command? run, check, reset, replay, store, report or topics");
    }
}
