package org.heliograph.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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
