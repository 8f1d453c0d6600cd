package org.heliograph.lab.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.heliograph.agent.Agent;
import org.heliograph.agent.config.AgentFile;
import org.heliograph.agent.journal.Entry;
import org.heliograph.agent.journal.Journal;
import org.heliograph.lab.Yesterday;
import org.heliograph.lab.server.FreePort;
import org.heliograph.lab.server.KafkaServer;
import org.heliograph.lab.server.Mosquitto;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.wire.DeadLetter;
import org.heliograph.telemetry.wire.Dispatch;
import org.heliograph.telemetry.wire.Loss;
import org.heliograph.telemetry.wire.MalformedPackException;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;
import org.heliograph.telemetry.wire.Topics;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

class AgentIT {
    private static final DeviceId METER = new DeviceId("casa1", "util-1");
    private static final String TOPIC = "hg/casa1/util-1/senml";
    private static final long BASE_SECONDS = Yesterday.at(10).getEpochSecond();

    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Duration POLL = Duration.ofMillis(5);

    private static @Nullable KafkaServer shared;

    @TempDir
    private Path folder = Path.of("");

    private Topics topics = Topics.DEFAULT;

    @BeforeAll
    static void startKafka(@TempDir Path kafka) {
        assumeTrue(Mosquitto.available(), "mosquitto isn't installed");
        shared = KafkaServer.start(kafka);
    }

    /** Some tests kill it, and may fail before they bring it back. */
    @AfterEach
    void bringKafkaBack() {
        if (!kafka().isAlive()) {
            kafka().restart();
        }
    }

    @AfterAll
    static void stopKafka() {
        if (shared != null) {
            shared.close();
        }
    }

    @BeforeEach
    void nameTopics(TestInfo test) {
        topics = new Topics(test.getTestMethod().orElseThrow().getName());
    }

    @Test
    void packs_arrive_as_they_were_published_with_their_origin() throws Exception {
        KafkaServer kafka = kafka();
        Records.createTopics(kafka.bootstrap(), topics);
        try (Mosquitto mosquitto = Mosquitto.start(folder.resolve("mosquitto"));
                AgentProcess agent = AgentProcess.start(config(mosquitto.uri(), kafka.bootstrap()));
                Publisher device = new Publisher(mosquitto.uri(), "util-1");
                Records packs = new Records(kafka.bootstrap(), topics.telemetry())) {
            assertThat(agent.ready()).startsWith("ready agent=edge-1 site=casa1 mqtt=1");
            awaitSubscription(device, packs);

            device.publish(TOPIC, """
                    [{"bn":"util-1:","bt":%d,"n":"energy_import","u":"kWh","v":1234567.000001},
                     {"n":"power","u":"kW","v":512.5},{"n":"power","u":"kW","v":512.25,"t":1},
                     {"n":"serial","vs":"A1234"}]""".formatted(BASE_SECONDS));
            ConsumerRecord<String, byte[]> record = packs.await(2).get(1);

            assertThat(record.key()).isEqualTo("casa1/util-1");
            assertThat(record.timestamp()).isEqualTo(BASE_SECONDS * 1_000 + 1_000);
            Dispatch pack = PackCodec.decode(record.value());
            assertThat(pack.readings().orElseThrow())
                    .isEqualTo(new Readings(
                            METER,
                            "A1234",
                            new Sampling()
                                    .register(Point.ENERGY_IMPORT, BASE_SECONDS * 1_000, 4_444_441_200_003_600L)
                                    .gauge(Point.POWER, BASE_SECONDS * 1_000, 512_500)
                                    .gauge(Point.POWER, BASE_SECONDS * 1_000 + 1_000, 512_250)
                                    .series()));
            assertThat(pack.origin().agent()).isEqualTo("edge-1");
            assertThat(pack.origin().sequence()).isEqualTo(1);

            agent.stop();
        }
    }

