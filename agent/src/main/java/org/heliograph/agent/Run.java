package org.heliograph.agent;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.intake.time.LinuxMachine;
import org.heliograph.agent.journal.JournalException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An agent that runs until it is told to stop. Without the command line's library, which a start needn't wait for. */
final class Run {
    private static final Logger log = LoggerFactory.getLogger(Run.class);

    private static final Duration REPORT_EVERY = Duration.ofSeconds(10);

    private Run() {}

    /** Returns the exit status. */
    static int of(Path config, PrintWriter out, PrintWriter err) throws InterruptedException {
        // before the file is read: what is changed, or asked for, while the journal is checked is taken up afterwards
        try (Termination stop = new Termination();
                Reload reload = new Reload(config)) {
            return Work.by(config, out, err, read -> {
                reload.watch(read.operation().silence().site());
                return run(read, out, reload, stop);
            });
        }
    }

    private static int run(AgentConfig read, PrintWriter out, Reload reload, Termination stop)
            throws JournalException, InterruptedException {
        AtomicBoolean faulty = new AtomicBoolean();
        // before the start: a large journal may take its time, and what sources hand in until then is to be written
        stop.defer();
        Agent agent = Agent.start(read, new LinuxMachine());
        try (agent) {
            var _ = agent.death().thenAccept(death -> {
                log.error("agent=broken reason={}", death.toString(), death);
                faulty.set(true);
                endWithin(Stop.WITHIN);
                stop.ask();
            });
            reload.start(agent);
            ready(agent, out);
            report(agent, stop);
            reload.close();
        }
        log.info("agent=stopped left={}", agent.left());
        return faulty.get() ? Work.FAILED : Work.DONE;
    }

    private static void ready(Agent agent, PrintWriter out) {
        AgentConfig read = agent.config();
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
            Runtime.getRuntime().halt(Work.FAILED);
        });
    }

    /** A line with the counts whenever they have changed, at most at its period, until it is time to stop. */
    private static void report(Agent agent, Termination stop) throws InterruptedException {
        Status last = agent.status();
        boolean stopping = false;
        while (!stopping) {
            stopping = stop.await(REPORT_EVERY);
            Status now = agent.status();
            if (!now.equals(last)) {
                log.info(
                        "received={} kept={} refused={} overShare={} turnedAway={} uplinked={} backlog={} backlogBytes={} droppedDeadLetters={}",
                        now.intake().received(),
                        now.intake().kept(),
                        now.intake().refused(),
                        now.intake().overShare(),
                        now.intake().turnedAway(),
                        now.uplinked(),
                        now.backlog().entries(),
                        now.backlog().bytes(),
                        now.droppedDeadLetters());
                last = now;
            }
        }
    }
}
