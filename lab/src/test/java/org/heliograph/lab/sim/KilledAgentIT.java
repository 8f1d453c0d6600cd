package org.heliograph.lab.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.heliograph.lab.Yesterday;
import org.heliograph.lab.server.HeliographProcess;
import org.heliograph.lab.server.KafkaServer;
import org.heliograph.lab.server.Mosquitto;
import org.heliograph.sim.Settings;
import org.heliograph.sim.SimulatedSite;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.wire.MalformedPackException;
import org.heliograph.telemetry.wire.PackCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replay goes at the pace of an agent that is killed and comes back. */
class KilledAgentIT {
    private static final Instant FROM = Yesterday.at(8);
    private static final int MINUTES = 360;
    private static final int STEP_MINUTES = 10;
    private static final int STEPS = MINUTES / STEP_MINUTES;
    private static final int SEED = 20_260_701;
    private static final int KILLS = 6;
    private static final int LATER_MILLIS_MAX = 300;
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Instant TO = FROM.plus(MINUTE.multipliedBy(MINUTES));
    private static final Duration LIMIT = Duration.ofMinutes(10);

    /** A register's value at an instant. */
    private record Sample(String device, Point point, Instant at, long millijoules) {}

    @TempDir
    Path folder;

    @Test
    void every_register_of_every_minute_arrives_however_often_the_agent_is_killed() throws Exception {
        assumeTrue(Mosquitto.available(), "mosquitto isn't installed");
        try (KafkaServer kafka = KafkaServer.start(folder.resolve("kafka"));
                Mosquitto broker = Mosquitto.start(folder.resolve("mosquitto"));
                SimulatedSite site = SimulatedSite.open(Settings.of(3, FROM, broker.uri()));
                HeliographProcess agent =
                        HeliographProcess.agent(folder.resolve("agent"), config(site, kafka, broker))) {
            createTopics(kafka);
            // of each part of the replay one step, and a moment within it, while packs of the next are on their way
            Random random = new Random(SEED);
            Map<Integer, Integer> deaths = new HashMap<>();
            for (int i = 0; i < KILLS; i++) {
                deaths.put(STEPS * i / KILLS + random.nextInt(STEPS / KILLS), random.nextInt(LATER_MILLIS_MAX));
            }
            AtomicInteger step = new AtomicInteger();
            List<CompletableFuture<Void>> revivals = new ArrayList<>();
            site.replay(FROM, TO, MINUTE, STEP_MINUTES, (_, _, _) -> {
                Integer laterMillis = deaths.get(step.getAndIncrement());
                if (laterMillis != null) {
                    revivals.forEach(CompletableFuture::join);
                    revivals.add(CompletableFuture.runAsync(
                            () -> {
                                agent.kill();
                                agent.restart();
                            },
                            CompletableFuture.delayedExecutor(laterMillis, TimeUnit.MILLISECONDS)));
                }
            });
            revivals.getLast().get(LIMIT.toSeconds(), TimeUnit.SECONDS);

            assertThat(revivals).hasSize(KILLS);
            assertThat(missing(site, kafka)).as("seed " + SEED).isEmpty();
        }
    }

    private Path config(SimulatedSite site, KafkaServer kafka, Mosquitto broker) throws Exception {
        String coap = site.coapDevices().entrySet().stream()
                .map(device -> "  - {device: %s, uri: \"%s\"}".formatted(device.getKey(), device.getValue()))
                .collect(Collectors.joining("\n"));
        return Files.writeString(folder.resolve("agent.yaml"), """
                agent: edge-1
                site: casa1
                kafka: {bootstrap: "%s"}
                journal: {path: agent.journal}
                mqtt:
                  - url: %s
                coap:
                %s
                """.formatted(kafka.bootstrap(), broker.uri(), coap));
    }

    private static void createTopics(KafkaServer kafka) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
            admin.createTopics(
                            List.of(new NewTopic("hg.telemetry", 1, (short) 1).configs(Map.of("retention.ms", "-1"))))
                    .all()
                    .get();
        }
    }

    private static Set<Sample> expected(SimulatedSite site) {
        Set<Sample> expected = new HashSet<>();
        for (Device device : site.model().devices()) {
            for (Point point : device.profile().points().keySet()) {
                for (int minute = 0; site.ledger().hasRegister(device, point) && minute <= MINUTES; minute++) {
                    Instant at = FROM.plus(MINUTE.multipliedBy(minute));
                    expected.add(new Sample(
                            device.id(), point, at, site.ledger().registerMillijoules(device.id(), point, at)));
                }
            }
        }
        return expected;
    }

    /** What doesn't arrive on hg.telemetry before the limit. */
    private static Set<Sample> missing(SimulatedSite site, KafkaServer kafka) throws MalformedPackException {
        Set<Sample> missing = expected(site);
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrap()),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> all = List.of(new TopicPartition("hg.telemetry", 0));
            consumer.assign(all);
            consumer.seekToBeginning(all);
            long deadline = System.nanoTime() + LIMIT.toNanos();
            while (!missing.isEmpty() && System.nanoTime() < deadline) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    // a device that was away for longer than the agent tells so, too
                    PackCodec.decode(record.value()).readings().ifPresent(readings -> strike(readings, missing));
                }
            }
        }
        return missing;
    }

    private static void strike(Readings readings, Set<Sample> missing) {
        for (Series series : readings.series()) {
            if (series instanceof Series.Register register) {
                for (int i = 0; i < register.size(); i++) {
                    missing.remove(new Sample(
                            readings.device().device(),
                            register.point(),
                            Instant.ofEpochMilli(register.timeMillis(i)),
                            register.millijoules(i)));
                }
            }
        }
    }
}
