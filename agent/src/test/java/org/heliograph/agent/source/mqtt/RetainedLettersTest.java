package org.heliograph.agent.source.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.Intake;
import org.heliograph.agent.intake.JournalingIntake;
import org.heliograph.agent.intake.NoIntake;
import org.heliograph.agent.intake.OwnedIntake;
import org.heliograph.agent.intake.time.AgentClock;
import org.heliograph.agent.journal.Journal;
import org.heliograph.agent.journal.Stored;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Stamp;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a broker has retained, and brings again with each subscription. */
@Timeout(300)
class RetainedLettersTest {
    private static final String TOPIC = "hg/casa1/util-1/senml";
    private static final String WITHOUT_TIME = "[{\"n\":\"power\",\"v\":5}]";
    private static final String WITH_TIME = "[{\"n\":\"power\",\"v\":5,\"t\":1780000000}]";
    private static final String WRONG = "[{";

    @TempDir
    private Path folder = Path.of("");

    private final BlockingQueue<String> refused = new LinkedBlockingQueue<>();
    private Admission answer = new Admission.Refused("");
    private AgentConfig.@Nullable Mqtt config;
    private @Nullable Reception reception;

    @BeforeEach
    void configure() throws Exception {
        config = BrokerEntry.of(folder, "");
        reception = new Reception(config, "casa1");
    }

    @Test
    void a_retained_message_without_a_time_is_one_dead_letter_however_often_it_is_brought() throws Exception {
        for (int connection = 0; connection < 3; connection++) {
            bring(TOPIC, WITHOUT_TIME, true);
        }
        assertThat(refused)
                .containsExactly("the broker had retained it, from who knows when, and it doesn't tell its time");
    }

    @Test
    void another_one_in_its_place_is_another_dead_letter() throws Exception {
        for (String payload : new String[] {WITHOUT_TIME, WRONG, WRONG, WITHOUT_TIME, WITH_TIME}) {
            bring(TOPIC, payload, true);
        }
        assertThat(refused).hasSize(3);
    }

    @Test
    void the_same_one_of_another_topic_is_another_dead_letter() throws Exception {
        bring(TOPIC, WITHOUT_TIME, true);
        bring("hg/casa1/util-2/senml", WITHOUT_TIME, true);
        assertThat(refused).hasSize(2);
    }

    @Test
    void a_device_that_says_the_same_wrong_thing_again_is_told_again() throws Exception {
        bring(TOPIC, WRONG, true);
        bring(TOPIC, WRONG, false);
        bring(TOPIC, WRONG, false);
        assertThat(refused).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void one_that_found_no_room_is_told_when_it_is_brought_again(boolean isFlood) throws Exception {
        answer = isFlood ? new Admission.Refused("over the limit", true) : new Admission.Full(1);
        bring(TOPIC, WRONG, true);
        answer = new Admission.Refused("");
        bring(TOPIC, WRONG, true);
        bring(TOPIC, WRONG, true);
        assertThat(refused).hasSize(2);
    }

    /** Its time may have become possible since, or its device this broker's to report: it is looked at each time. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void one_that_only_the_intake_refuses_is_one_dead_letter_and_is_taken_once_it_can_be(boolean isOfAnother)
            throws Exception {
        String payload = isOfAnother ? WITH_TIME : "[{\"n\":\"power\",\"v\":5,\"t\":1000000000}]";
        DeviceId device = new DeviceId("casa1", "util-1");
        InstantSource clock = InstantSource.fixed(Instant.parse("2026-07-01T10:00:00Z"));
        try (Journal journal =
                Journal.open(folder.resolve("journal"), new Journal.Limits(Duration.ZERO, 500, 16 << 20), clock)) {
            Intake picky = new OwnedIntake(
                    new JournalingIntake(journal, "edge-1", clock), isOfAnother ? Map.of(device, "coap") : Map.of());
            for (int connection = 0; connection < 3; connection++) {
                bring(TOPIC, payload, true, 1, picky);
            }
            assertThat(journal.read(0, 10)).singleElement().matches(Stored::isLetter);

            AgentClock trusted = AgentClock.trusted(clock, journal);
            bring(TOPIC, payload, true, 1, new JournalingIntake(journal, "edge-1", trusted, Instant.EPOCH));
            assertThat(journal.read(0, 10)).hasSize(2).last().matches(stored -> !stored.isLetter());
        }
    }

    private void bring(String topic, String payload, boolean retained) throws Exception {
        bring(topic, payload, retained, 0, new Letters());
    }

    /** On a connection of its own, at the QoS that the broker grants: at 1 it is on disk when the connection ends. */
    private void bring(String topic, String payload, boolean retained, int qos, Intake intake) throws Exception {
        AgentConfig.Mqtt broker = Objects.requireNonNull(config);
        NoLink link = new NoLink();
        try (Session session = link.session(broker, Objects.requireNonNull(reception), new Unacknowledged(), intake)) {
            session.arrived(
                    new Link.Message(topic, payload.getBytes(StandardCharsets.UTF_8), qos, qos, retained, false, null));
        }
    }

    private final class Letters extends NoIntake {
        @Override
        public CompletableFuture<Admission> offer(Readings readings, Stamp stamp, Arrival arrival) {
            return CompletableFuture.completedFuture(new Admission.Kept(1));
        }

        @Override
        public CompletableFuture<Admission> refuse(String reason, Arrival arrival) {
            refused.add(reason);
            return CompletableFuture.completedFuture(answer);
        }
    }
}
