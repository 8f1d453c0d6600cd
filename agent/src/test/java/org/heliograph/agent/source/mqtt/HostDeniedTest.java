package org.heliograph.agent.source.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.agent.intake.NoIntake;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Stamp;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A Sparkplug host says that it is there, and somebody says that it isn't. */
@Timeout(300)
class HostDeniedTest {
    private static final HostState STATE = new HostState("heliograph", Instant.ofEpochMilli(1_000));
    private static final byte[] DENIAL = "{\"online\":false,\"timestamp\":1}".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder = Path.of("");

    private final SlowBroker broker = new SlowBroker();
    private AgentConfig.@Nullable Mqtt config;

    @BeforeEach
    void configure() throws Exception {
        config = BrokerEntry.of(folder, "topics: [\"hg/casa1/+/senml\"], sparkplug: {host: heliograph}");
    }

    @Test
    void its_state_is_waited_for_as_long_as_any_answer_and_its_farewell_not() throws Exception {
        try (Session session = session()) {
            session.open(false);
        }
        assertThat(broker.next()).isEqualTo(new Said(true, Link.ANSWER_MILLIS));
        assertThat(broker.next()).isEqualTo(new Said(false, Link.FAREWELL_MILLIS));
    }

    @Test
    void a_flood_of_denials_holds_up_no_acknowledgement_and_is_contradicted_once() throws Exception {
        Session session = session();
        try {
            session.open(false);
            assertThat(broker.next()).isEqualTo(new Said(true, Link.ANSWER_MILLIS));
            broker.answers = new CompletableFuture<>();
            for (int i = 0; i < 1_000; i++) {
                session.arrived(new Link.Message(STATE.topic(), DENIAL, 0, 0, false, false, null));
            }
            // said without waiting for the broker
            assertThat(broker.next()).isEqualTo(new Said(true, 0));

            byte[] reading = "[{\"n\":\"power\",\"v\":5}]".getBytes(StandardCharsets.UTF_8);
            session.arrived(new Link.Message("hg/casa1/util-1/senml", reading, 7, 1, false, false, null));

            assertThat(broker.acknowledged()).isEqualTo(7);
            // one for each second that it took to say them
            assertThat(broker.said.size()).as("contradictions of one flood").isLessThan(100);
        } finally {
            broker.answers.complete(true);
            session.close();
        }
    }

    private Session session() {
        AgentConfig.Mqtt mqtt = Objects.requireNonNull(config);
        return new Session(
                broker,
                new Reception(mqtt, "casa1"),
                new Unacknowledged(),
                new Keeping(),
                MachineClock.of(InstantSource.system()),
                STATE,
                new Denials(mqtt));
    }

    private static final class Keeping extends NoIntake {
        @Override
        public CompletableFuture<Admission> offer(Readings readings, Stamp stamp, Arrival arrival) {
            return CompletableFuture.completedFuture(new Admission.Kept(1));
        }
    }

    /** @param withinMillis how long the broker's answer is waited for */
    private record Said(boolean online, long withinMillis) {}

    /** Confirms nothing of what is published for as long as {@code answers} is open. */
    private static final class SlowBroker extends NoLink {
        private final BlockingQueue<Said> said = new LinkedBlockingQueue<>();
        private volatile CompletableFuture<Boolean> answers = CompletableFuture.completedFuture(true);

        Said next() throws InterruptedException {
            return Objects.requireNonNull(said.poll(2, TimeUnit.MINUTES));
        }

        @Override
        public boolean publish(Notice notice, long withinMillis) {
            said.add(new Said(!STATE.isDenied(notice.payload()), withinMillis));
            return withinMillis == 0 || answers.join();
        }

        @Override
        public void acknowledge(Message message) {
            if (message.qos() > 0) {
                super.acknowledge(message);
            }
        }
    }
}
