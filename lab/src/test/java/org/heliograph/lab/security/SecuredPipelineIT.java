package org.heliograph.lab.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.heliograph.lab.pki.DevelopmentAuthority;
import org.heliograph.lab.pki.Identity;
import org.heliograph.lab.pki.Subject;
import org.heliograph.lab.server.HeliographProcess;
import org.heliograph.lab.server.KafkaServer;
import org.heliograph.lab.server.Mosquitto;
import org.heliograph.telemetry.kafka.KafkaSecurity;
import org.heliograph.telemetry.security.Tls;
import org.heliograph.telemetry.wire.Topics;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Mosquitto and Kafka with TLS, certificates, passwords and rules of who may do what; the product's programs between. */
class SecuredPipelineIT {
    private static final Duration VALIDITY = Duration.ofHours(2);
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int ANSWER_MILLIS = 20_000;
    private static final List<String> HOSTS = List.of("127.0.0.1", "localhost");
    private static final Topics TOPICS = Topics.DEFAULT;

    @TempDir
    private static Path folder = Path.of("");

    private static @Nullable Hall shared;

    /** The servers, and who is known to them. */
    private record Hall(
            DevelopmentAuthority authority,
            Path ca,
            KafkaServer kafka,
            Mosquitto mosquitto,
            Map<String, Object> operator)
            implements AutoCloseable {
        @Override
        public void close() {
            mosquitto.close();
            kafka.close();
        }
    }

    @BeforeAll
    static void open() throws Exception {
        assumeTrue(Mosquitto.available(), "mosquitto isn't installed");
        DevelopmentAuthority authority = DevelopmentAuthority.create(Instant.now(), VALIDITY);
        Path ca = authority.own().write(folder, "ca").certificate();
        Identity.PemFiles broker = issue(authority, Subject.peer("kafka", HOSTS));
        Identity.PemFiles mqtt = issue(authority, Subject.server("mqtt-broker", HOSTS));
        Map<String, Object> operator = certificate(ca, issue(authority, Subject.client("operator")));
        KafkaServer kafka = KafkaServer.startSecured(
                folder.resolve("kafka"), new KafkaServer.Secured(ca, broker.keystore(), operator));
        try {
            Mosquitto mosquitto =
                    Mosquitto.startSecured(folder.resolve("mosquitto"), ca, mqtt.certificate(), mqtt.key());
            shared = new Hall(authority, ca, kafka, mosquitto, operator);
            allow();
        } catch (Exception | AssertionError e) {
            kafka.close();
            throw e;
        }
    }

    @AfterAll
    static void close() {
        if (shared != null) {
            shared.close();
        }
    }

    @Test
    void a_reading_becomes_a_figure_through_doors_that_ask_who_comes() throws Exception {
        Hall hall = hall();
        try (HeliographProcess streams = HeliographProcess.streams(folder.resolve("streams"), streamsConfig());
                HeliographProcess agent = HeliographProcess.agent(folder.resolve("agent"), agentConfig())) {
            MqttClient device = device(issue(hall.authority(), Subject.client("util-1")), hall.ca());
            assertThat(streams.ready()).contains("engine=heliograph");
            assertThat(agent.isAlive()).isTrue();
            long minute = Instant.now().getEpochSecond() / 60 * 60 - 120;
            // until the agent has subscribed nobody listens, so it says it again; the same readings count once
            String payload = """
                    [{"bn":"util-1:","bt":%d,"n":"energy_import","u":"Wh","v":1000},
                     {"n":"energy_import","u":"Wh","v":2000,"t":60}]""".formatted(minute);
            byte[] value = await(
                    "hg.energy",
                    () -> device.publish("hg/casa1/util-1/senml", payload.getBytes(StandardCharsets.UTF_8), 1, false));
            device.disconnect();
            device.close();
            var figure = org.heliograph.telemetry.wire.v1.DeviceMinute.parseFrom(value);
            assertThat(figure.getDevice()).isEqualTo("util-1");
            assertThat(Files.readString(streams.log())).doesNotContain("a secret of streams");
        }
    }

    @Test
    void kafka_refuses_who_shows_no_certificate() {
        Map<String, Object> nobody = trust(hall().ca());
        nobody.put("security.protocol", "SSL");
        assertThatThrownBy(() -> topicsSeenBy(hall().kafka().bootstrap(), nobody))
                .isInstanceOf(SslAuthenticationException.class);
    }

