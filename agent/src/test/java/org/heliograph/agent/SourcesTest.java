package org.heliograph.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.config.AgentConfig.Part;
import org.heliograph.agent.config.AgentFile;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.Intake;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.agent.intake.Moment;
import org.heliograph.agent.intake.NoIntake;
import org.heliograph.agent.intake.RateLimit;
import org.heliograph.agent.source.Source;
import org.heliograph.agent.source.board.Counts;
import org.heliograph.agent.source.board.Signal;
import org.heliograph.agent.source.mqtt.Names;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.reading.Stamp;
import org.heliograph.telemetry.wire.Presence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** For whom a source may speak. */
class SourcesTest {
    private static final DeviceId PROVEN = new DeviceId("casa1", "crac-09");
    private static final DeviceId NOBODYS = new DeviceId("casa1", "util-1");
    private static final Instant NOW = Instant.parse("2026-07-01T10:00:00Z");
    private static final String FOREIGN =
            "'crac-09' is a device of coapServer in the agent's configuration, and this isn't from there";

    private static final Counts NO_COUNTS = new Counts() {
        @Override
        public long of(String name) {
            return 0;
        }

        @Override
        public void keep(String name, long count) {
            // nothing is counted
        }
    };

    private final Behind behind = new Behind();
    private final Speaker topic = new Speaker(Source.Needs.BROKER);
    private final Speaker door = new Speaker(Source.Needs.SOCKETS);
    private final List<Sources.Plan> plans = List.of(
            new Sources.Plan("mqtt", "a session", (_, _) -> false, "a broker", () -> topic),
            Sources.Plan.of("coap server", Part.COAP_SERVER, "a door", () -> door));

    @TempDir
    private Path folder = Path.of("");

    private static final class Speaker implements Source {
        private final Needs needs;
        private Intake intake = new Behind();
        private Optional<String> unconnected = Optional.empty();

        Speaker(Needs needs) {
            this.needs = needs;
        }

        @Override
        public Needs needs() {
            return needs;
        }

        @Override
        public Optional<String> unconnected() {
            return unconnected;
        }

        @Override
        public void start(Intake into) {
            intake = into;
        }

        @Override
        public void close() {
            // it has nothing open
        }

        Admission say(DeviceId device) {
            return intake.offer(
                            new Readings(
                                    device,
                                    "",
                                    new Sampling()
                                            .gauge(Point.POWER, NOW.toEpochMilli(), 1)
                                            .series()),
                            Stamp.DEVICE,
                            new Arrival("somewhere", device, new byte[0], Moment.of(NOW)))
                    .join();
        }
    }

    private static final class Behind extends NoIntake {
        private final List<String> kept = new ArrayList<>();
        private final List<String> refused = new ArrayList<>();
        private final List<String> told = new ArrayList<>();

        @Override
        public CompletableFuture<Admission> offer(Readings readings, Stamp stamp, Arrival arrival) {
            kept.add(readings.device().device());
            return CompletableFuture.completedFuture(new Admission.Kept(kept.size()));
        }

        @Override
        public CompletableFuture<Admission> refuse(String reason, Arrival arrival) {
            refused.add(Objects.requireNonNullElse(arrival.device(), "nobody") + ": " + reason);
            return CompletableFuture.completedFuture(new Admission.Refused(reason));
        }

        @Override
        public CompletableFuture<Admission> announce(DeviceId device, Presence presence) {
            told.add(device.device());
            return CompletableFuture.completedFuture(new Admission.Kept(0));
        }

        @Override
        public void lost(DeviceId device, String reason, long packs, long readings) {
            told.add(device.device() + " " + reason);
        }

        @Override
        public void unattended(DeviceId device) {
            told.add(device.device() + " unattended");
        }
    }

