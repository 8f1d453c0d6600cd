package org.heliograph.agent;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.config.Board;
import org.heliograph.agent.intake.JournalingIntake;
import org.heliograph.agent.journal.Journal;
import org.heliograph.agent.journal.JournalException;
import org.heliograph.agent.source.Source;
import org.heliograph.agent.source.board.BoardSource;
import org.heliograph.agent.source.board.Counts;
import org.heliograph.agent.source.board.Hardware;
import org.heliograph.agent.source.board.Signal;
import org.heliograph.agent.source.coap.CoapSource;
import org.heliograph.agent.source.mqtt.MqttSource;
import org.heliograph.agent.uplink.KafkaUplink;
import org.heliograph.agent.uplink.Pump;
import org.heliograph.telemetry.wire.Topics;

/** A running agent: what {@code agent run} runs, and what a program that embeds one starts. */
public final class Agent implements AutoCloseable {
    private static final Duration FLUSH_WITHIN = Duration.ofSeconds(1);
    private static final Duration DRAIN_WITHIN = Duration.ofMillis(1_500);

    /** The part of the heap that messages of all brokers may hold while they are under way to the journal. */
    private static final int UNDER_WAY_PART = 8;

    private final AgentConfig config;
    private final Journal journal;
    private final KafkaUplink uplink;
    private final Pump pump;
    private final JournalingIntake intake;
    private final List<Source> sources = new ArrayList<>();

    private Agent(AgentConfig config, Journal journal, InstantSource clock) {
        this.config = config;
        this.journal = journal;
        AgentConfig.Kafka kafka = config.kafka();
        uplink = new KafkaUplink(
                kafka.bootstrap(),
                new Topics(kafka.prefix()),
                "heliograph-" + config.agent(),
                kafka.properties(),
                clock);
        pump = new Pump(journal, uplink);
        intake = new JournalingIntake(journal, config.agent(), clock);
        long bytesUnderWayMax = Runtime.getRuntime().maxMemory()
                / UNDER_WAY_PART
                / Math.max(1, config.mqtt().size());
        config.mqtt().forEach(broker -> sources.add(new MqttSource(broker, config.site(), clock, bytesUnderWayMax)));
        if (!config.coap().isEmpty()) {
            sources.add(new CoapSource(config.coap(), config.site(), clock));
        }
        if (!config.board().equals(Board.NONE)) {
            sources.add(new BoardSource(
                    config.board(), config.site(), countsOf(journal), this::signal, clock, Hardware.PI));
        }
    }

    /**
     * Opens the journal and starts everything; what can't be reached yet is waited for.
     *
     * @throws JournalException if the journal can't be opened, or another agent has it
     */
    public static Agent start(AgentConfig config, InstantSource clock) throws JournalException {
        AgentConfig.Journal limits = config.journal();
        Journal journal = Journal.open(
                limits.path(), new Journal.Limits(limits.commitEvery(), limits.commitAt(), limits.maxBytes()), clock);
        Agent agent = new Agent(config, journal, clock);
        agent.pump.start();
        agent.sources.forEach(source -> source.start(agent.intake));
        return agent;
    }

    public Status status() {
        return new Status(
                intake.counts(), pump.uplinked(), pump.isReachable(), journal.backlog(), journal.droppedDeadLetters());
    }

    /** What a light on the board is to show. */
    private Signal signal() {
        long bytes = journal.backlog().bytes();
        if (fault().isDone() || !journal.isWriting()) {
            return Signal.FAULT;
        }
        if (bytes > config.journal().maxBytes() / 2) {
            return Signal.FILLING;
        }
        return pump.isReachable() ? Signal.WELL : Signal.WAITING;
    }

    /**
     * Completes when one of the threads that everything depends on has died: nothing would be kept, or nothing sent, and
     * nobody would notice. The process should end, so that its supervisor starts another.
     */
    public CompletableFuture<Throwable> fault() {
        return journal.fault().applyToEither(pump.fault(), Function.identity());
    }

    public AgentConfig config() {
        return config;
    }

    /** Stops the sources, brings what they took to disk, sends what goes at once. The rest is sent after the next start. */
    @Override
    public void close() {
        closeSources();
        flush();
        pump.close(pump.isReachable() ? DRAIN_WITHIN : Duration.ZERO);
        uplink.close();
        journal.close();
    }

    /** All at once: each may have to wait for an answer that doesn't come. */
    private void closeSources() {
        List<Thread> closing = sources.stream()
                .map(source -> Thread.ofVirtual().name("closing").start(source::close))
                .toList();
        try {
            for (Thread thread : closing) {
                thread.join();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void flush() {
        try {
            journal.flush().get(FLUSH_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException _) {
            // closing the journal tries once more, and says what it couldn't write
        }
    }

    private static Counts countsOf(Journal journal) {
        return new Counts() {
            @Override
            public long of(String name) {
                return journal.counter(name);
            }

            @Override
            public void keep(String name, long count) {
                journal.keepCounter(name, count);
            }
        };
    }
}
