package org.heliograph.lab;

import java.util.Locale;
import org.heliograph.lab.bench.BenchCommand;
import org.heliograph.lab.demo.DemoCommand;
import org.heliograph.lab.pki.CertificatesCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heliograph demo}, {@code bench} and {@code certificates}. Exit status: 0 ok, 1 failed, 2 wrong usage. */
@Command(
        name = "heliograph",
        mixinStandardHelpOptions = true,
        subcommands = {DemoCommand.class, BenchCommand.class, CertificatesCommand.class})
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private Main() {}

    public static void main(String[] arguments) {
        // whatever language the machine speaks, programs read these digits
        Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
        System.exit(commandLine().execute(arguments));
    }

    public static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true);
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
        throw new ParameterException(spec.commandLine(), "which command? demo, bench or certificates");
    }
}
