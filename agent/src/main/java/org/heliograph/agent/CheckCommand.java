package org.heliograph.agent;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.heliograph.agent.journal.Journal;
import picocli.CommandLine;
import picocli.CommandLine.Command;

@Command(
        name = "check",
        description = "Reads a configuration and reports everything that is wrong with it.",
        mixinStandardHelpOptions = true,
        footer = {"", "Examples:", "  ./heliograph agent check agent.yaml"})
final class CheckCommand implements Callable<Integer> {
    @CommandLine.Mixin
    private final ConfigFile config = new ConfigFile();

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        return Work.by(config.path(), out, spec.commandLine().getErr(), Work.WRONG_USAGE, read -> {
            Journal.requireOurs(read.journal().path());
            out.printf(
                    "%s: ok, agent %s of site %s: %d MQTT brokers, %d CoAP devices, %d inputs of the board%n",
                    config.path(),
                    read.agent(),
                    read.site(),
                    read.mqtt().size(),
                    read.coapDevices(),
                    read.board().inputs());
            Stream.concat(read.warnings(Instant.now()).stream(), Roster.of(read).warnings(read).stream())
                    .forEach(warning -> out.printf("%s: warning: %s%n", config.path(), warning));
            return CommandLine.ExitCode.OK;
        });
    }
}
