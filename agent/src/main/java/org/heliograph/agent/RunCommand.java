package org.heliograph.agent;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.intake.time.LinuxMachine;
import org.heliograph.agent.journal.JournalException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

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
    private static final Logger log = LoggerFactory.getLogger(RunCommand.class);

    private static final Duration REPORT_EVERY = Duration.ofSeconds(10);

    @Parameters(
            paramLabel = "CONFIG",
            arity = "0..1",
            description = "The agent's configuration. Default: ${DEFAULT-VALUE}")
    private Path config = Path.of("agent.yaml");

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        // before the file is read: what is changed, or asked for, while the journal is checked is taken up afterwards
        try (Reload reload = new Reload(config)) {
            return Work.by(config, spec, read -> {
                reload.watch(read.operation().silence().site());
                return run(read, reload, stop, stopped);
            });
        } finally {
            stopped.countDown();
        }
    }

    private int run(AgentConfig read, Reload reload, CountDownLatch stop, CountDownLatch stopped)
            throws JournalException, InterruptedException {
        AtomicBoolean faulty = new AtomicBoolean();
        Agent agent = Agent.start(read, new LinuxMachine());
        try (agent) {
            var _ = agent.fault().thenAccept(fault -> {
                log.error("agent=broken reason={}", fault.toString(), fault);
                faulty.set(true);
                endWithin(Stop.WITHIN);
                stop.countDown();
            });
            Runtime.getRuntime().addShutdownHook(new Thread(() -> await(stop, stopped), "stop"));
            reload.start(agent);
            ready(agent);
            report(agent, stop);
            reload.close();
        }
        log.info("agent=stopped left={}", agent.left());
        return faulty.get() ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
    }

    private void ready(Agent agent) {
        AgentConfig read = agent.config();
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "ready agent=%s site=%s mqtt=%d coap=%d board=%d journal=%s backlog=%d%n",
                read.agent(),
                read.site(),
                read.mqtt().size(),
                read.coapDevices(),
                read.board().inputs(),
                read.journal().path(),
                agent.status().backlog().entries());
        out.flush();
    }

    /** Closing what is broken may hang; the supervisor doesn't wait for it. */
    private static void endWithin(Duration atMost) {
        Thread.ofPlatform().daemon().name("end").start(() -> {
            LockSupport.parkNanos(atMost.toNanos());
            Runtime.getRuntime().halt(CommandLine.ExitCode.SOFTWARE);
        });
    }

    /** A line with the counts whenever they have changed, at most at its period, until it is time to stop. */
    private static void report(Agent agent, CountDownLatch stop) throws InterruptedException {
        Status last = agent.status();
        boolean stopping = false;
        while (!stopping) {
            stopping = stop.await(REPORT_EVERY.toMillis(), TimeUnit.MILLISECONDS);
            Status now = agent.status();
            if (!now.equals(last)) {
                log.info(
                        "received={} kept={} refused={} turnedAway={} uplinked={} backlog={} backlogBytes={} droppedDeadLetters={}",
                        now.intake().received(),
                        now.intake().kept(),
                        now.intake().refused(),
                        now.intake().turnedAway(),
                        now.uplinked(),
                        now.backlog().entries(),
                        now.backlog().bytes(),
                        now.droppedDeadLetters());
                last = now;
            }
        }
    }

    /** In the shutdown hook: the process lives until the agent has closed, but not longer than promised. */
    private static void await(CountDownLatch stop, CountDownLatch stopped) {
        stop.countDown();
        try {
            if (!stopped.await(Stop.WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("agent=abandoned after={}", Stop.WITHIN);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
