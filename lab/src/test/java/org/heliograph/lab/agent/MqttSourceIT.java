package org.heliograph.lab.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.config.AgentConfig.Protocol;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.agent.source.mqtt.MqttSource;
import org.heliograph.agent.source.mqtt.Names;
import org.heliograph.lab.Yesterday;
import org.heliograph.lab.pki.DevelopmentAuthority;
import org.heliograph.lab.pki.Identity;
import org.heliograph.lab.pki.Subject;
import org.heliograph.lab.server.FreePort;
import org.heliograph.lab.server.Mosquitto;
import org.heliograph.telemetry.reading.Readings;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The MQTT source against Mosquitto, in both versions of the protocol, with a journal that answers when told to. */
class MqttSourceIT {
    private static final String TOPIC = "hg/casa1/util-1/senml";
    private static final long BASE_SECONDS = Yesterday.at(10).getEpochSecond();

    @TempDir
    private Path folder = Path.of("");

    @BeforeAll
    static void requireMosquitto() {
        assumeTrue(Mosquitto.available(), "mosquitto isn't installed");
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void what_is_published_while_the_agent_is_away_comes_when_it_is_back(Protocol protocol) throws Exception {
        RecordingIntake intake = new RecordingIntake();
        try (Mosquitto mosquitto = Mosquitto.start(folder.resolve("mosquitto"));
                Publisher device = new Publisher(mosquitto.uri(), "util-1")) {
            AgentConfig.Mqtt config = config(mosquitto.uri(), protocol, "");
            try (MqttSource _ = MqttAgent.start(config, intake)) {
                awaitSubscription(device, intake);
            }
            publish(device, 1, 100);
            assertThat(numbers(intake.readings())).isEqualTo(numbers(0, 0));
            try (MqttSource _ = MqttAgent.start(config, intake)) {
                intake.awaitReadings(
                        "all that came meanwhile", all -> numbers(all).equals(numbers(0, 100)));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void a_broker_that_restarts_is_come_back_to_and_nothing_is_missing(Protocol protocol) throws Exception {
        RecordingIntake intake = new RecordingIntake();
        try (Mosquitto mosquitto = Mosquitto.start(folder.resolve("mosquitto"));
                Publisher device = new Publisher(mosquitto.uri(), "util-1");
                MqttSource _ = MqttAgent.start(config(mosquitto.uri(), protocol, ""), intake)) {
            awaitSubscription(device, intake);
            publish(device, 1, 20);
            mosquitto.restart();
            publish(device, 21, 40);

            intake.awaitReadings("all", all -> numbers(all).equals(numbers(0, 40)));
        }
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void a_session_that_the_broker_has_lost_is_begun_anew(Protocol protocol) throws Exception {
        RecordingIntake intake = new RecordingIntake();
        Path home = folder.resolve("mosquitto");
        try (Mosquitto mosquitto = Mosquitto.start(home, "persistence false\n");
                Publisher device = new Publisher(mosquitto.uri(), "util-1");
                MqttSource _ = MqttAgent.start(config(mosquitto.uri(), protocol, ""), intake)) {
            awaitSubscription(device, intake);
            mosquitto.kill();
            mosquitto.restart();

            // retained, as what else comes before the new subscription is lost with the session
            device.publishRetained(TOPIC, pack(1));
            intake.awaitReadings("the new subscription", all -> numbers(all).contains(1L));
            publish(device, 2, 20);
            intake.awaitReadings("what follows it", all -> numbers(all).containsAll(numbers(1, 20)));
        }
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void a_slow_journal_holds_the_broker_back_and_loses_nothing(Protocol protocol) throws Exception {
        RecordingIntake intake = new RecordingIntake();
        Path log = folder.resolve("packets.log");
        boolean limitsItself = protocol == Protocol.V5; // an agent of 3.1.1 can only leave the broker's limit to work
        String settings =
                "log_type debug\nlog_dest file " + log + "\n" + (limitsItself ? "" : "max_inflight_messages 20\n");
        try (Mosquitto mosquitto = Mosquitto.start(folder.resolve("mosquitto"), settings);
                Publisher device = new Publisher(mosquitto.uri(), "util-1")) {
            AgentConfig.Mqtt config = config(mosquitto.uri(), protocol, limitsItself ? "receiveMaximum: 20" : "");
            try (MqttSource _ = MqttAgent.start(config, intake)) {
                awaitSubscription(device, intake);
                intake.withhold();
                publish(device, 1, 200);
                intake.awaitReadings("as many as may be under way", all -> all.size() == 21);
                if (limitsItself) {
                    // the broker has confirmed 200 to the device by now, and what it may send it sends before that
                    assertThat(lines(log, "Sending PUBLISH to " + config.clientId()))
                            .isLessThanOrEqualTo(21);
                }

                intake.release();
                intake.awaitReadings(
                        "all, once the journal goes on", all -> numbers(all).equals(numbers(0, 200)));
                assertThat(intake.readings()).as("none of them twice").hasSize(201);
                RecordingIntake.await(
                        "the log tells of all of them",
                        () -> lines(log, "Sending PUBLISH to " + config.clientId()) >= 201);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void a_journal_that_takes_nothing_for_long_keeps_the_connection(Protocol protocol) throws Exception {
        RecordingIntake intake = new RecordingIntake();
        Path log = folder.resolve("packets.log");
        String settings = "log_type debug\nlog_dest file " + log + "\nmax_inflight_messages 5\n";
        try (Mosquitto mosquitto = Mosquitto.start(folder.resolve("mosquitto"), settings);
                Publisher device = new Publisher(mosquitto.uri(), "util-1")) {
            AgentConfig.Mqtt config = config(mosquitto.uri(), protocol, "");
            // the broker ends a connection that is silent for half as long again: so long may this machine stand still
            try (MqttSource source = new MqttSource(
                    config,
                    "casa1",
                    MachineClock.of(InstantSource.system()),
                    MqttAgent.BYTES_UNDER_WAY_MAX,
                    Names.NONE,
                    Duration.ofSeconds(12),
                    Thread::sleep)) {
                source.start(intake);
                awaitSubscription(device, intake);
                intake.withhold();
                publish(device, 1, 20);
                intake.awaitReadings("as many as may be under way", all -> all.size() >= 6);
                long before = pings(log, config);
                RecordingIntake.await("a ping", () -> pings(log, config) > before);

                intake.release();
                intake.awaitReadings("all", all -> numbers(all).equals(numbers(0, 20)));
                assertThat(Files.readString(log)).doesNotContain("exceeded timeout");
                assertThat(intake.readings()).as("none of them twice").hasSize(21);
            }
        }
    }

    private static long pings(Path log, AgentConfig.Mqtt config) {
        return lines(log, "Received PINGREQ from " + config.clientId());
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void an_acknowledgement_that_comes_after_its_connection_acknowledges_nothing(Protocol protocol) throws Exception {
        RecordingIntake intake = new RecordingIntake();
        try (Mosquitto mosquitto = Mosquitto.start(folder.resolve("mosquitto"));
                Publisher device = new Publisher(mosquitto.uri(), "util-1")) {
            AgentConfig.Mqtt config = config(mosquitto.uri(), protocol, "");
            try (MqttSource _ = MqttAgent.start(config, intake)) {
                awaitSubscription(device, intake);
                intake.withhold();
                publish(device, 1, 3);
                intake.awaitReadings("three without an answer", all -> all.size() == 4);
            }
            RecordingIntake second = new RecordingIntake();
            second.withhold();
            try (MqttSource _ = MqttAgent.start(config, second)) {
                // with 3.1.1, what is retained comes anew as well
                second.awaitReadings("the three again", all -> numbers(all).containsAll(numbers(1, 3)));
                // the answers of the first connection
                intake.release();
            }
            RecordingIntake third = new RecordingIntake();
            try (MqttSource _ = MqttAgent.start(config, third)) {
                third.awaitReadings(
                        "and again, as the broker had no answer",
                        all -> numbers(all).containsAll(numbers(1, 3)));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void a_hundred_topics_are_subscribed_to(Protocol protocol) throws Exception {
        RecordingIntake intake = new RecordingIntake();
        String topics = IntStream.range(0, 100)
                .mapToObj(i -> "hg/casa1/pdu-" + i + "/senml")
                .collect(Collectors.joining(", ", "topics: [", "]"));
        try (Mosquitto mosquitto = Mosquitto.start(folder.resolve("mosquitto"));
                Publisher device = new Publisher(mosquitto.uri(), "pdus")) {
            for (int i = 0; i < 100; i++) {
                device.publishRetained("hg/casa1/pdu-" + i + "/senml", pack(i));
            }
            try (MqttSource _ = MqttAgent.start(config(mosquitto.uri(), protocol, topics), intake)) {
                intake.awaitReadings(
                        "one of each",
                        all -> all.stream()
                                        .map(readings -> readings.device().device())
                                        .distinct()
                                        .count()
                                == 100);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void what_was_retained_is_of_its_own_time_or_of_none(Protocol protocol) throws Exception {
        RecordingIntake intake = new RecordingIntake();
        try (Mosquitto mosquitto = Mosquitto.start(folder.resolve("mosquitto"));
                Publisher device = new Publisher(mosquitto.uri(), "util-1")) {
            device.publishRetained("hg/casa1/util-1/senml", "[{\"n\":\"power\",\"v\":7}]");
            device.publishRetained("solar/1141/0/power", "512.3");
            device.publishRetained(TOPIC.replace("util-1", "util-2"), pack(7));
            try (MqttSource _ = MqttAgent.start(
                    config(mosquitto.uri(), protocol, "topics: [hg/casa1/+/senml]\n    mappings: [{use: opendtu}]"),
                    intake)) {
                intake.awaitReadings("the one with a time", all -> all.size() == 1);
                RecordingIntake.await("two refusals", () -> intake.refusals().size() == 2);
                assertThat(intake.refusals())
                        .containsExactlyInAnyOrder(
                                TOPIC
                                        + ": the broker had retained it, from who knows when, and it doesn't tell its time",
                                "solar/1141/0/power: the broker had retained it, from who knows when, and it doesn't tell"
                                        + " its time");

                device.publish("solar/1141/0/power", "513");
                intake.awaitReadings("what is said now", all -> all.size() == 2);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void tls_proves_both_sides_and_refuses_everybody_else(Protocol protocol) throws Exception {
        Instant now = Instant.now();
        Duration day = Duration.ofDays(1);
        DevelopmentAuthority authority = DevelopmentAuthority.create(now, day);
        DevelopmentAuthority other = DevelopmentAuthority.create(now, day);
        authority.own().write(folder, "ca");
        other.own().write(folder, "other-ca");
        Subject server = Subject.server("broker", List.of("127.0.0.1"));
        Subject client = Subject.client("edge-1");
        authority.issue(client, now, day).write(folder, "edge-1");
        other.issue(client, now, day).write(folder, "stranger");
        authority.issue(client, now.minus(day), now.minusSeconds(60)).write(folder, "late");
        String right = "tls: {ca: ca.pem, certificate: edge-1.pem, key: edge-1.key}";

        assertThat(hears(protocol, authority.issue(server, now, day), right)).isTrue();
        assertThat(hears(protocol, authority.issue(server, now, day), "tls: {ca: ca.pem}"))
                .as("without a certificate")
                .isFalse();
        assertThat(hears(
                        protocol,
                        authority.issue(server, now, day),
                        "tls: {ca: ca.pem, certificate: stranger.pem, key: stranger.key}"))
                .as("with a certificate of another authority")
                .isFalse();
        assertThat(hears(
                        protocol,
                        authority.issue(server, now, day),
                        "tls: {ca: ca.pem, certificate: late.pem, key: late.key}"))
                .as("with a certificate that is over")
                .isFalse();
        assertThat(hears(protocol, authority.issue(server, now.minus(day), now.minusSeconds(60)), right))
                .as("a broker whose certificate is over")
                .isFalse();
        assertThat(hears(
                        protocol,
                        authority.issue(Subject.server("broker", List.of("10.1.2.3", "broker")), now, day),
                        right))
                .as("a broker of another name")
                .isFalse();
        assertThat(hears(protocol, other.issue(server, now, day), right))
                .as("a broker of another authority")
                .isFalse();
    }

    /** Whether a source that is told so hears through a listener with that identity; a third attempt says that it doesn't. */
    private boolean hears(Protocol protocol, Identity broker, String tls) throws Exception {
        int port = FreePort.find();
        Path home = Files.createTempDirectory(folder, "broker");
        Identity.PemFiles files = broker.write(home, "broker");
        Path log = home.resolve("connections.log");
        RecordingIntake intake = new RecordingIntake();
        try (Mosquitto mosquitto = Mosquitto.start(home.resolve("mosquitto"), """
                        listener %d 127.0.0.1
                        cafile %s
                        certfile %s
                        keyfile %s
                        require_certificate true
                        log_type notice
                        log_dest file %s
                        """.formatted(
                                port, folder.resolve("ca.pem"), files.certificate(), files.key(), log));
                Publisher device = new Publisher(mosquitto.uri(), "util-1")) {
            device.publishRetained(TOPIC, pack(1));
            try (MqttSource _ = MqttAgent.start(config("ssl://127.0.0.1:" + port, protocol, tls), intake)) {
                RecordingIntake.await(
                        "it is heard, or its attempts fail",
                        () -> !intake.readings().isEmpty() || attempts(log, port) >= 3);
                return !intake.readings().isEmpty();
            }
        }
    }

    /** Connections with a listener, as Mosquitto tells them. */
    private static long attempts(Path log, int port) {
        return lines(log, "New connection from", "on port " + port);
    }

    /** So many lines of a broker's log say all of that; what it writes to its standard output comes too late. */
    private static long lines(Path log, String... said) {
        try (var lines = Files.lines(log)) {
            return lines.filter(line -> Stream.of(said).allMatch(line::contains))
                    .count();
        } catch (IOException _) {
            return 0;
        }
    }

    @Test
    void a_group_shares_its_messages() throws Exception {
        RecordingIntake first = new RecordingIntake();
        RecordingIntake second = new RecordingIntake();
        try (Mosquitto mosquitto = Mosquitto.start(folder.resolve("mosquitto"));
                Publisher device = new Publisher(mosquitto.uri(), "util-1")) {
            String shared = "topics: [$share/edge/hg/casa1/+/senml]\n    clientId: ";
            try (MqttSource _ = MqttAgent.start(config(mosquitto.uri(), Protocol.V5, shared + "one"), first);
                    MqttSource _ = MqttAgent.start(config(mosquitto.uri(), Protocol.V5, shared + "two"), second)) {
                long next = 0;
                while (first.readings().isEmpty() || second.readings().isEmpty()) {
                    device.publish(TOPIC, pack(++next));
                }
                long last = next;
                RecordingIntake.await("each by one of them", () -> {
                    Set<Long> both = numbers(first.readings());
                    both.addAll(numbers(second.readings()));
                    return both.contains(last);
                });
                Set<Long> twice = numbers(first.readings());
                twice.retainAll(numbers(second.readings()));
                assertThat(twice).isEmpty();
            }
        }
    }

    private AgentConfig.Mqtt config(String url, Protocol protocol, String keys) throws Exception {
        return MqttAgent.config(folder, url, protocol, keys);
    }

    /** What is published before the session exists is nobody's, unless it is retained; so first see that arrive. */
    private static void awaitSubscription(Publisher device, RecordingIntake intake) {
        device.publishRetained(TOPIC, pack(0));
        intake.awaitReadings("the subscription", all -> !all.isEmpty());
    }

    private static void publish(Publisher device, int from, int to) {
        for (int i = from; i <= to; i++) {
            device.publish(TOPIC, pack(i));
        }
    }

    private static String pack(long number) {
        return "[{\"n\":\"power\",\"u\":\"W\",\"v\":" + number + ",\"t\":" + (BASE_SECONDS + number) + "}]";
    }

    private static Set<Long> numbers(Collection<Readings> all) {
        return all.stream()
                .map(readings -> readings.latest().getEpochSecond() - BASE_SECONDS)
                .collect(Collectors.toSet());
    }

    private static Set<Long> numbers(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().collect(Collectors.toSet());
    }
}
