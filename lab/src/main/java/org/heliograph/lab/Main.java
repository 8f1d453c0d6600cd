package org.heliograph.lab;

import org.heliograph.lab.bench.BenchCommand;
import org.heliograph.lab.demo.DemoCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heliograph demo} and {@code heliograph bench}. Exit status: 0 ok, 1 failed, 2 wrong usage. */
@Command(
        name = "heliograph",
        mixinStandardHelpOptions = true,
        subcommands = {DemoCommand.class, BenchCommand.class})
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command? demo or bench");
    }
}