    @Test
    void what_cannot_be_accepted_becomes_a_dead_letter_with_reason_and_bytes() throws Exception {
        KafkaServer kafka = kafka();
        Records.createTopics(kafka.bootstrap(), topics);
        List<List<String>> refused = List.of(
                List.of(TOPIC, "[{\"n\":\"power\",\"v\":", "not JSON"),
                List.of(TOPIC, "[{\"n\":\"power\",\"v\":1,\"t\":NaN}]", "NaN, which is no value"),
                List.of(TOPIC, "[{\"n\":\"pdu-a01a:power\",\"v\":1}]", "a device speaks only for itself"),
                List.of(TOPIC, "[{\"n\":\"wattage\",\"v\":1}]", "'wattage' is not a point"),
                List.of(TOPIC, "", "not an array"),
                List.of("hg/casa1/a b/senml", "[{\"n\":\"power\",\"v\":1}]", "the topic is not"),
                List.of("hg/lyon2/util-1/senml", "[{\"n\":\"power\",\"v\":1}]", "the topic is of site 'lyon2'"));
        try (Mosquitto mosquitto = Mosquitto.start(folder.resolve("mosquitto"));
                Agent agent = start(config(mosquitto.uri(), kafka.bootstrap()));
                Publisher device = new Publisher(mosquitto.uri(), "util-1");
                Records packs = new Records(kafka.bootstrap(), topics.telemetry());
                Records letters = new Records(kafka.bootstrap(), topics.rejects())) {
            awaitSubscription(device, packs);
            for (List<String> one : refused) {
                device.publish(one.get(0), one.get(1));
            }
            device.publish(TOPIC, pack(1));

            List<ConsumerRecord<String, byte[]>> arrived = letters.await(refused.size());
            for (int i = 0; i < refused.size(); i++) {
                ConsumerRecord<String, byte[]> letter = arrived.get(i);
                assertThat(Records.header(letter, DeadLetter.REASON))
                        .contains(refused.get(i).get(2));
                assertThat(Records.header(letter, DeadLetter.STAGE)).isEqualTo("agent");
                assertThat(Records.header(letter, DeadLetter.SOURCE))
                        .isEqualTo(refused.get(i).get(0));
                assertThat(new String(letter.value(), StandardCharsets.UTF_8))
                        .isEqualTo(refused.get(i).get(1));
            }
            // and what follows is taken as ever
            packs.await(records -> numbers(records).contains(1L));
            assertThat(agent.status().intake().refused()).isEqualTo(refused.size());
        }
    }

    @Test
    void a_broker_that_restarts_in_the_middle_costs_nothing() throws Exception {
        KafkaServer kafka = kafka();
        Records.createTopics(kafka.bootstrap(), topics);
        try (Mosquitto mosquitto = Mosquitto.start(folder.resolve("mosquitto"));
                Agent _ = start(config(mosquitto.uri(), kafka.bootstrap()));
                Publisher device = new Publisher(mosquitto.uri(), "util-1");
                Records packs = new Records(kafka.bootstrap(), topics.telemetry())) {
            awaitSubscription(device, packs);
            for (int i = 1; i <= 400; i++) {
                device.publish(TOPIC, pack(i));
                if (i == 150 || i == 300) {
                    mosquitto.restart();
                }
            }

            Set<Long> expected = numbers(1, 400);
            packs.await(records -> numbers(records).containsAll(expected));
        }
    }

    @Test
    @SuppressWarnings("try") // closed early: it is the broker's absence that is tried; restart() brings it back
    void a_broker_that_is_absent_at_the_start_is_waited_for() throws Exception {
        KafkaServer kafka = kafka();
        Records.createTopics(kafka.bootstrap(), topics);
        try (Mosquitto mosquitto = Mosquitto.start(folder.resolve("mosquitto"))) {
            mosquitto.close();
            try (AgentProcess agent = AgentProcess.start(config(mosquitto.uri(), kafka.bootstrap()));
                    Publisher device = new Publisher(mosquitto.uri(), "util-1");
                    Records packs = new Records(kafka.bootstrap(), topics.telemetry())) {
                assertThat(agent.ready()).startsWith("ready");
                awaitLog("mqtt=unreachable");
                mosquitto.restart();
                awaitSubscription(device, packs);
            }
        }
    }

