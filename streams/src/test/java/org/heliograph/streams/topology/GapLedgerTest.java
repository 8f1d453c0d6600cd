package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.heliograph.streams.topology.EngineDriver.Sent;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.wire.ClockQuality;
import org.heliograph.telemetry.wire.Dispatch;
import org.heliograph.telemetry.wire.Loss;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;
import org.heliograph.telemetry.wire.Presence;
import org.heliograph.telemetry.wire.SequenceRange;
import org.heliograph.telemetry.wire.v1.AgentLoss;
import org.heliograph.telemetry.wire.v1.DeviceLoss;
import org.heliograph.telemetry.wire.v1.SilentDevice;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gap ledger and the presence of devices, through the topology. */
class GapLedgerTest {
    private static final Instant NOON = Instant.parse("2026-06-15T12:00:00Z");
    private static final DeviceId UPS = new DeviceId(EngineDriver.SITE, "ups-a");

    @TempDir
    private Path state;

    private EngineDriver driver;

    @BeforeEach
    void start() {
        driver = new EngineDriver(state, NOON, SiteFixture.YAML);
        driver.advance(Duration.ofSeconds(10)); // until the site side has heard all partitions
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    private static Sent pack(DeviceId device, long boot, long sequence, Instant at) {
        Sampling sampling = new Sampling().gauge(Point.POWER, at.toEpochMilli(), 60_000);
        return new Sent(
                device.key(),
                PackCodec.encode(new Readings(device, "", sampling.series()), new Origin("edge-1", boot, sequence)));
    }

    private void ups(long boot, long... sequences) {
        for (long sequence : sequences) {
            driver.send(pack(UPS, boot, sequence, NOON.plusSeconds(sequence)));
        }
    }

    private void dispatch(Dispatch dispatch) {
        driver.send(new Sent(UPS.key(), PackCodec.encode(dispatch)));
    }

    private SiteLive live() {
        driver.advance(Duration.ofSeconds(1));
        driver.advance(Duration.ofSeconds(1));
        return driver.read("hg.live", SiteLive::parseFrom).getLast();
    }

    private static AgentLoss loss(long expected, long missing, long reported, long duplicates) {
        return AgentLoss.newBuilder()
                .setAgent("edge-1")
                .setExpected(expected)
                .setMissing(missing)
                .setReported(reported)
                .setDuplicates(duplicates)
                .build();
    }

    @Test
    void a_skipped_pack_is_missing_and_named_until_it_comes() {
        ups(7, 0, 1, 3);
        SiteLive lacking = live();
        assertThat(lacking.getLossesList()).containsExactly(loss(4, 1, 0, 0));
        assertThat(lacking.getIncompleteList())
                .containsExactly(DeviceLoss.newBuilder()
                        .setDevice("ups-a")
                        .setAgent("edge-1")
                        .setMissing(1)
                        .build());

        ups(7, 2);
        SiteLive healed = live();
        assertThat(healed.getLossesList()).containsExactly(loss(4, 0, 0, 0));
        assertThat(healed.getIncompleteList()).isEmpty();
    }

    @Test
    void a_pack_that_came_twice_is_a_duplicate() {
        ups(7, 0, 1, 1);

        assertThat(live().getLossesList()).containsExactly(loss(2, 0, 0, 1));
    }

    @Test
    void what_an_agent_gave_up_is_reported_once() {
        ups(7, 0, 1);
        ups(8, 0);
        Loss dropped = new Loss(
                Loss.DROPPED_OLDEST, 7, List.of(new SequenceRange(2, 5)), 4, 40, Optional.empty(), Optional.empty());
        Loss turnedAway = new Loss(Loss.TURNED_AWAY, 0, List.of(), 3, 30, Optional.empty(), Optional.empty());
        Dispatch report = Dispatch.of(UPS, new Origin("edge-1", 8, 123, true), List.of(dropped, turnedAway));
        dispatch(report);
        dispatch(report);

        assertThat(live().getLossesList())
                .containsExactly(loss(7, 0, 4, 0).toBuilder()
                        .setUnnumbered(3)
                        .setReadingsLost(70)
                        .build());
    }

    @Test
    void a_pack_whose_readings_are_refused_is_not_missing() {
        ups(7, 0);
        driver.send(pack(UPS, 7, 1, NOON.minus(Duration.ofDays(30))));
        driver.send(pack(new DeviceId(EngineDriver.SITE, "stranger"), 7, 0, NOON));
        driver.send(new Sent(UPS.key(), new byte[] {1, 2, 3}));

        assertThat(live().getLossesList()).containsExactly(loss(3, 0, 0, 0));
    }

    @Test
    void nothing_is_said_before_all_partitions_have_had_the_time_to_speak() {
        try (EngineDriver young = new EngineDriver(state, NOON, SiteFixture.YAML)) {
            young.send(pack(UPS, 7, 0, NOON));
            young.advance(Duration.ofSeconds(1));
            young.advance(Duration.ofSeconds(1));

            assertThat(young.read("hg.live", SiteLive::parseFrom).getLast().getLossesList())
                    .isEmpty();
        }
    }

    @Test
    void a_device_whose_transport_died_is_offline_at_once_and_back_with_its_next_reading() {
        ups(7, 0);
        assertThat(live().getDevicesOnline()).isEqualTo(1);

        Instant died = NOON.plusSeconds(12);
        dispatch(Dispatch.of(UPS, new Origin("edge-1", 7, 1), Presence.offline(died, "the broker says so")));
        SiteLive dead = live();
        assertThat(dead.getDevicesOnline()).isZero();
        assertThat(dead.getSilentList())
                .contains(SilentDevice.newBuilder()
                        .setDevice("ups-a")
                        .setLastMs(NOON.toEpochMilli())
                        .setHeardMs(NOON.plusSeconds(10).toEpochMilli())
                        .build());

        driver.send(pack(UPS, 7, 2, NOON.plusSeconds(5))); // read before it died, sent after
        assertThat(live().getDevicesOnline()).isZero();

        driver.send(pack(UPS, 7, 3, NOON.plusSeconds(16)));
        assertThat(live().getDevicesOnline()).isEqualTo(1);
    }

    @Test
    void a_device_whose_clock_is_ahead_is_offline_at_once_too() {
        driver.send(pack(UPS, 7, 0, NOON.plusSeconds(60)));
        dispatch(Dispatch.of(UPS, new Origin("edge-1", 7, 1), Presence.offline(NOON.plusSeconds(11), "")));

        assertThat(live().getDevicesOnline()).isZero();
    }

    @Test
    void a_death_told_by_a_clock_that_is_hours_ahead_hides_no_device_that_is_heard_later() {
        ups(7, 0);
        dispatch(
                Dispatch.of(UPS, new Origin("edge-1", 7, 1), Presence.offline(NOON.plus(Duration.ofHours(6)), "lost")));
        assertThat(live().getDevicesOnline()).isZero();

        driver.send(pack(UPS, 7, 2, NOON.plusSeconds(20)));
        assertThat(live().getDevicesOnline()).isEqualTo(1);
    }

    @Test
    void news_of_an_old_death_is_none() {
        ups(7, 0);
        dispatch(Dispatch.of(
                UPS, new Origin("edge-1", 7, 1), Presence.offline(NOON.minus(Duration.ofHours(1)), "late")));

        assertThat(live().getDevicesOnline()).isEqualTo(1);
    }

    @Test
    void a_device_is_back_when_its_transport_says_so() {
        ups(7, 0);
        dispatch(Dispatch.of(UPS, new Origin("edge-1", 7, 1), Presence.offline(NOON.plusSeconds(11), "")));
        dispatch(Dispatch.of(UPS, new Origin("edge-1", 7, 2), Presence.online(NOON.plusSeconds(12), "")));

        SiteLive live = live();
        assertThat(live.getDevicesOnline()).isEqualTo(1);
        assertThat(live.getLossesList()).containsExactly(loss(3, 0, 0, 0));
    }

    @Test
    void what_the_agent_says_of_its_clock_changes_nothing_here() {
        Sampling sampling = new Sampling().gauge(Point.POWER, NOON.toEpochMilli(), 60_000);
        dispatch(Dispatch.of(
                new Readings(UPS, "", sampling.series()), new Origin("edge-1", 7, 0), ClockQuality.RESTAMPED));

        assertThat(live().getLossesList()).containsExactly(loss(1, 0, 0, 0));
    }

    @Test
    void an_agents_canary_is_no_device_of_the_hall_and_tells_how_long_it_took() {
        driver.close();
        driver = new EngineDriver(state, NOON, SiteFixture.YAML + "  - {id: edge-1, profile: agent, role: room}\n");
        driver.advance(Duration.ofSeconds(10));
        DeviceId edge = new DeviceId(EngineDriver.SITE, "edge-1");
        for (int i = 0; i < 3; i++) {
            Instant sung = NOON.plusSeconds(20 + 10L * i);
            Sampling sampling = new Sampling().gauge(Point.STATE, sung.toEpochMilli(), 0);
            driver.send(new Sent(
                    edge.key(),
                    PackCodec.encode(new Readings(edge, "", sampling.series()), new Origin("edge-1", 7, i))));
            SiteLive live = live();
            assertThat(live.getDevicesOnline()).isZero();
            assertThat(live.getDevicesStale()).as("of the fixture's devices").isEqualTo(8);
            assertThat(live.getSilentList()).extracting(SilentDevice::getDevice).doesNotContain("edge-1");
            if (i > 0) {
                assertThat(live.getCanariesList()).singleElement().satisfies(canary -> {
                    assertThat(canary.getDevice()).isEqualTo("edge-1");
                    assertThat(canary.getSungMs()).isEqualTo(sung.toEpochMilli());
                    assertThat(canary.getTravelMs()).isBetween(0L, 60_000L);
                });
            }
        }
    }

    /** As it finds it at a start: else an agent that died before it would be taken for well from then on. */
    @Test
    void a_canary_of_which_the_engine_does_not_know_when_it_came_grows_old_all_the_same() {
        driver.close();
        driver = new EngineDriver(state, NOON, SiteFixture.YAML + "  - {id: edge-1, profile: agent, role: room}\n");
        driver.advance(Duration.ofSeconds(10));
        DeviceId edge = new DeviceId(EngineDriver.SITE, "edge-1");
        Sampling sampling = new Sampling().gauge(Point.STATE, NOON.toEpochMilli(), 0);
        driver.send(new Sent(
                edge.key(), PackCodec.encode(new Readings(edge, "", sampling.series()), new Origin("edge-1", 7, 0))));

        for (int minutes = 0; minutes < 3; minutes++) {
            assertThat(live().getCanariesList()).singleElement().satisfies(canary -> {
                assertThat(canary.getDevice()).isEqualTo("edge-1");
                assertThat(canary.getSungMs()).isEqualTo(NOON.toEpochMilli());
                assertThat(canary.hasTravelMs()).isFalse();
            });
            driver.advance(Duration.ofMinutes(1));
        }
    }
}
