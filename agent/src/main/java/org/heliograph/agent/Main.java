package org.heliograph.agent;

import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import org.heliograph.agent.logging.Logging;
import org.heliograph.telemetry.Release;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code agent}. */
@Command(
        name = "heliograph agent",
        description = "The edge agent: takes readings from devices, keeps them on disk, sends them to Kafka.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {RunCommand.class, CheckCommand.class, TestCommand.class, OnceCommand.class, JournalCommand.class
        },
        footer = {
            "",
            "Examples:",
            "  ./heliograph agent check agent.yaml",
            "  ./heliograph agent test --for 1m agent.yaml",
            "  ./heliograph agent run agent.yaml",
            "  ./heliograph agent journal show agent.yaml",
            "",
            "Exit codes: 0 ok, 1 failed, 2 wrong usage or configuration."
        })
public final class Main implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    private Main() {}

    public static void main(String[] arguments) {
        Logging.ofThisProcess();
        // whatever language the machine speaks, programs read these digits
        Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
        System.exit(
                isPlainRun(arguments)
                        ? run(Path.of(arguments[1]))
                        : commandLine().execute(arguments));
    }

    /** As a supervisor starts it: nothing to parse, so the agent needn't carry the parser for the rest of its life. */
    static boolean isPlainRun(String... arguments) {
        return arguments.length == 2
                && "run".equals(arguments[0])
                && !arguments[1].isEmpty()
                && "-@".indexOf(arguments[1].charAt(0)) < 0
                && isPath(arguments[1]);
    }

    /** One that the machine's locale can't say is none: the parser tells of it, as of any wrong argument. */
    private static boolean isPath(String argument) {
        try {
            var _ = Path.of(argument);
            return true;
        } catch (InvalidPathException _) {
            return false;
        }
    }

    @SuppressWarnings("IllegalCatch") // as the parser does: whatever it is, the process ends and says why
    private static int run(Path config) {
        PrintWriter err = new PrintWriter(System.err, true, System.err.charset());
        try {
            return Run.of(config, new PrintWriter(System.out, false, System.out.charset()), err);
        } catch (Exception e) {
            e.printStackTrace(err);
            return Work.FAILED;
        }
    }

    public static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        line.getCommandSpec().version("heliograph agent " + Release.of(Main.class));
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
        throw new CommandLine.ParameterException(
                spec.commandLine(), "which command? run, check, test, once or journal");
    }
}
