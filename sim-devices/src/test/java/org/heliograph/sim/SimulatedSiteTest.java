package org.heliograph.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapHandler;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.interceptors.MessageInterceptorAdapter;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;
import org.heliograph.sim.fault.Fault;
import org.heliograph.sim.fault.FaultPlan;
import org.heliograph.sim.ledger.Ledger;
import org.heliograph.sim.plant.Layout;
import org.heliograph.sim.plant.Plant;
import org.heliograph.telemetry.reading.Point;
import org.junit.jupiter.api.Test;

/** Without a broker: what goes over MQTT is tested against a real one in the lab. */
class SimulatedSiteTest {
    private static final Instant NOON = Instant.parse("2026-07-01T11:00:00Z");
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Settings SETTINGS =
            Settings.of(1, NOON, "tcp://127.0.0.1:1").withPatience(Duration.ZERO, Duration.ZERO);

    @Test
    void cooling_and_room_devices_are_on_coap() throws Exception {
        try (SimulatedSite site = SimulatedSite.open(SETTINGS)) {
            assertThat(site.coapDevices()).containsOnlyKeys("crac-01", "crac-02", "inlet-a1");
            assertThat(site.coapDevices().values())
                    .allSatisfy(uri -> assertThat(uri.toString()).matches("coap://127\\.0\\.0\\.1:\\d+"));
        }
    }

    @Test
    void the_agent_of_the_model_is_not_simulated() throws Exception {
        String yaml = Casablanca.siteYaml(1) + "  - {id: edge-1, profile: agent, role: room}\n";
        try (SimulatedSite site = SimulatedSite.open(SETTINGS.withSiteYaml(yaml))) {
            assertThat(site.coapDevices()).containsOnlyKeys("crac-01", "crac-02", "inlet-a1");
            assertThat(site.model().devices()).hasSize(site.deviceCount() + 1);
        }
    }

    @Test
    void closing_ends_a_replay_that_waits_for_the_broker() throws Exception {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        try (SimulatedSite site = SimulatedSite.open(SETTINGS)) {
            Thread.ofVirtual().start(() -> {
                try {
                    site.replay(NOON, NOON.plus(MINUTE), MINUTE, 1, (_, _, _) -> {});
                    ended.complete(null);
                } catch (InterruptedException _) {
                    ended.complete(null);
                }
            });
        }

        ended.get(2, TimeUnit.MINUTES);
        assertThat(ended).isCompleted();
    }

    @Test
    void a_replay_keeps_to_its_limits() throws Exception {
        try (SimulatedSite site = SimulatedSite.open(SETTINGS)) {
            assertThatThrownBy(() -> site.replay(NOON, NOON.plus(MINUTE), MINUTE, 21, (_, _, _) -> {}))
                    .hasMessageContaining("1 to 20 instants");
            assertThatThrownBy(() -> site.replay(NOON, NOON.plus(MINUTE), Duration.ofMillis(1500), 1, (_, _, _) -> {}))
                    .hasMessageContaining("whole seconds");
            assertThatThrownBy(() -> site.replay(NOON.minus(MINUTE), NOON, MINUTE, 1, (_, _, _) -> {}))
                    .hasMessageContaining("not before " + NOON);
        }
    }

    /** A machine that needs minutes for the replay's end: what live has to catch up is all there at once. */
    @Test
    void a_slow_observer_misses_nothing_while_live_catches_up() throws Exception {
        Instant now = NOON.plusSeconds(150);
        try (SimulatedSite site =
                        SimulatedSite.open(SETTINGS.withClock(() -> now).withPatience(MINUTE, MINUTE));
                SlowObserver observer = new SlowObserver(
                        Objects.requireNonNull(site.coapDevices().get("crac-01")))) {
            observer.awaitInstant(NOON);

            site.live(NOON, now);

            observer.awaitInstant(now);
            assertThat(observer.instants())
                    .containsAll(Stream.iterate(NOON, at -> at.plusSeconds(5))
                            .limit(31)
                            .toList());
        }
    }

    /** Takes its time with each datagram. */
    private static final class SlowObserver implements CoapHandler, AutoCloseable {
        private static final Pattern BASE_TIME = Pattern.compile("\"bt\":(\\d+)");
        private static final Pattern OFFSET = Pattern.compile("\"t\":(\\d+)");