    @Test
    void kafka_may_be_away_at_the_start_and_in_the_middle() throws Exception {
        KafkaServer kafka = kafka();
        Records.createTopics(kafka.bootstrap(), topics);
        kafka.kill();
        try (Mosquitto mosquitto = Mosquitto.start(folder.resolve("mosquitto"))) {
            try (Agent agent = start(config(mosquitto.uri(), kafka.bootstrap()));
                    Publisher device = new Publisher(mosquitto.uri(), "util-1")) {
                awaitSubscription(device, agent);
                awaitKept(agent, device, 1, 100);
                await("Kafka is said to be unreachable", () -> !agent.status().reachable());
                kafka.restart();
                try (Records packs = new Records(kafka.bootstrap(), topics.telemetry())) {
                    packs.await(records -> numbers(records).containsAll(numbers(1, 100)));
                }
                await("Kafka is said to be reachable", () -> agent.status().reachable());

                kafka.kill();
                awaitKept(agent, device, 101, 200);
                kafka.restart();
                try (Records packs = new Records(kafka.bootstrap(), topics.telemetry())) {
                    packs.await(records -> numbers(records).containsAll(numbers(1, 200)));
                }
                await("the journal empties", () -> agent.status().backlog().entries() == 0);
            }
        }
    }

    @Test
    void an_agent_killed_in_the_middle_loses_nothing_that_was_acknowledged() throws Exception {
        KafkaServer kafka = kafka();
        Records.createTopics(kafka.bootstrap(), topics);
        AtomicLong published = new AtomicLong();
        AtomicBoolean enough = new AtomicBoolean();
        try (Mosquitto mosquitto = Mosquitto.start(folder.resolve("mosquitto"));
                Records packs = new Records(kafka.bootstrap(), topics.telemetry())) {
            Path config = config(mosquitto.uri(), kafka.bootstrap());
            AgentProcess first = AgentProcess.start(config);
            try (Publisher probe = new Publisher(mosquitto.uri(), "probe")) {
                awaitSubscription(probe, packs);
            }
            Thread publishing = Thread.ofVirtual().start(() -> {
                try (Publisher device = new Publisher(mosquitto.uri(), "util-1")) {
                    while (!enough.get()) {
                        device.publish(TOPIC, pack(published.get() + 1));
                        published.incrementAndGet();
                    }
                }
            });
            packs.await(500);
            first.kill();
            try (AgentProcess second = AgentProcess.start(config)) {
                packs.await(records -> sequencesByBoot(records).size() > 1);
                second.kill();
            }
            try (AgentProcess _ = AgentProcess.start(config)) {
                packs.await(records -> sequencesByBoot(records).size() > 2);
                enough.set(true);
                publishing.join();
                Set<Long> expected = numbers(1, published.get());
                List<ConsumerRecord<String, byte[]>> all =
                        packs.await(records -> numbers(records).containsAll(expected));

                // the loss proof: whatever a start has numbered is there, from 0 on
                sequencesByBoot(all).values().forEach(AgentIT::assertNoGaps);
            }
        }
    }

    @Test
    void a_full_journal_pushes_back_and_loses_nothing() throws Exception {
        KafkaServer kafka = kafka();
        Records.createTopics(kafka.bootstrap(), topics);
        kafka.kill();
        try (Mosquitto mosquitto = Mosquitto.start(folder.resolve("mosquitto"))) {
            Path config = config(mosquitto.uri(), kafka.bootstrap());
            Files.writeString(
                    config,
                    Files.readString(config).replace("path: agent.journal", "path: agent.journal, maxBytes: 1 MiB"));
            int count = 60;
            try (Agent agent = start(config);
                    Publisher device = new Publisher(mosquitto.uri(), "util-1")) {
                awaitSubscription(device, agent);
                // each about 33 kB in the journal: twice what it takes
                for (int i = 1; i <= count; i++) {
                    device.publish(TOPIC, largePack(i));
                }
                await("the journal is full", () -> agent.status().intake().turnedAway() > 0);
                kafka.restart();
                try (Records packs = new Records(kafka.bootstrap(), topics.telemetry())) {
                    packs.await(records -> numbers(records).containsAll(numbers(1, count)));
                }
            }
        }
    }

