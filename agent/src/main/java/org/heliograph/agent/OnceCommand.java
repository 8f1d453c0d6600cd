package org.heliograph.agent;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.config.Operation;
import org.heliograph.agent.health.Health;
import org.heliograph.agent.intake.IntakeCounts;
import org.heliograph.agent.intake.time.LinuxMachine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "once",
        description = "Reads every device that can be asked (CoAP, the board) once, delivers that to Kafka, and exits.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "MQTT devices are left out, because they can't be asked. Readings already in the journal are delivered, too.",
            "Exits with 0 if every device was read and everything was delivered; else with 1 and a list of what is missing. What "
                    + "was read is then in the journal, and the next run delivers it. So it is when it is stopped (Ctrl-C).",
            "",
            "Examples:",
            "  ./heliograph agent once agent.yaml",
            "  ./heliograph agent once --within 2m agent.yaml"
        })
final class OnceCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(OnceCommand.class);

    private static final Duration LOOK_EVERY = Duration.ofMillis(50);

    @CommandLine.Mixin
    private final ConfigFile config = new ConfigFile();

    @Option(
            names = "--within",
            paramLabel = "TIME",
            description = "How long it may take, such as 30s or 5m. Default: 1m",
            converter = TimeOption.class)
    private Duration within = Duration.ofMinutes(1);

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        try (Termination stop = new Termination()) {
            return Work.by(config.path(), spec.commandLine().getOut(), err, whole -> {
                AgentConfig read = asked(whole);
                if (read.coap().isEmpty() && !read.board().hasInputs()) {
                    err.println(config.path() + ": no device can be asked: there is none in coap, gpio or i2c");
                    return CommandLine.ExitCode.USAGE;
                }
                stop.defer();
                Agent agent = Agent.start(read, new LinuxMachine());
                int status;
                try (agent) {
                    status = pass(agent, err, stop);
                }
                if (stop.await(Duration.ZERO)) {
                    log.info("agent=stopped left={}", agent.left());
                }
                return status;
            });
        }
    }

    private int pass(Agent agent, PrintWriter err, Termination stop) throws InterruptedException {
        long before = agent.found();
        long deadline = System.nanoTime() + within.toNanos();
        boolean done = false;
        boolean stopping = false;
        while (!done
                && !stopping
                && System.nanoTime() < deadline
                && !agent.death().isDone()) {
            stopping = stop.await(LOOK_EVERY);
            done = agent.unheard().isEmpty() && agent.status().backlog().entries() == 0;
        }
        if (done) {
            IntakeCounts read = agent.status().intake();
            spec.commandLine()
                    .getOut()
                    .printf(
                            "delivered %d packs%s%s%n",
                            read.kept(),
                            before == 0 ? "" : ", and " + before + " entries that had waited",
                            read.refused() == 0 ? "" : "; refused " + read.refused() + ", which are dead letters");
            spec.commandLine().getOut().flush();
            return CommandLine.ExitCode.OK;
        }
        if (stopping) {
            err.println("agent: stopped before it was done");
        }
        if (!agent.unheard().isEmpty()) {
            err.println("agent: no reading of " + String.join(", ", new TreeSet<>(agent.unheard())));
        }
        long waiting = agent.status().backlog().entries();
        if (waiting > 0) {
            err.println("agent: " + waiting + " packs wait in the journal"
                    + (agent.status().reachable() ? "" : "; Kafka was not reached"));
            agent.health().causes().stream()
                    .filter(cause ->
                            cause.part().equals("clock") || cause.part().equals("rejects"))
                    .map(Health.Cause::message)
                    .forEach(reason -> err.println("agent: " + reason));
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    /** Without what comes by itself, and without a port that a running agent may have. */
    private static AgentConfig asked(AgentConfig config) {
        Operation operation = config.operation();
        return config.with(
                List.of(),
                config.coap(),
                null,
                config.board(),
                new Operation(null, operation.limit(), operation.silence(), null));
    }
}
