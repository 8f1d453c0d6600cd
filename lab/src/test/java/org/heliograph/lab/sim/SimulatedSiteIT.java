package org.heliograph.lab.sim;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.NavigableMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.heliograph.lab.pki.DevelopmentAuthority;
import org.heliograph.lab.pki.Identity;
import org.heliograph.lab.pki.Subject;
import org.heliograph.lab.server.Mosquitto;
import org.heliograph.sim.Main;
import org.heliograph.sim.ProgressListener;
import org.heliograph.sim.Settings;
import org.heliograph.sim.SimulatedSite;
import org.heliograph.sim.ledger.Ledger;
import org.heliograph.sim.mqtt.MqttBroker;
import org.heliograph.sim.mqtt.MqttFleet;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.security.Tls;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulatedSiteIT {
    private static final Instant NOON = Instant.parse("2026-07-01T11:00:00Z");
    private static final Instant ONE = NOON.plus(Duration.ofHours(1));
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int MINUTES = 60;
    private static final ProgressListener NOBODY = (_, _, _) -> {};

    @TempDir
    Path folder;

    @BeforeAll
    static void needs_mosquitto() {
        assumeTrue(Mosquitto.available(), "mosquitto isn't installed");
    }

    private static Settings settings(Mosquitto broker) {
        return Settings.of(3, NOON, broker.uri()).withPatience(Duration.ZERO, Duration.ZERO);
    }

    private static void assertWhole(Subscription heard, SimulatedSite site) throws InterruptedException {
        Ledger ledger = site.ledger();
        for (Device device : site.model().devices()) {
            if (device.role() == Role.COOLING || device.role() == Role.ROOM) {
                continue;
            }
            for (Point point : device.profile().points().keySet()) {
                if (!ledger.hasRegister(device, point)) {
                    continue;
                }
                heard.await(device.id(), point, MINUTES + 1);
                NavigableMap<Instant, Long> samples = heard.register(device.id(), point);
                assertThat(samples).as("%s %s", device.id(), point).hasSize(MINUTES + 1);
                samples.forEach((at, millijoules) ->
                        assertThat(millijoules).isEqualTo(ledger.registerMillijoules(device.id(), point, at)));
            }
        }
        assertThat(heard.refused()).isEmpty();
    }

    @Test
    void a_replayed_hour_reaches_the_broker_whole_and_exact() throws Exception {
        try (Mosquitto broker = Mosquitto.start(folder);
                Subscription heard = new Subscription(broker.uri()).connect();
                SimulatedSite site = SimulatedSite.open(settings(broker))) {
            site.replay(NOON, ONE, MINUTE, 10, NOBODY);

            assertWhole(heard, site);
            assertThat(site.unheardPacks()).isZero();
        }
    }

    @Test
    void a_broker_that_restarts_in_the_middle_costs_nothing() throws Exception {
        try (Mosquitto broker = Mosquitto.start(folder);
                Subscription heard = new Subscription(broker.uri());
                SimulatedSite site = SimulatedSite.open(settings(broker))) {
            heard.connect().leave();
            CompletableFuture<Void> restarted = new CompletableFuture<>();
            site.replay(NOON, ONE, MINUTE, 1, (moment, _, _) -> {
                if (moment.equals(NOON.plus(MINUTE.multipliedBy(20)))) {
                    Thread.ofVirtual().start(() -> {
                        broker.restart();
                        restarted.complete(null);
                    });
                }
            });
            restarted.get(5, TimeUnit.MINUTES);

            heard.connect();
            assertWhole(heard, site);
        }
    }

    @Test
    void a_broker_that_is_not_there_yet_is_waited_for() throws Exception {
        try (Mosquitto broker = Mosquitto.start(folder);
                Subscription heard = new Subscription(broker.uri())) {
            broker.kill();
            try (SimulatedSite site = SimulatedSite.open(settings(broker))) {
                CompletableFuture<Void> told = new CompletableFuture<>();
                Thread.ofVirtual().start(() -> {
                    try {
                        site.replay(NOON, ONE, MINUTE, 10, NOBODY);
                        told.complete(null);
                    } catch (InterruptedException e) {
                        told.completeExceptionally(e);
                    }
                });
                broker.restart();
                told.get(5, TimeUnit.MINUTES);

                assertThat(site.confirmedPacks()).isPositive();
                heard.connect();
                site.replay(ONE, ONE.plus(MINUTE), MINUTE, 10, NOBODY);
                heard.await("util-1", Point.ENERGY_IMPORT, 1);
            }
        }
    }

    @Test
    void a_pack_that_nobody_hears_is_told_again_until_somebody_does() throws Exception {
        try (Mosquitto broker = Mosquitto.start(folder);
                Subscription heard = new Subscription(broker.uri());
                MqttFleet fleet = new MqttFleet(MqttBroker.at(broker.uri()), "insisting")) {
            fleet.insistOnListeners(Duration.ofMinutes(2));
            fleet.publish(
                    "hg/casa1/util-1/senml", "[{\"n\":\"energy_import\",\"u\":\"Wh\",\"v\":1}]".getBytes(US_ASCII));
            heard.connect();

            heard.await("util-1", Point.ENERGY_IMPORT, 1);
            fleet.awaitConfirmed();

            assertThat(fleet.confirmed()).isEqualTo(1);
            assertThat(fleet.unheard()).isZero();
        }
    }

    @Test
    void packs_of_one_topic_stay_in_order_though_nobody_hears_them_at_first() throws Exception {
        int packs = 100;
        try (Mosquitto broker = Mosquitto.start(folder);
                Subscription heard = new Subscription(broker.uri());
                MqttFleet fleet = new MqttFleet(MqttBroker.at(broker.uri()), "insisting")) {
            fleet.insistOnListeners(Duration.ofMinutes(2));
            for (int i = 0; i < packs; i++) {
                String pack = "[{\"bt\":%d,\"n\":\"energy_import\",\"u\":\"Wh\",\"v\":1}]"
                        .formatted(NOON.getEpochSecond() + i);
                fleet.publish("hg/casa1/util-1/senml", pack.getBytes(US_ASCII));
            }
            heard.connect();

            heard.await("util-1", Point.ENERGY_IMPORT, packs);

            assertThat(heard.moments()).isSorted();
        }
    }

    @Test
    void a_replay_that_nobody_hears_fails_and_says_so() throws Exception {
        PrintStream stdout = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Mosquitto broker = Mosquitto.start(folder)) {
            System.setOut(new PrintStream(out, true, UTF_8));
            int exit = Main.execute(("run --racks 1 --mqtt " + broker.uri() + " --wait-first 1s --replay-from " + NOON
                            + " --replay-to " + NOON.plus(MINUTE))
                    .split(" "));

            assertThat(exit).isEqualTo(1);
            assertThat(out.toString(UTF_8))
                    .contains(
                            "of the replay, 9 of 9 MQTT packs had no subscriber, and 3 of 3 CoAP devices no observer");
        } finally {
            System.setOut(stdout);
        }
    }

    @Test
    void a_broker_that_asks_for_a_certificate_gets_one() throws Exception {
        Instant now = Instant.now();
        DevelopmentAuthority authority = DevelopmentAuthority.create(now, Duration.ofDays(1));
        Path ca = authority.own().write(folder, "ca").certificate();
        Identity.PemFiles server = authority
                .issue(Subject.server("broker", List.of("127.0.0.1")), now, Duration.ofDays(1))
                .write(folder, "broker");
        Identity.PemFiles devices = authority
                .issue(Subject.client("devices"), now, Duration.ofDays(1))
                .write(folder, "devices");
        try (Mosquitto broker =
                        Mosquitto.startSecured(folder.resolve("secured"), ca, server.certificate(), server.key());
                MqttFleet fleet = new MqttFleet(
                        new MqttBroker(broker.uri(), null, new Tls(ca, devices.certificate(), devices.key())),
                        "secured")) {
            fleet.publish("hg/casa1/util-1/senml", "[]".getBytes(US_ASCII));
            fleet.awaitConfirmed();

            assertThat(fleet.confirmed()).isEqualTo(1);
        }
    }

    @Test
    void packs_that_nobody_hears_are_counted() throws Exception {
        try (Mosquitto broker = Mosquitto.start(folder);
                MqttFleet fleet = new MqttFleet(MqttBroker.at(broker.uri()), "unheard")) {
            fleet.publish("hg/casa1/util-1/senml", "[]".getBytes(US_ASCII));
            fleet.awaitConfirmed();

            assertThat(fleet.unheard()).isEqualTo(1);
        }
    }

    @Test
    void live_goes_on_where_the_replay_ended() throws Exception {
        AtomicLong asked = new AtomicLong();
        // time passes by being asked for it; it is a minute ahead of the replay's end when live begins
        InstantSource clock = () -> ONE.plus(MINUTE).plusSeconds(asked.getAndIncrement() / 2);
        try (Mosquitto broker = Mosquitto.start(folder);
                Subscription heard = new Subscription(broker.uri()).connect();
                SimulatedSite site = SimulatedSite.open(settings(broker).withClock(clock))) {
            site.replay(NOON, ONE, MINUTE, 10, NOBODY);
            asked.set(0);
            Thread live = Thread.ofVirtual().start(() -> {
                try {
                    site.live(ONE);
                } catch (InterruptedException _) {
                    // the end of it
                }
            });
            heard.await("util-1", Point.ENERGY_IMPORT, MINUTES + 1 + 150);
            heard.await("pdu-a01a", Point.ENERGY, MINUTES + 1 + 3); // on a topic of its own
            live.interrupt();
            live.join();

            NavigableMap<Instant, Long> meter =
                    heard.register("util-1", Point.ENERGY_IMPORT).tailMap(ONE, true);
            for (int second = 0; second < 150; second++) {
                assertThat(meter).containsKey(ONE.plusSeconds(second));
            }
            assertThat(meter)
                    .containsEntry(
                            ONE.plusSeconds(120),
                            site.ledger().registerMillijoules("util-1", Point.ENERGY_IMPORT, ONE.plusSeconds(120)));
            NavigableMap<Instant, Long> rack =
                    heard.register("pdu-a01a", Point.ENERGY).tailMap(ONE, true);
            assertThat(rack.keySet()).startsWith(ONE, ONE.plusSeconds(10), ONE.plusSeconds(20));
        }
    }
}