    @Test
    void refused_payloads_in_masses_push_no_reading_out() throws Exception {
        KafkaServer kafka = kafka();
        Records.createTopics(kafka.bootstrap(), topics);
        kafka.kill();
        try (Mosquitto mosquitto = Mosquitto.start(folder.resolve("mosquitto"))) {
            Path config = config(mosquitto.uri(), kafka.bootstrap());
            Files.writeString(
                    config,
                    Files.readString(config).replace("path: agent.journal", "path: agent.journal, maxBytes: 1 MiB"));
            try (Agent agent = start(config);
                    Publisher device = new Publisher(mosquitto.uri(), "util-1")) {
                awaitSubscription(device, agent);
                String padding = "x".repeat(15_000);
                for (int i = 1; i <= 100; i++) {
                    device.publish(TOPIC, "[" + i + padding);
                    device.publish(TOPIC, pack(i));
                }
                await("dead letters give way", () -> agent.status().droppedDeadLetters() > 80);
                await("readings are kept", () -> agent.status().intake().kept() > 100);
                assertThat(agent.status().intake().turnedAway()).isZero();
                kafka.restart();
                try (Records packs = new Records(kafka.bootstrap(), topics.telemetry())) {
                    packs.await(records -> numbers(records).containsAll(numbers(1, 100)));
                }
            }
        }
    }

    @Test
    void large_messages_in_masses_do_not_end_an_agent_with_a_small_heap() throws Exception {
        KafkaServer kafka = kafka();
        Records.createTopics(kafka.bootstrap(), topics);
        try (Mosquitto mosquitto = Mosquitto.start(folder.resolve("mosquitto"));
                Publisher device = new Publisher(mosquitto.uri(), "util-1");
                Records packs = new Records(kafka.bootstrap(), topics.telemetry());
                Records letters = new Records(kafka.bootstrap(), topics.rejects())) {
            Path config = config(mosquitto.uri(), kafka.bootstrap());
            try (AgentProcess agent = AgentProcess.start(config)) {
                awaitSubscription(device, packs);
                agent.stop();
            }
            String huge = "x".repeat(900_000);
            String tooLarge = "x".repeat(100_000);
            for (int i = 0; i < 150; i++) {
                device.publish(TOPIC, huge);
                device.publish(TOPIC, tooLarge);
            }
            device.publish(TOPIC, pack(1));
            try (AgentProcess agent = AgentProcess.start(config)) {
                packs.await(records -> numbers(records).contains(1L));
                // the broker keeps the huge ones to itself, the others are refused and cut
                assertThat(letters.await(150)).allMatch(letter -> letter.value().length < 20_000);
                assertThat(agent.isAlive()).isTrue();
            }
        }
    }

