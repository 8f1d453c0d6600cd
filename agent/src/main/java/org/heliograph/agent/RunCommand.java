package org.heliograph.agent;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

@Command(
        name = "run",
        description = "Runs the agent until it is told to stop (SIGTERM or Ctrl-C).",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Prints one line on standard output when it is ready; the log goes to standard error. Reloads a changed configuration "
                    + "while it runs, and on SIGHUP: devices, limits, silence, canary. A faulty file changes nothing.",
            "",
            "Examples:",
            "  ./heliograph agent run agent.yaml",
            "  JAVA_OPTS=-Xmx128m ./heliograph agent run /etc/heliograph/agent.yaml"
        })
final class RunCommand implements Callable<Integer> {
    @CommandLine.Mixin
    private final ConfigFile config = new ConfigFile();

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        return Run.of(
                config.path(), spec.commandLine().getOut(), spec.commandLine().getErr());
    }
}