        private final NavigableSet<Instant> instants = new ConcurrentSkipListSet<>();
        private final BlockingQueue<Instant> newest = new LinkedBlockingQueue<>();
        private final CoapEndpoint endpoint;

        SlowObserver(URI device) throws IOException {
            CoapConfig.register();
            UdpConfig.register();
            endpoint = CoapEndpoint.builder()
                    .setConfiguration(Configuration.createStandardWithoutFile())
                    .setInetSocketAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .build();
            endpoint.addInterceptor(new MessageInterceptorAdapter() {
                @Override
                public void receiveResponse(Response response) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
                }
            });
            endpoint.start();
            CoapClient client = new CoapClient(device.resolve("/senml"));
            client.setEndpoint(endpoint);
            client.observe(this);
        }

        @Override
        public void onLoad(CoapResponse response) {
            String pack = response.getResponseText();
            Matcher base = BASE_TIME.matcher(pack);
            assertThat(base.find()).as(pack).isTrue();
            Instant first = Instant.ofEpochSecond(Long.parseLong(base.group(1)));
            instants.add(first);
            OFFSET.matcher(pack)
                    .results()
                    .forEach(offset -> instants.add(first.plusSeconds(Long.parseLong(offset.group(1)))));
            newest.add(instants.last());
        }

        @Override
        public void onError() {
            // what it misses is seen by its absence
        }

        void awaitInstant(Instant instant) throws InterruptedException {
            Instant seen;
            do {
                seen = newest.poll(2, TimeUnit.MINUTES);
                assertThat(seen).as("a notification").isNotNull();
            } while (seen.isBefore(instant));
        }

        NavigableSet<Instant> instants() {
            return instants;
        }

        @Override
        public void close() {
            endpoint.destroy();
        }
    }

    @Test
    void who_starts_again_on_the_same_day_finds_the_meters_counted_on() throws Exception {
        Settings later = Settings.of(1, NOON.plus(MINUTE), "tcp://127.0.0.1:1").withMetersFrom(NOON.minus(MINUTE));
        try (SimulatedSite first = SimulatedSite.open(SETTINGS.withMetersFrom(NOON.minus(MINUTE)));
                SimulatedSite again = SimulatedSite.open(later)) {
            for (Instant at = NOON.minus(MINUTE); !at.isAfter(NOON); at = at.plus(MINUTE)) {
                assertThat(again.ledger().registerMillijoules("util-1", Point.ENERGY_IMPORT, at))
                        .isEqualTo(first.ledger().registerMillijoules("util-1", Point.ENERGY_IMPORT, at));
            }
            assertThat(again.ledger().end()).isEqualTo(NOON.plus(MINUTE));
        }
    }

    @Test
    void a_fault_that_a_device_can_not_have_is_refused() {
        FaultPlan late = new FaultPlan(List.of(new Fault.Delay("crac-01", NOON, NOON.plus(MINUTE), NOON.plus(MINUTE))));
        FaultPlan nobody = new FaultPlan(List.of(new Fault.Reset("pdu-z99a", NOON)));

        assertThatThrownBy(() -> SimulatedSite.open(SETTINGS.withPlan(late)))
                .hasMessage("'crac-01', a crac, can't have the fault 'delay'");
        assertThatThrownBy(() -> SimulatedSite.open(SETTINGS.withPlan(nobody)))
                .hasMessage("the site has no device 'pdu-z99a'");
    }

    @Test
    void the_seed_of_the_settings_is_that_of_its_ledger() throws Exception {
        try (SimulatedSite site = SimulatedSite.open(SETTINGS.withSeed(5).withItLoad(0.2))) {
            Ledger expected = Ledger.of(new Plant(Layout.of(site.model(), NOON), 5, 0.2), NOON, NOON.plus(MINUTE));

            assertThat(site.ledger().start()).isEqualTo(NOON).isEqualTo(expected.start());
            assertThat(site.ledger().registerMillijoules("util-1", Point.ENERGY_IMPORT, NOON))
                    .isEqualTo(expected.registerMillijoules("util-1", Point.ENERGY_IMPORT, NOON));
        }
    }
}