    @Test
    void a_file_that_is_read_again_unchanged_makes_no_source_anew() throws Exception {
        Files.writeString(folder.resolve("key"), "0123456789abcdef");
        Path file = Files.writeString(folder.resolve("agent.yaml"), """
                agent: edge-1
                site: casa1
                kafka: {bootstrap: "127.0.0.1:9"}
                journal: {path: j.db}
                mqtt:
                  - url: tcp://broker:1883
                    user: edge-1
                    password: {file: key}
                    topics: [hg/#]
                    sparkplug: {groups: [casa1], devices: {casa1/edge-7/meter: util-1}}
                coap: [{device: crac-10, uri: "coaps://127.0.0.1/senml", psk: {identity: edge-1, key: {file: key}}}]
                coapServer:
                  plain: {devices: [{device: crac-08, address: 127.0.0.1}]}
                  dtls: {devices: [{device: crac-09, identity: id-9, key: {file: key}}]}
                gpio: [{device: lights-1, pin: 17, pulsesPerKilowattHour: 1000}]
                i2c: [{device: rack-a01, chip: sht3x}]
                """);

        List<Object> first = configs(file);

        assertThat(first).hasSize(4);
        assertThat(configs(file)).isEqualTo(first);
    }

    private static List<Object> configs(Path file) throws Exception {
        MachineClock clock = MachineClock.of(InstantSource.fixed(NOW));
        return Sources.plans(AgentFile.read(file), clock, NO_COUNTS, Names.NONE, () -> Signal.WELL).stream()
                .map(Sources.Plan::config)
                .toList();
    }

    /** Its place, at a broker say, is kept for it only where another comes there. */
    @Test
    void a_source_is_retired_when_nothing_comes_in_its_place_and_closed_when_something_does_or_the_agent_ends() {
        List<String> ends = new ArrayList<>();
        try (Sources sources = new Sources()) {
            sources.run(List.of(ending("a", "topics 1", ends), ending("b", "topics 1", ends)), Map.of(), behind);
            sources.run(List.of(ending("a", "topics 2", ends), ending("c", "topics 1", ends)), Map.of(), behind);
            assertThat(ends).containsExactlyInAnyOrder("a closed", "b retired");
            ends.clear();
        }
        assertThat(ends).containsExactlyInAnyOrder("a closed", "c closed");
    }

    @Test
    void a_source_is_retired_though_another_runs_by_the_same_name_and_closed_where_it_only_moves() {
        List<String> ends = new ArrayList<>();
        try (Sources sources = new Sources()) {
            sources.run(List.of(ending("a", " at x", ends), ending("a", " at y", ends)), Map.of(), behind);
            sources.run(List.of(ending("a", " at x", ends)), Map.of(), behind);
            assertThat(ends).containsExactly("a retired");
            ends.clear();
            sources.run(List.of(ending("a", " at z", ends)), Map.of(), behind);
            assertThat(ends).containsExactly("a closed");
        }
    }

    @Test
    void a_source_that_is_away_for_long_says_no_more_who_is_there_until_it_is_told_anew() {
        long away = Sources.AWAY_LONG.toMillis();
        try (Sources sources = new Sources()) {
            sources.run(plans, Map.of(), behind);
            topic.intake.announce(NOBODYS, Presence.online(NOW, "born")).join();
            door.intake.announce(PROVEN, Presence.online(NOW, "there")).join();
            behind.told.clear();

            topic.unconnected = Optional.of("no broker");
            sources.watch(1_000);
            topic.unconnected = Optional.empty();
            sources.watch(2_000);
            topic.unconnected = Optional.of("no broker");
            sources.watch(3_000);
            sources.watch(3_000 + away);
            assertThat(behind.told).isEmpty();

            sources.watch(3_001 + away);
            assertThat(behind.told).containsExactly("util-1 unattended");

            // a session that the broker has kept brings births before the connection is said to be there
            topic.intake.announce(NOBODYS, Presence.online(NOW, "born")).join();
            sources.watch(3_002 + away);
            topic.unconnected = Optional.empty();
            sources.watch(4_000 + away);
            assertThat(behind.told).containsExactly("util-1 unattended", "util-1");

            topic.unconnected = Optional.of("no broker again");
            sources.watch(5_000 + away);
            sources.watch(5_001 + 2 * away);
            assertThat(behind.told).containsExactly("util-1 unattended", "util-1", "util-1 unattended");
        }
    }

