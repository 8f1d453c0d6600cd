package org.heliograph.agent;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.config.Board;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.agent.intake.time.Stamping;
import org.heliograph.agent.source.board.Counts;
import org.heliograph.agent.source.board.Signal;
import org.heliograph.agent.source.mqtt.Names;
import org.heliograph.telemetry.Stopping;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "test",
        description = "Prints decoded readings, and refused messages with the reason. Sends nothing, stores nothing.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "It doesn't disturb a running agent: it connects to brokers with a session of its own, which ends with the command. "
                    + "Pins that the agent holds can't be read at the same time.",
            "It shows only what arrives while it runs. Devices that push over CoAP aren't shown: they would forget a reading once "
                    + "it is confirmed.",
            "Sparkplug data can't be read before the node's birth message: wait for one, or ask for it with --rebirth.",
            "",
            "Exits with 0 if anything was decoded, with 1 if nothing was.",
            "",
            "Examples:",
            "  ./heliograph agent test agent.yaml",
            "  ./heliograph agent test --for 2m agent.yaml | grep crac-01"
        })
final class TestCommand implements Callable<Integer> {
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(5);

    @CommandLine.Mixin
    private final ConfigFile config = new ConfigFile();

    @Option(
            names = "--for",
            paramLabel = "TIME",
            description = "How long, such as 30s or 5m. Default: 30s",
            converter = TimeOption.class)
    private Duration time = Duration.ofSeconds(30);

    @Option(
            names = "--rebirth",
            description =
                    "Ask Sparkplug nodes for a rebirth. All hosts see it; it is the only thing this command sends.")
    private boolean rebirth;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        return Work.by(
                config.path(), spec.commandLine().getOut(), spec.commandLine().getErr(), whole -> {
                    AgentConfig read = apart(whole, rebirth);
                    Printout printed = new Printout(
                            spec.commandLine().getOut(),
                            Roster.of(whole),
                            new Stamping(whole.journal().deviceTimeFrom()));
                    MachineClock clock = MachineClock.of(InstantSource.system());
                    try (Stopping _ = Stopping.interruptsThisThread(ENDS_WITHIN)) {
                        try (Sources sources = new Sources()) {
                            sources.run(
                                    Sources.plans(read, clock, new Unkept(), Names.NONE, () -> Signal.WELL),
                                    whole.owners(),
                                    printed);
                            Thread.sleep(time);
                        } catch (InterruptedException _) {
                            // Ctrl-C: who has seen enough is told what it was, too
                        }
                        return printed.end() > 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
                    }
                });
    }

    /** With sessions of its own, which end at once; and without the light, which is the running agent's. */
    static AgentConfig apart(AgentConfig config, boolean rebirth) {
        String suffix =
                "-test-" + Integer.toHexString(RandomGenerator.getDefault().nextInt());
        Board board = config.board();
        return config.with(
                config.mqtt().stream()
                        .map(broker -> broker.apart(suffix, rebirth))
                        .toList(),
                config.coap(),
                // a device that pushes forgets what is confirmed, and nothing here is kept
                null,
                new Board(board.pulses(), board.contacts(), board.sensors(), null),
                config.operation());
    }

    /** Counts from nothing: what the agent has counted is the agent's. */
    private static final class Unkept implements Counts {
        @Override
        public long of(String name) {
            return 0;
        }

        @Override
        public void keep(String name, long count) {
            // the agent's stays as it is
        }
    }
}
