package org.heliograph.lab;

import org.heliograph.lab.bench.BenchCommand;
import org.heliograph.lab.demo.DemoCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code heliograph demo} and {@code heliograph bench}. Exit status: 0 ok, 1 failed, 2 wrong usage. */
@Command(
        name = "heliograph",
        mixinStandardHelpOptions = true,
        subcommands = {DemoCommand.class, BenchCommand.class})
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }
}