    @Test
    void a_socket_that_is_not_to_be_had_says_nothing_of_the_devices_behind_others() {
        try (Sources sources = new Sources()) {
            sources.run(plans, Map.of(), behind);
            door.intake.announce(PROVEN, Presence.online(NOW, "there")).join();

            door.unconnected = Optional.of("no key");
            sources.watch(0);
            sources.watch(1 + Sources.AWAY_LONG.toMillis());
            assertThat(behind.told).containsExactly("crac-09");
        }
    }

    private static Sources.Plan ending(String place, String config, List<String> ends) {
        return new Sources.Plan("a source", place, (_, _) -> false, place + config, () -> new Source() {
            @Override
            public Needs needs() {
                return Needs.NOTHING;
            }

            @Override
            public void start(Intake into) {
                // it says nothing
            }

            @Override
            public void retire() {
                end("retired");
            }

            @Override
            public void close() {
                end("closed");
            }

            private void end(String how) {
                synchronized (ends) {
                    ends.add(place + " " + how);
                }
            }
        });
    }

    @Test
    void no_other_source_speaks_for_a_device_that_a_part_of_the_configuration_names() {
        try (Sources sources = new Sources()) {
            sources.run(plans, Map.of(PROVEN, Part.COAP_SERVER), behind);

            assertThat(topic.say(PROVEN)).isEqualTo(new Admission.Refused(FOREIGN));
            assertThat(topic.say(NOBODYS)).isInstanceOf(Admission.Kept.class);
            assertThat(door.say(PROVEN)).isInstanceOf(Admission.Kept.class);
            assertThat(behind.kept).containsExactly("util-1", "crac-09");
            assertThat(behind.refused)
                    .as("a dead letter, but none of the device's")
                    .containsExactly("nobody: " + FOREIGN);
            assertThat(sources.running().getFirst().intake().counts().refused())
                    .isEqualTo(Map.of(
                            "'…' is a device of coapServer in the agent's configuration, and this isn't from ", 1L));
        }
    }

    @Test
    void nor_does_it_say_that_the_device_is_gone_nor_that_something_of_it_is_lost() {
        try (Sources sources = new Sources()) {
            sources.run(plans, Map.of(PROVEN, Part.COAP_SERVER), behind);

            assertThat(topic.intake
                            .announce(PROVEN, Presence.offline(NOW, "death"))
                            .join())
                    .isEqualTo(new Admission.Refused(FOREIGN));
            topic.intake.lost(PROVEN, "turned-away", 1, 1);
            assertThat(behind.told).isEmpty();
            door.intake.lost(PROVEN, "turned-away", 1, 1);
            assertThat(behind.told).containsExactly("crac-09 turned-away");
        }
    }

    @Test
    void who_speaks_for_another_takes_nothing_of_that_ones_rate() {
        try (Sources sources = new Sources()) {
            RateLimit limit = new RateLimit(behind, 1, 5, () -> NOW);
            sources.run(plans, Map.of(PROVEN, Part.COAP_SERVER), limit);

            for (int i = 0; i < 20; i++) {
                topic.say(PROVEN);
                topic.intake
                        .refuse("nonsense", new Arrival("hg/casa1/crac-09/senml", PROVEN, new byte[0], Moment.of(NOW)))
                        .join();
            }

            assertThat(door.say(PROVEN)).isInstanceOf(Admission.Kept.class);
            assertThat(behind.told).isEmpty();
        }
    }