    @Test
    void kafka_refuses_a_certificate_of_another_authority() throws Exception {
        DevelopmentAuthority stranger = DevelopmentAuthority.create(Instant.now(), VALIDITY);
        Map<String, Object> impostor = certificate(
                hall().ca(),
                stranger.issue(Subject.client("operator"), Instant.now(), VALIDITY)
                        .write(folder, "impostor"));
        assertThatThrownBy(() -> topicsSeenBy(hall().kafka().bootstrap(), impostor))
                .isInstanceOf(SslAuthenticationException.class);
    }

    @Test
    void kafka_refuses_an_expired_certificate() throws Exception {
        Instant now = Instant.now();
        Map<String, Object> expired = certificate(
                hall().ca(),
                hall().authority()
                        .issue(Subject.client("operator"), now.minus(VALIDITY), now.minusSeconds(60))
                        .write(folder, "expired"));
        assertThatThrownBy(() -> topicsSeenBy(hall().kafka().bootstrap(), expired))
                .isInstanceOf(SslAuthenticationException.class);
    }

    @Test
    void a_client_shows_a_renewed_certificate_at_its_next_connection() throws Exception {
        Instant now = Instant.now();
        Identity.PemFiles files = hall().authority()
                .issue(Subject.client("operator"), now.minus(VALIDITY), now.minusSeconds(60))
                .write(folder, "renewed");
        Map<String, Object> client = certificate(hall().ca(), files);
        client.putAll(KafkaSecurity.PROPERTIES);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                with(hall().kafka().bootstrap(), client), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            assertThatThrownBy(consumer::listTopics).isInstanceOf(SslAuthenticationException.class);

            hall().authority().issue(Subject.client("operator"), now, VALIDITY).write(folder, "renewed");
            Files.setLastModifiedTime(files.keystore(), FileTime.from(now.plus(VALIDITY)));

            assertThat(consumer.listTopics()).containsKey(TOPICS.telemetry());
        }
    }

    @Test
    void a_client_whose_certificate_and_key_lie_apart_shows_the_renewed_ones_and_no_pair_that_is_none()
            throws Exception {
        Instant now = Instant.now();
        Identity.PemFiles files = hall().authority()
                .issue(Subject.client("operator"), now.minus(VALIDITY), now.minusSeconds(60))
                .write(folder, "apart");
        Map<String, Object> client = new HashMap<>(KafkaSecurity.PROPERTIES);
        client.putAll(KafkaSecurity.tls(hall().ca(), files.certificate(), files.key()));
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                with(hall().kafka().bootstrap(), client), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            assertThatThrownBy(consumer::listTopics).isInstanceOf(SslAuthenticationException.class);

            hall().authority().issue(Subject.client("operator"), now, VALIDITY).write(folder, "apart");
            Files.setLastModifiedTime(files.certificate(), FileTime.from(now.plusSeconds(1)));
            assertThat(consumer.listTopics()).containsKey(TOPICS.telemetry());
        }
        Files.copy(
                issue(hall().authority(), Subject.client("another")).key(),
                files.key(),
                StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> new KafkaConsumer<>(
                        with(hall().kafka().bootstrap(), client),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer()))
                .rootCause()
                .hasMessageContaining(files.key() + " isn't the key of the certificate in " + files.certificate());
    }

    @Test
    void a_client_refuses_a_broker_that_is_certified_for_another_host() throws Exception {
        Identity.PemFiles elsewhere =
                issue(hall().authority(), Subject.server("elsewhere", List.of("kafka.elsewhere")));
        SSLContext own = new Tls(hall().ca(), elsewhere.certificate(), elsewhere.key()).context();
        try (ServerSocket door =
                own.getServerSocketFactory().createServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> shakeHands(door));
            assertThatThrownBy(() -> topicsSeenBy("127.0.0.1:" + door.getLocalPort(), hall().operator()))
                    .isInstanceOf(SslAuthenticationException.class)
                    .hasStackTraceContaining("127.0.0.1");
        }
    }

    private static void shakeHands(ServerSocket door) {
        while (!door.isClosed()) {
            try (Socket guest = door.accept()) {
                ((SSLSocket) guest).startHandshake();
            } catch (IOException _) {
                // it went away, which is what is asked of it; or the door is closed
            }
        }
    }

    @Test
    void kafka_refuses_a_wrong_password() {
        assertThatThrownBy(() -> topicsSeenBy(hall().kafka().passwordBootstrap(), password("a guess")))
                .isInstanceOf(SaslAuthenticationException.class);
    }

    @Test
    void an_agent_may_write_readings_and_read_nothing() throws Exception {
        Map<String, Object> agent = certificate(hall().ca(), issue(hall().authority(), Subject.client("agent")));
        try (KafkaConsumer<byte[], byte[]> reader = new KafkaConsumer<>(
                with(hall().kafka().bootstrap(), agent), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            reader.assign(List.of(new TopicPartition(TOPICS.telemetry(), 0)));
            reader.seekToBeginning(reader.assignment());
            assertThatThrownBy(() -> reader.poll(LIMIT)).isInstanceOf(TopicAuthorizationException.class);
        }
    }

    @Test
    void the_engine_may_not_write_readings() {
        try (KafkaProducer<byte[], byte[]> forger = new KafkaProducer<>(
                with(hall().kafka().passwordBootstrap(), password("a secret of streams")),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            assertThatThrownBy(() -> forger.send(new ProducerRecord<>(TOPICS.telemetry(), new byte[1], new byte[1]))
                            .get())
                    .hasCauseInstanceOf(TopicAuthorizationException.class);
        }
    }

    /** A chart's job does, as the same user; what a topic is configured to be it may not see. */
    @Test
    void who_runs_the_engine_may_make_the_topics_and_replay() throws Exception {
        String config = streamsConfig().toString();
        assertThat(streams("topics", "apply", config))
                .contains("hg.telemetry: there, but ", "has retention.ms=-1, not 3024000000", "hg.resets: ");
        String site = folder.resolve("site.yaml").toString();
        String end = Instant.now().plus(Duration.ofHours(1)).toString();
        assertThat(streams("replay", "--site", site, "--to", end, config)).contains("totals of the minutes");
        try (Admin admin = Admin.create(with(hall().kafka().bootstrap(), hall().operator()))) {
            assertThat(admin.listGroups().all().get())
                    .noneMatch(group -> group.groupId().contains("replay"));
        }
    }

    private static String streams(String... arguments) {
        StringWriter said = new StringWriter();
        int status = new CommandLine(org.heliograph.streams.Main.class)
                .setOut(new PrintWriter(said))
                .setErr(new PrintWriter(said))
                .execute(arguments);
        assertThat(status).as(said.toString()).isZero();
        return said.toString();
    }

    @Test
    void the_broker_of_devices_refuses_who_shows_no_certificate_of_its_authority() throws Exception {
        DevelopmentAuthority stranger = DevelopmentAuthority.create(Instant.now(), VALIDITY);
        Identity.PemFiles unknown = stranger.issue(Subject.client("util-1"), Instant.now(), VALIDITY)
                .write(folder, "unknown");
        assertThatThrownBy(() -> device(unknown, hall().ca()).disconnect()).isInstanceOf(MqttException.class);
    }

    private static Hall hall() {
        if (shared == null) {
            throw new IllegalStateException("not open");
        }
        return shared;
    }

    private static Identity.PemFiles issue(DevelopmentAuthority authority, Subject subject) throws Exception {
        return authority.issue(subject, Instant.now(), VALIDITY).write(folder, subject.name());
    }

    private static void allow() throws Exception {
        try (Admin admin = Admin.create(with(hall().kafka().bootstrap(), hall().operator()))) {
            admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                            "streams",
                            new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4_096),
                            "a secret of streams")))
                    .all()
                    .get();
            List<AclBinding> all = new ArrayList<>(Acls.agent("User:CN=agent", TOPICS));
            all.addAll(Acls.streams("User:streams", TOPICS, "heliograph"));
            admin.createAcls(all).all().get();
            admin.createTopics(List.of(new NewTopic(TOPICS.telemetry(), 1, (short) 1)))
                    .all()
                    .get();
            long deadline = System.nanoTime() + LIMIT.toNanos();
            while (!isInForce(admin, all.size())) {
                assertThat(System.nanoTime()).as("rules and password in force").isLessThan(deadline);
            }
        }
    }

    /** The controller has decided it by now; the broker hears of it a moment later. */
    private static boolean isInForce(Admin admin, int rules) throws Exception {
        return admin.describeAcls(AclBindingFilter.ANY).values().get().size() == rules
                && admin.describeUserScramCredentials().users().get().contains("streams")
                && admin.listTopics().names().get().contains(TOPICS.telemetry());
    }

    private static Map<String, Object> trust(Path ca) {
        return new HashMap<>(Map.of("ssl.truststore.type", "PEM", "ssl.truststore.location", ca.toString()));
    }

    private static Map<String, Object> certificate(Path ca, Identity.PemFiles own) {
        Map<String, Object> client = trust(ca);
        client.put("security.protocol", "SSL");
        client.put("ssl.keystore.type", "PEM");
        client.put("ssl.keystore.location", own.keystore().toString());
        return client;
    }

    private static Map<String, Object> password(String text) {
        Map<String, Object> client = trust(hall().ca());
        client.put("security.protocol", "SASL_SSL");
        client.put("sasl.mechanism", "SCRAM-SHA-512");
        client.put("sasl.jaas.config", jaas(text));
        return client;
    }

    private static String jaas(String password) {
        return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"streams\" password=\""
                + password + "\";";
    }

    private static Map<String, Object> with(String bootstrap, Map<String, Object> client) {
        Map<String, Object> all = new HashMap<>(client);
        all.put("bootstrap.servers", bootstrap);
        all.put("default.api.timeout.ms", ANSWER_MILLIS);
        all.put("request.timeout.ms", ANSWER_MILLIS);
        return all;
    }

    private static Map<String, ?> topicsSeenBy(String bootstrap, Map<String, Object> client) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                with(bootstrap, client), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            return consumer.listTopics();
        }
    }

    private interface Attempt {
        void make() throws Exception;
    }

    /** The first record of a topic, for the operator; the attempt is made again until there is one. */
    private static byte[] await(String topic, Attempt attempt) throws Exception {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                with(hall().kafka().bootstrap(), hall().operator()),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList());
            consumer.seekToBeginning(consumer.assignment());
            while (true) {
                attempt.make();
                var records = consumer.poll(POLL);
                if (!records.isEmpty()) {
                    return records.iterator().next().value();
                }
                assertThat(System.nanoTime()).as("no record on " + topic).isLessThan(deadline);
            }
        }
    }

    private static MqttClient device(Identity.PemFiles own, Path ca) throws Exception {
        MqttClient device = new MqttClient(hall().mosquitto().uri(), "util-1", new MemoryPersistence());
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setSocketFactory(
                new Tls(ca, own.certificate(), own.key()).context().getSocketFactory());
        try {
            device.connect(options);
            return device;
        } catch (MqttException e) {
            device.close();
            throw e;
        }
    }

    /** Its certificate and key as they lie in a Secret of Kubernetes, and as the chart names them. */
    private static Path agentConfig() throws Exception {
        Identity.PemFiles own = issue(hall().authority(), Subject.client("agent"));
        return Files.writeString(folder.resolve("agent.yaml"), """
                agent: edge-1
                site: casa1
                kafka:
                  bootstrap: "%s"
                  tls: {ca: %s, certificate: %s, key: %s}
                journal: {path: journal.db}
                mqtt:
                  - url: "%s"
                    tls: {ca: ca.pem, certificate: agent.pem, key: agent.key}
                """.formatted(
                        hall().kafka().bootstrap(),
                        hall().ca(),
                        own.certificate().getFileName(),
                        own.key().getFileName(),
                        hall().mosquitto().uri()));
    }

    private static Path streamsConfig() throws Exception {
        Path secrets = Files.createDirectories(folder.resolve("secrets"));
        Files.writeString(secrets.resolve("jaas"), jaas("a secret of streams"));
        Files.writeString(folder.resolve("site.yaml"), """
                site: casa1
                zone: Africa/Casablanca
                location: {latitude: 33.57, longitude: -7.59}
                devices:
                  - {id: util-1, profile: utility-meter, role: grid, rating: 2.1 MW}
                """);
        return Files.writeString(folder.resolve("streams.yaml"), """
                kafka:
                  bootstrap: "%s"
                  properties:
                    security.protocol: SASL_SSL
                    sasl.mechanism: SCRAM-SHA-512
                    sasl.jaas.config: "${directory:%s:jaas}"
                    ssl.truststore.type: PEM
                    ssl.truststore.location: %s
                sites: [site.yaml]
                engine: {instance: streams-1, state: state, devicePartitions: 1, sitePartitions: 1}
                sink: {enabled: false, url: "http://127.0.0.1:1"}
                page: {enabled: false}
                """.formatted(
                        hall().kafka().passwordBootstrap(), secrets, hall().ca()));
    }
}