    @Test
    void an_entry_that_the_disk_has_changed_arrives_as_a_dead_letter_and_a_counted_loss() throws Exception {
        KafkaServer kafka = kafka();
        Records.createTopics(kafka.bootstrap(), topics);
        Path config =
                Files.writeString(folder.resolve("agent.yaml"), """
                agent: edge-1
                site: casa1
                kafka: {bootstrap: "%s", prefix: %s}
                journal: {path: agent.journal}
                mqtt: [{url: "tcp://127.0.0.1:9"}]
                """.formatted(kafka.bootstrap(), topics.prefix()));
        Path file = folder.resolve("agent.journal");
        try (Journal journal =
                Journal.open(file, new Journal.Limits(Duration.ofMillis(10), 500, 1 << 20), InstantSource.system())) {
            for (int i = 0; i < 3; i++) {
                var _ = journal.append(
                        new Entry(Entry.Kind.READINGS, "casa1/util-1", i, Map.of(), new byte[] {(byte) i}));
            }
        }
        try (Connection disk = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = disk.createStatement()) {
            statement.executeUpdate("UPDATE entry SET value = x'77' WHERE offset = 2");
        }
        try (Records packs = new Records(kafka.bootstrap(), topics.telemetry());
                Records letters = new Records(kafka.bootstrap(), topics.rejects());
                Agent _ = start(config)) {
            assertThat(letters.await(1).getFirst().value()).containsExactly(0x77);
            assertThat(packs.await(3))
                    .filteredOn(record -> record.key().equals("casa1/edge-1"))
                    .singleElement()
                    .satisfies(record -> assertThat(decode(record).losses())
                            .extracting(Loss::reason, Loss::packs)
                            .containsExactly(tuple(Loss.JOURNAL_DAMAGED, 1L)));
        }
    }

    @Test
    void a_pump_that_dies_ends_the_process_for_its_supervisor_to_start_another() throws Exception {
        KafkaServer kafka = kafka();
        Records.createTopics(kafka.bootstrap(), topics);
        try (Mosquitto mosquitto = Mosquitto.start(folder.resolve("mosquitto"));
                Publisher device = new Publisher(mosquitto.uri(), "util-1")) {
            Path config = config(mosquitto.uri(), kafka.bootstrap());
            String right = Files.readString(config);
            Files.writeString(
                    config,
                    right.replace(
                            "kafka: {",
                            "kafka: {properties: {interceptor.classes: " + BrokenInterceptor.class.getName() + "}, "));
            try (AgentProcess agent = AgentProcess.start(config)) {
                device.publishRetained(TOPIC, pack(1));
                assertThat(agent.awaitEnd()).isEqualTo(1);
                awaitLog("agent=broken reason=java.lang.AssertionError: as planned");
            }
            Files.writeString(config, right);
            try (AgentProcess _ = AgentProcess.start(config);
                    Records packs = new Records(kafka.bootstrap(), topics.telemetry())) {
                packs.await(records -> numbers(records).contains(1L));
            }
        }
    }

    @Test
    void every_pushed_reading_that_was_confirmed_arrives_though_the_agent_is_killed() throws Exception {
        KafkaServer kafka = kafka();
        Records.createTopics(kafka.bootstrap(), topics);
        int port = FreePort.findForUdp();
        Files.writeString(folder.resolve("crac-09.psk"), "0123456789abcdef");
        Path config = Files.writeString(
                folder.resolve("agent.yaml"), """
                agent: edge-1
                site: casa1
                kafka: {bootstrap: "%s", prefix: %s}
                journal: {path: agent.journal}
                coapServer:
                  messagesPerSecond: 1000
                  burst: 10000
                  dtls:
                    listen: 127.0.0.1:%d
                    devices: [{device: crac-09, identity: id-9, key: {file: crac-09.psk}}]
                """.formatted(kafka.bootstrap(), topics.prefix(), port));
        int pushes = 1_500;
        Random random = new Random(20_260_702);
        Set<Integer> deaths = Set.of(random.nextInt(1, 500), random.nextInt(500, 1_000), random.nextInt(1_000, 1_400));
        try (PushingDevice device = new PushingDevice(port, "id-9", "0123456789abcdef");
                Records packs = new Records(kafka.bootstrap(), topics.telemetry())) {
            AtomicReference<AgentProcess> agent = new AtomicReference<>(AgentProcess.start(config));
            List<CompletableFuture<Void>> revivals = new ArrayList<>();
            try {
                for (int number = 1; number <= pushes; number++) {
                    if (deaths.contains(number)) {
                        revivals.forEach(CompletableFuture::join);
                        int laterMillis = random.nextInt(100);
                        revivals.add(CompletableFuture.runAsync(
                                () -> agent.set(revived(agent.get(), config)),
                                CompletableFuture.delayedExecutor(laterMillis, TimeUnit.MILLISECONDS)));
                    }
                    device.push(BASE_SECONDS + number, number);
                }
                revivals.forEach(CompletableFuture::join);
                packs.await(records -> numbers(records).size() >= pushes);
                assertThat(numbers(packs.await(0))).isEqualTo(numbers(1, pushes));
                sequencesByBoot(packs.await(0)).values().forEach(AgentIT::assertNoGaps);
            } finally {
                agent.get().close();
            }
        }
    }