    @Test
    void a_source_that_goes_on_through_a_reload_learns_of_devices_that_have_become_others() {
        try (Sources sources = new Sources()) {
            sources.run(plans, Map.of(), behind);
            assertThat(topic.say(PROVEN)).isInstanceOf(Admission.Kept.class);

            sources.run(plans, Map.of(PROVEN, Part.COAP_SERVER), behind);
            assertThat(topic.say(PROVEN)).isInstanceOf(Admission.Refused.class);

            sources.run(plans, Map.of(), behind);
            assertThat(topic.say(PROVEN)).isInstanceOf(Admission.Kept.class);
        }
    }

    @Test
    void a_source_that_doesnt_end_is_named_and_the_others_end() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        CountDownLatch hangs = new CountDownLatch(1);
        try (Sources sources = new Sources()) {
            sources.run(
                    List.of(
                            Sources.Plan.of(
                                    "board",
                                    Part.BOARD,
                                    "pins",
                                    () -> new Ending(() -> {
                                        while (hangs.getCount() > 0) {
                                            LockSupport.park(); // a bus doesn't hear an interruption either
                                        }
                                    })),
                            Sources.Plan.of("coap", Part.COAP, "devices", () -> new Ending(ended::countDown))),
                    Map.of(),
                    behind);

            assertThat(sources.close(Duration.ofMillis(1))).contains("board");
            assertThat(ended.await(2, TimeUnit.MINUTES)).isTrue();
        } finally {
            hangs.countDown();
        }
    }

    private record Ending(Runnable end) implements Source {
        @Override
        public Needs needs() {
            return Needs.NOTHING;
        }

        @Override
        public void start(Intake into) {
            // it has nothing to say
        }

        @Override
        public void close() {
            end.run();
        }
    }

    @Test
    void a_source_that_has_ended_no_longer_says_whether_its_devices_are_there() {
        try (Sources sources = new Sources()) {
            sources.run(plans, Map.of(), behind);
            topic.intake.announce(NOBODYS, Presence.online(NOW, "born")).join();

            sources.run(List.of(plans.getLast()), Map.of(), behind);
            assertThat(behind.told).containsExactly("util-1", "util-1 unattended");
        }
    }

    @Test
    void each_part_speaks_for_its_own_and_a_broker_for_whom_it_is_allowed_to() throws Exception {
        Files.writeString(folder.resolve("key"), "0123456789abcdef");
        AgentConfig config = AgentFile.read(Files.writeString(folder.resolve("agent.yaml"), """
                agent: edge-1
                site: casa1
                kafka: {bootstrap: "127.0.0.1:9"}
                journal: {path: j.db}
                mqtt:
                  - {url: "tcp://127.0.0.1:1", speaksFor: [lights-1]}
                  - {url: "tcp://127.0.0.1:2"}
                coap: [{device: crac-01, uri: "coap://127.0.0.1:1"}]
                coapServer: {dtls: {devices: [{device: crac-09, identity: i, key: {file: key}}]}}
                gpio: [{device: lights-1, pin: 17, pulsesPerKilowattHour: 1000}]
                canary: {}
                """));

        assertThat(config.owners())
                .isEqualTo(Map.of(
                        new DeviceId("casa1", "crac-01"),
                        Part.COAP,
                        PROVEN,
                        Part.COAP_SERVER,
                        new DeviceId("casa1", "lights-1"),
                        Part.BOARD,
                        new DeviceId("casa1", "edge-1"),
                        Part.CANARY));
        assertThat(Sources.plans(
                        config, MachineClock.of(InstantSource.system()), NO_COUNTS, Names.NONE, () -> Signal.WELL))
                .map(plan -> config.owners().entrySet().stream()
                        .filter(owned -> plan.speaksFor().test(owned.getKey().device(), owned.getValue()))
                        .map(owned -> owned.getKey().device())
                        .toList())
                .containsExactly(
                        List.of("lights-1"), List.of(), List.of("crac-01"), List.of("crac-09"), List.of("lights-1"));
    }
}
