package org.heliograph.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.heliograph.agent.health.Health;
import org.heliograph.agent.health.Health.Severity;
import org.heliograph.agent.intake.GivingWay;
import org.heliograph.agent.intake.time.AgentClock;
import org.heliograph.agent.intake.time.Machine;
import org.heliograph.agent.journal.Append;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Journal;
import org.heliograph.agent.journal.Stored;
import org.heliograph.agent.source.board.Signal;
import org.heliograph.agent.uplink.Pump;
import org.heliograph.agent.uplink.Uplink;
import org.heliograph.telemetry.reading.DeviceId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentHealthTest {
    private static final Instant NOW = Instant.parse("2026-07-01T10:00:00Z");
    private static final long QUOTA = 10_000;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void an_agent_whose_clock_is_doubted_says_that_it_holds_readings_and_why() throws Exception {
        try (Journal journal = open()) {
            Pump pump = new Pump(journal, new Nowhere());
            AgentClock neverSet = new AgentClock(new Board(Instant.EPOCH), journal, Duration.ofMinutes(10));
            Health health = health(journal, pump, neverSet).health();

            assertThat(health.isReady()).isTrue();
            assertThat(health.causes()).singleElement().satisfies(cause -> {
                assertThat(cause.part()).isEqualTo("clock");
                assertThat(cause.severity()).isEqualTo(Severity.DEGRADED);
                assertThat(cause.message()).startsWith("readings that need its time are held: ");
            });
            AgentClock set = new AgentClock(new Board(NOW), journal, Duration.ofMinutes(10));
            assertThat(health(journal, pump, set).health().causes()).isEmpty();
        }
    }

    @Test
    void a_journal_that_fills_is_said_before_it_is_full() throws Exception {
        try (Journal journal = open()) {
            Pump pump = new Pump(journal, new Nowhere());
            AgentHealth agent = health(journal, pump, AgentClock.trusted(InstantSource.fixed(NOW), journal));
            assertThat(agent.signal()).isEqualTo(Signal.WELL);

            append(journal, 6_000);
            assertThat(agent.signal()).isEqualTo(Signal.FILLING);
            assertThat(agent.health().isReady()).isTrue();

            append(journal, 3_800);
            assertThat(agent.signal()).isEqualTo(Signal.FAULT);
            assertThat(agent.health().isReady()).isFalse();
            assertThat(agent.health().isLive()).isTrue();
        }
    }

    @Test
    void a_journal_whose_oldest_give_way_is_ready() throws Exception {
        try (Journal journal = Journal.open(
                folder.resolve("agent.db"),
                new Journal.Limits(Duration.ZERO, 500, QUOTA),
                new GivingWay(new DeviceId("casa1", "edge-1"), _ -> true, 1),
                InstantSource.fixed(NOW))) {
            Pump pump = new Pump(journal, new Nowhere());
            AgentHealth agent = health(journal, pump, AgentClock.trusted(InstantSource.fixed(NOW), journal));

            append(journal, 9_850);

            assertThat(agent.health().isReady()).isTrue();
            assertThat(agent.health().causes())
                    .extracting(Health.Cause::message)
                    .containsExactly("it is full: the oldest readings give way to new ones");
            assertThat(agent.signal()).isEqualTo(Signal.FILLING);
        }
    }

    @Test
    void a_device_that_has_used_up_its_share_is_named() throws Exception {
        try (Journal journal = open()) {
            AgentHealth agent = health(
                    journal, new Pump(journal, new Nowhere()), AgentClock.trusted(InstantSource.fixed(NOW), journal));
            for (int i = 0; i < 8; i++) {
                journal.append(new Entry(Entry.Kind.READINGS, "casa1/calm-" + i, 1, Map.of(), new byte[10]));
            }
            Entry loud = new Entry(Entry.Kind.READINGS, "casa1/loud", 1, Map.of(), new byte[1_000]);
            while (journal.append(loud) instanceof Append.Taken) {
                // as long as it is given anything
            }

            assertThat(agent.health().isReady()).isTrue();
            assertThat(agent.health().causes())
                    .extracting(Health.Cause::message)
                    .contains(
                            "casa1/loud holds more than its share of it: what is beyond is lost, and counted (but it pushes"
                                    + " again what it pushes over CoAP)");
        }
    }

    @Test
    void a_kafka_that_is_there_and_takes_nothing_is_not_called_unreachable() throws Exception {
        try (Journal journal = open();
                Pump pump = new Pump(journal, new Nowhere() {
                    @Override
                    public Delivery reach() {
                        return new Delivery.Halted(0, "no right", true);
                    }
                })) {
            AgentHealth agent = health(journal, pump, AgentClock.trusted(InstantSource.fixed(NOW), journal));
            pump.start();
            long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
            while (pump.isReachable() && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }

            assertThat(agent.health().causes())
                    .extracting(Health.Cause::message)
                    .containsExactly("Kafka takes nothing; readings are kept: no right");
        }
    }

    @Test
    void dead_letters_take_nothing_of_the_readings_quota() throws Exception {
        try (Journal journal = open()) {
            Pump pump = new Pump(journal, new Nowhere());
            AgentHealth agent = health(journal, pump, AgentClock.trusted(InstantSource.fixed(NOW), journal));

            append(journal, 9_300);
            append(journal, Entry.Kind.DEAD_LETTER, 1_000);

            assertThat(agent.health().isReady()).isTrue();
        }
    }

    private static AgentHealth health(Journal journal, Pump pump, AgentClock clock) {
        return new AgentHealth(journal, pump, clock, new CompletableFuture<>(), new Sources());
    }

    private Journal open() throws Exception {
        return Journal.open(
                folder.resolve("agent.db"), new Journal.Limits(Duration.ZERO, 500, QUOTA), InstantSource.fixed(NOW));
    }

    private static void append(Journal journal, int bytes) throws Exception {
        append(journal, Entry.Kind.READINGS, bytes);
    }

    private static void append(Journal journal, Entry.Kind kind, int bytes) throws Exception {
        Entry entry = new Entry(kind, "casa1/util-1", 1, Map.of(), new byte[bytes]);
        ((Append.Taken) journal.append(entry)).onDisk().get();
    }

    /** A machine whose time service keeps its clock right, at whatever it is. */
    private record Board(Instant now) implements Machine {
        @Override
        public long wallMillis() {
            return now.toEpochMilli();
        }

        @Override
        public long upMillis() {
            return 1_000;
        }

        @Override
        public String start() {
            return "start-1";
        }

        @Override
        public Sync sync() {
            return Sync.YES;
        }
    }

    private static class Nowhere implements Uplink {
        @Override
        public Delivery deliver(List<Stored> entries) {
            return new Delivery.Complete();
        }

        @Override
        public Delivery reach() {
            return new Delivery.Complete();
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