    private static AgentProcess revived(AgentProcess agent, Path config) {
        try {
            agent.kill();
            return AgentProcess.start(config);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static KafkaServer kafka() {
        KafkaServer kafka = shared;
        if (kafka == null) {
            throw new IllegalStateException("not started");
        }
        return kafka;
    }

    private static Agent start(Path config) throws Exception {
        return Agent.start(AgentFile.read(config), InstantSource.system());
    }

    private Path config(String mqtt, String bootstrap) throws IOException {
        return Files.writeString(folder.resolve("agent.yaml"), """
                agent: edge-1
                site: casa1
                kafka: {bootstrap: "%s", prefix: %s}
                journal: {path: agent.journal}
                mqtt: [{url: "%s", topics: ["hg/+/+/senml"]}]
                """.formatted(bootstrap, topics.prefix(), mqtt));
    }

    /** What is published before the agent's session exists is nobody's, unless it is retained; so first see that arrive. */
    private static void awaitSubscription(Publisher device, Records packs) {
        device.publishRetained(TOPIC, pack(0));
        packs.await(1);
    }

    private static void awaitSubscription(Publisher device, Agent agent) {
        device.publishRetained(TOPIC, pack(0));
        await("the first pack is kept", () -> agent.status().intake().kept() > 0);
    }

    private static void awaitKept(Agent agent, Publisher device, int from, int to) {
        for (int i = from; i <= to; i++) {
            device.publish(TOPIC, pack(i));
        }
        await("all are kept", () -> agent.status().intake().kept() > to);
    }

    private void awaitLog(String text) {
        await(text, () -> {
            try {
                return Files.readString(folder.resolve("agent.log")).contains(text);
            } catch (IOException _) {
                return false;
            }
        });
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    private static String pack(long number) {
        return "[{\"n\":\"power\",\"u\":\"W\",\"v\":" + number + ",\"t\":" + (BASE_SECONDS + number) + "}]";
    }

    /** Its latest reading is that of {@link #pack}; before it come others, one a second. */
    private static String largePack(long number) {
        return IntStream.range(1, 3_000)
                .mapToObj(second -> ",{\"v\":1,\"t\":-" + second + "}")
                .collect(Collectors.joining(
                        "", "[{\"bn\":\"power\",\"bt\":" + (BASE_SECONDS + number) + ",\"v\":1}", "]"));
    }

    private static Map<Long, Set<Long>> sequencesByBoot(Collection<ConsumerRecord<String, byte[]>> records) {
        Map<Long, Set<Long>> sequences = new HashMap<>();
        for (ConsumerRecord<String, byte[]> record : records) {
            Origin origin = decode(record).origin();
            sequences.computeIfAbsent(origin.boot(), _ -> new TreeSet<>()).add(origin.sequence());
        }
        return sequences;
    }

    private static void assertNoGaps(Set<Long> sequences) {
        assertThat(sequences)
                .containsExactlyElementsOf(
                        LongStream.range(0, sequences.size()).boxed().toList());
    }

    private static Set<Long> numbers(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().collect(Collectors.toSet());
    }

    private static Set<Long> numbers(Collection<ConsumerRecord<String, byte[]>> records) {
        return records.stream()
                .map(record -> decode(record).readings().orElseThrow().latest().getEpochSecond() - BASE_SECONDS)
                .collect(Collectors.toSet());
    }

    private static Dispatch decode(ConsumerRecord<String, byte[]> record) {
        try {
            return PackCodec.decode(record.value());
        } catch (MalformedPackException e) {
            throw new AssertionError(e);
        }
    }
}
