package org.heliograph.agent.payload.sparkplug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.heliograph.agent.payload.sparkplug.TestNode.metric;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.heliograph.agent.payload.Decoded;
import org.heliograph.agent.payload.sparkplug.v1.Metric;
import org.heliograph.agent.payload.sparkplug.v1.Payload;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Series;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a network does to a node's messages, each value that comes out is one that the node gave to that point of that
 * device at that time, and once the network is well again the node is born and heard. Values carry their point and device,
 * and each birth deals the aliases anew from the same few, so that a table that isn't in force any more would show.
 */
class LossyNetworkTest {
    private static final Instant T0 = Instant.parse("2026-07-01T10:00:00Z");
    private static final List<String> DEVICES = List.of("meter-0", "meter-1", "meter-2");
    private static final List<String> POINTS = List.of("power", "voltage", "current", "frequency");
    private static final int MESSAGES = 400;

    /** So short that its growth doesn't keep the node in doubt for most of the time. */
    private static final Duration REBIRTH_EVERY = Duration.ofMillis(100);

    /**
     * In a row. Where a whole birth is missed, of a node and all its devices, and the next message's number happens to be
     * the one that was due, the protocol itself can't tell: eight bits count.
     */
    private static final int MISSED_MAX = DEVICES.size();

    static IntStream seeds() {
        return IntStream.range(0, 300);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void no_alias_is_ever_taken_for_another_and_all_is_well_in_the_end(int seed) {
        Random random = new Random(seed);
        SparkplugHost host = new SparkplugHost("casa1", SparkplugNames.OURS, REBIRTH_EVERY);
        Simulation simulation = new Simulation(host, random, false);
        for (int i = 0; i < MESSAGES; i++) {
            simulation.step(true);
        }
        for (int i = 0; i < 900; i++) {
            simulation.step(false);
        }
        int before = simulation.heard;
        for (int i = 0; i < 50; i++) {
            simulation.step(false);
        }

        assertThat(simulation.heard - before)
                .as("every message is understood again")
                .isGreaterThanOrEqualTo(40);
    }

    /** The mutation: to a host whose messages are numbered anew on their way nothing ever seems to be missing, not even a birth. */
    @Test
    void a_host_that_sees_no_gaps_is_caught_with_the_alias_of_another() {
        assertThat(seeds().limit(60).filter(seed -> !isRight(seed)).count()).isPositive();
    }

    private static boolean isRight(int seed) {
        SparkplugHost host = new SparkplugHost("casa1", SparkplugNames.OURS, REBIRTH_EVERY);
        Simulation simulation = new Simulation(host, new Random(seed), true);
        try {
            for (int i = 0; i < MESSAGES; i++) {
                simulation.step(true);
            }
            return true;
        } catch (AssertionError _) {
            return false;
        }
    }

    private static final class Simulation {
        private static final int NUMBERS = 256;

        private final SparkplugHost host;
        private final boolean hidesGaps;
        private long next;
        private final Random random;
        private final TestNode node = new TestNode("casa1", "edge-7");
        private final Deque<TestNode.Published> toPublish = new ArrayDeque<>();
        private final List<TestNode.Published> under = new ArrayList<>();
        private Instant now = T0;
        private boolean rebirthAsked = true;
        private int missed;
        private int heard;

        Simulation(SparkplugHost host, Random random, boolean hidesGaps) {
            this.host = host;
            this.hidesGaps = hidesGaps;
            this.random = random;
        }

        /** The node publishes one message; a faulty network may lose, repeat or delay it, and now and then breaks. */
        void step(boolean faulty) {
            now = now.plusMillis(500);
            if (toPublish.isEmpty()) {
                if (rebirthAsked || (faulty && random.nextInt(40) == 0)) {
                    rebirthAsked = false;
                    births(faulty && random.nextBoolean());
                } else {
                    toPublish.add(data());
                }
            }
            TestNode.Published message = toPublish.remove();
            if (hidesGaps && message.topic().type() == SparkplugTopic.Type.NBIRTH && random.nextBoolean()) {
                toPublish.clear(); // the whole birth is lost
                return;
            }
            int fate = faulty && missed < MISSED_MAX ? random.nextInt(30) : 29;
            missed = fate <= 1 || fate == 3 || fate == 4 ? missed + 1 : 0;
            switch (fate) {
                case 0, 1 -> {
                    // lost
                }
                case 2 -> {
                    deliver(message, true);
                    deliver(message, true);
                }
                case 3, 4 -> under.add(message);
                case 5 -> {
                    host.disconnected();
                    deliver(message, true);
                }
                default -> {
                    deliver(message, faulty);
                    if (!under.isEmpty() && (!faulty || random.nextInt(3) == 0)) {
                        deliver(under.removeFirst(), faulty);
                    }
                }
            }
            commands(host.due(now), faulty);
        }

        private void births(boolean reconnected) {
            node.reuseAliases();
            toPublish.add(reconnected ? node.connect(now) : node.birth(now));
            List<String> devices = new ArrayList<>(DEVICES);
            Collections.shuffle(devices, random);
            for (String device : devices) {
                List<Metric.Builder> metrics = new ArrayList<>();
                for (String point : POINTS) {
                    metrics.add(metric(point, value(device, point), now));
                }
                Collections.shuffle(metrics, random);
                toPublish.add(node.deviceBirth(device, now, metrics.toArray(Metric.Builder[]::new)));
            }
        }

        private TestNode.Published data() {
            String device = DEVICES.get(random.nextInt(DEVICES.size()));
            String point = POINTS.get(random.nextInt(POINTS.size()));
            return node.data(device, now, metric(point, value(device, point), now));
        }

        private double value(String device, String point) {
            return now.toEpochMilli() % 1_000_000_000 * 100.0 + DEVICES.indexOf(device) * 10 + POINTS.indexOf(point);
        }

        private void deliver(TestNode.Published message, boolean faulty) {
            byte[] body = hidesGaps ? renumbered(message) : message.body();
            Outcome outcome = host.take(message.topic(), body, now, false);
            if (outcome.decoded() instanceof Decoded.Accepted accepted) {
                accepted.readings().forEach(this::check);
                heard += accepted.readings().isEmpty() ? 0 : 1;
            }
            commands(outcome.commands(), faulty);
        }

        private byte[] renumbered(TestNode.Published message) {
            try {
                Payload payload = Payload.parseFrom(message.body());
                next = message.topic().type() == SparkplugTopic.Type.NBIRTH ? payload.getSeq() : next;
                byte[] body = payload.toBuilder().setSeq(next).build().toByteArray();
                next = (next + 1) % NUMBERS;
                return body;
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException(e);
            }
        }

        private void commands(List<Outcome.Command> commands, boolean faulty) {
            if (!commands.isEmpty() && (!faulty || random.nextInt(4) > 0)) {
                rebirthAsked = true;
            }
        }

        private void check(Readings readings) {
            for (Series series : readings.series()) {
                Series.Gauge gauge = (Series.Gauge) series;
                for (int i = 0; i < gauge.size(); i++) {
                    long said = (long) gauge.value(i);
                    Point point = Point.labelled(POINTS.get((int) (said % 10))).orElseThrow();
                    assertThat(DEVICES.get((int) (said % 100 / 10)) + " " + point)
                            .isEqualTo(readings.device().device() + " " + gauge.point());
                    assertThat(said / 100).isEqualTo(gauge.timeMillis(i) % 1_000_000_000);
                }
            }
        }
    }
}
