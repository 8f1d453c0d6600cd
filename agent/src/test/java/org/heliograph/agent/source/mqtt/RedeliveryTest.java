package org.heliograph.agent.source.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.Intake;
import org.heliograph.agent.intake.NoIntake;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Stamp;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a broker brings again because it has no acknowledgement of it. */
@Timeout(600)
class RedeliveryTest {
    private static final String TOPIC = "hg/casa1/util-1/senml";

    @TempDir
    private Path folder = Path.of("");

    private final Unacknowledged unacknowledged = new Unacknowledged();
    private final BlockingQueue<CompletableFuture<Admission>> offered = new LinkedBlockingQueue<>();
    private final Intake intake = new Journal();
    private AgentConfig.@Nullable Mqtt config;
    private @Nullable Reception reception;

    @BeforeEach
    void configure() throws Exception {
        config = BrokerEntry.of(folder, "");
        reception = new Reception(config, "casa1");
    }

    @Test
    void what_was_kept_and_not_acknowledged_is_acknowledged_and_not_kept_again() throws Exception {
        NoLink before = new NoLink(true);
        try (Session session = open(before)) {
            session.arrived(message(1, "5", false));
            session.lost("the network is gone");
        }
        next().complete(new Admission.Kept(1));

        NoLink after = new NoLink(true);
        try (Session session = open(after)) {
            session.arrived(message(1, "5", true));

            assertThat(after.acknowledged()).isEqualTo(1);
            session.arrived(message(1, "5", false));
            next().complete(new Admission.Kept(2));
            assertThat(after.acknowledged())
                    .as("its number is another message's, once it was acknowledged")
                    .isEqualTo(1);
        }
        assertThat(before.isNoneAcknowledged()).isTrue();
        assertThat(offered).isEmpty();
    }

    @Test
    void what_is_still_on_its_way_to_the_disk_is_acknowledged_when_it_is_there() throws Exception {
        try (Session session = open(new NoLink(true))) {
            session.arrived(message(1, "5", false));
            session.lost("the network is gone");
        }
        NoLink after = new NoLink(true);
        try (Session session = open(after)) {
            session.arrived(message(1, "5", true));
            assertThat(after.isNoneAcknowledged()).isTrue();

            next().complete(new Admission.Kept(1));

            assertThat(after.acknowledged()).isEqualTo(1);
        }
        assertThat(offered).isEmpty();
    }

    @Test
    void what_found_no_room_is_handed_in_again() throws Exception {
        try (Session session = open(new NoLink(true))) {
            session.arrived(message(1, "5", false));
            session.lost("the network is gone");
        }
        next().complete(new Admission.Full(1));

        NoLink after = new NoLink(true);
        try (Session session = open(after)) {
            session.arrived(message(1, "5", true));
            next().complete(new Admission.Kept(1));

            assertThat(after.acknowledged()).isEqualTo(1);
        }
    }

    @Test
    void only_the_same_message_is_known_again() throws Exception {
        try (Session session = open(new NoLink(true))) {
            session.arrived(message(1, "5", false));
            session.lost("the network is gone");
        }
        next().complete(new Admission.Kept(1));

        for (Link.Message other : List.of(message(1, "6", true), message(2, "5", true), message(1, "5", false))) {
            try (Session session = open(new NoLink(true))) {
                session.arrived(other);
                next().complete(new Admission.Kept(2));
            }
        }
    }

    @Test
    void the_numbers_of_an_earlier_session_mean_nothing_in_a_new_one() throws Exception {
        try (Session session = open(new NoLink(true))) {
            session.arrived(message(1, "5", false));
            session.lost("the broker was made anew");
        }
        next().complete(new Admission.Kept(1));
        try (Session session = open(new NoLink(false))) {
            session.arrived(message(1, "5", true));
            next().complete(new Admission.Kept(2));
        }
    }

    @Test
    void who_closes_in_order_acknowledges_what_is_on_its_way_and_takes_no_more() throws Exception {
        NoLink broker = new NoLink(true);
        Session session = open(broker);
        session.arrived(message(1, "5", false));
        CompletableFuture<Admission> answer = next();
        Thread closing = Thread.ofVirtual().start(session::close);
        answer.complete(new Admission.Kept(1));

        assertThat(broker.acknowledged()).isEqualTo(1);
        closing.join();
        session.arrived(message(2, "5", false));
        assertThat(offered).isEmpty();
    }

    private Session open(NoLink broker) throws Link.LinkException {
        return broker.session(
                Objects.requireNonNull(config), Objects.requireNonNull(reception), unacknowledged, intake);
    }

    private static Link.Message message(int id, String value, boolean again) {
        byte[] payload = ("[{\"n\":\"power\",\"v\":" + value + "}]").getBytes(StandardCharsets.UTF_8);
        return new Link.Message(TOPIC, payload, id, 1, false, again, null);
    }

    private CompletableFuture<Admission> next() throws InterruptedException {
        CompletableFuture<Admission> next = offered.poll(2, TimeUnit.MINUTES);
        assertThat(next).as("handed in").isNotNull();
        return Objects.requireNonNull(next);
    }

    private final class Journal extends NoIntake {
        @Override
        public CompletableFuture<Admission> offer(Readings readings, Stamp stamp, Arrival arrival) {
            CompletableFuture<Admission> answer = new CompletableFuture<>();
            offered.add(answer);
            return answer;
        }
    }
}
