package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.heliograph.streams.topology.EngineDriver.Sent;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.wire.ClockQuality;
import org.heliograph.telemetry.wire.Dispatch;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;
import org.heliograph.telemetry.wire.Sending;
import org.heliograph.telemetry.wire.v1.AgentHeard;
import org.heliograph.telemetry.wire.v1.ClockDoubt;
import org.heliograph.telemetry.wire.v1.SilentDevice;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the live state says of the agents and of the clocks behind the readings, through the topology. */
class AgentHeardTest {
    private static final Instant NOON = Instant.parse("2026-06-15T12:00:00Z");
    private static final DeviceId UPS = new DeviceId(EngineDriver.SITE, "ups-a");
    private static final DeviceId INVERTER = new DeviceId(EngineDriver.SITE, "inv-1");

    @TempDir
    private Path state;

    private EngineDriver driver;
    private long sequence;

    @BeforeEach
    void start() {
        driver = new EngineDriver(state, NOON, SiteFixture.YAML);
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    private void send(DeviceId device, Instant at, Optional<Instant> sent, ClockQuality clock) {
        Sampling sampling = new Sampling().gauge(Point.POWER, at.toEpochMilli(), 60_000);
        Dispatch pack =
                Dispatch.of(new Readings(device, "", sampling.series()), new Origin("edge-1", 7, sequence++), clock);
        Headers headers = new RecordHeaders();
        sent.ifPresent(when ->
                headers.add(Sending.SENT, Long.toString(when.toEpochMilli()).getBytes(StandardCharsets.UTF_8)));
        driver.send(new Sent(device.key(), PackCodec.encode(pack)), at, headers);
    }

    private SiteLive live() {
        driver.advanceTwice(Duration.ofSeconds(1));
        return driver.read("hg.live", SiteLive::parseFrom).getLast();
    }

    private AgentHeard edge() {
        SiteLive live = live();
        assertThat(live.getAgentsList()).extracting(AgentHeard::getAgent).containsExactly("edge-1");
        return live.getAgents(0);
    }

    @Test
    void what_an_agent_sends_late_is_its_backlog_and_what_it_sends_then_ends_it() {
        Instant sent = NOON.minusSeconds(1);
        send(UPS, sent.minusSeconds(900), Optional.of(sent), ClockQuality.ARRIVAL);
        AgentHeard behind = edge();
        assertThat(behind.getBacklogMs()).isEqualTo(900_000);
        assertThat(behind.getHeardMs()).isEqualTo(NOON.toEpochMilli());

        send(UPS, NOON.plusSeconds(1), Optional.of(NOON.plusSeconds(2)), ClockQuality.ARRIVAL);
        assertThat(edge().getBacklogMs()).isEqualTo(1_000);
    }

    @Test
    void what_waited_for_the_engine_is_no_backlog_of_the_agent() {
        Instant sent = NOON.minus(Duration.ofHours(1));
        send(UPS, sent.minusMillis(20), Optional.of(sent), ClockQuality.ARRIVAL);

        assertThat(edge().getBacklogMs()).isEqualTo(20);
    }

    @Test
    void one_device_that_says_what_it_kept_is_no_backlog_of_the_agent() {
        send(UPS, NOON.minusMillis(20), Optional.of(NOON), ClockQuality.ARRIVAL);
        send(INVERTER, NOON.minus(Duration.ofHours(5)), Optional.of(NOON.plusSeconds(1)), ClockQuality.DEVICE);

        assertThat(edge().getBacklogMs()).isEqualTo(1_020);
    }

    @Test
    void a_backlog_beyond_the_late_horizon_shows_too() {
        send(UPS, NOON.minus(Duration.ofHours(60)), Optional.of(NOON), ClockQuality.ARRIVAL);
        send(INVERTER, NOON.minus(Duration.ofHours(47)), Optional.empty(), ClockQuality.DEVICE);

        assertThat(edge().getBacklogMs()).isEqualTo(Duration.ofHours(60).toMillis());
    }

    @Test
    void the_backlog_of_an_agent_that_does_not_say_when_it_sends_is_unknown() {
        send(UPS, NOON.minusSeconds(900), Optional.empty(), ClockQuality.ARRIVAL);

        assertThat(edge().hasBacklogMs()).isFalse();
    }

    @Test
    void a_clock_that_nothing_keeps_right_is_told_until_ten_minutes_after_the_last_such_pack() {
        send(UPS, NOON, Optional.empty(), ClockQuality.UNSYNCHRONISED);
        send(INVERTER, NOON, Optional.empty(), ClockQuality.DEVICE);
        assertThat(edge().getClock()).isEqualTo(ClockDoubt.UNKEPT);

        driver.advance(Duration.ofMinutes(10));
        assertThat(edge().getClock()).isEqualTo(ClockDoubt.CLOCK_DOUBT_UNSPECIFIED);
    }

    @Test
    void readings_that_waited_for_the_agents_clock_say_so() {
        send(UPS, NOON.minusSeconds(60), Optional.of(NOON), ClockQuality.RESTAMPED);

        assertThat(edge().getClock()).isEqualTo(ClockDoubt.SET_LATE);
    }

    /** A backlog of late readings would else state the site anew at every look. */
    @Test
    void packs_that_change_nothing_else_are_no_news_within_a_second() {
        send(UPS, NOON, Optional.empty(), ClockQuality.DEVICE);
        live();
        driver.advance(Duration.ofMillis(100));
        driver.read("hg.live", SiteLive::parseFrom);
        for (int i = 0; i < 7; i++) {
            send(UPS, NOON.minusSeconds(60), Optional.empty(), ClockQuality.DEVICE);
            driver.advance(Duration.ofMillis(100));
        }

        assertThat(driver.read("hg.live", SiteLive::parseFrom)).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void an_agent_that_nothing_has_come_of_for_a_day_is_not_told_of_any_more() {
        send(UPS, NOON, Optional.of(NOON), ClockQuality.ARRIVAL);
        assertThat(live().getAgentsList()).hasSize(1);

        driver.advance(Duration.ofDays(1));
        assertThat(live().getAgentsList()).isEmpty();
    }

    @Test
    void a_device_whose_clock_is_an_hour_behind_its_neighbours_is_heard_all_the_same() {
        send(UPS, NOON, Optional.empty(), ClockQuality.DEVICE);
        send(INVERTER, NOON.minus(Duration.ofHours(1)), Optional.empty(), ClockQuality.DEVICE);

        assertThat(live().getSilentList())
                .filteredOn(silent -> silent.getDevice().equals("inv-1"))
                .singleElement()
                .isEqualTo(SilentDevice.newBuilder()
                        .setDevice("inv-1")
                        .setLastMs(NOON.minus(Duration.ofHours(1)).toEpochMilli())
                        .setHeardMs(NOON.toEpochMilli())
                        .setBehindMs(3_600_000)
                        .build());
    }

    @Test
    void a_device_whose_readings_are_old_because_its_agent_is_behind_has_a_right_clock() {
        send(UPS, NOON.minus(Duration.ofHours(1)), Optional.empty(), ClockQuality.DEVICE);
        send(INVERTER, NOON.minus(Duration.ofHours(1)), Optional.empty(), ClockQuality.DEVICE);

        assertThat(live().getSilentList())
                .filteredOn(silent -> silent.getHeardMs() > 0)
                .extracting(SilentDevice::getBehindMs)
                .containsExactly(0L, 0L);
    }

    @Test
    void a_device_whose_clock_is_a_little_behind_is_live_for_as_long_as_it_speaks() {
        send(UPS, NOON, Optional.empty(), ClockQuality.DEVICE);
        send(INVERTER, NOON.minus(Duration.ofMinutes(9)), Optional.empty(), ClockQuality.DEVICE);
        assertThat(silent()).doesNotContain("ups-a", "inv-1");

        driver.advance(Duration.ofMinutes(1));
        send(UPS, NOON.plus(Duration.ofMinutes(1)), Optional.empty(), ClockQuality.DEVICE);
        assertThat(silent()).doesNotContain("ups-a").contains("inv-1");
    }

    @Test
    void a_device_whose_clock_is_ahead_is_not_live_any_more_when_it_has_fallen_silent() {
        send(UPS, NOON, Optional.empty(), ClockQuality.DEVICE);
        send(INVERTER, NOON.plus(Duration.ofSeconds(290)), Optional.empty(), ClockQuality.DEVICE);
        assertThat(silent()).doesNotContain("inv-1");

        driver.advance(Duration.ofMinutes(1));
        assertThat(silent()).contains("inv-1");
        assertThat(live().hasPowerPvW()).isFalse();
    }

    private List<String> silent() {
        return live().getSilentList().stream().map(SilentDevice::getDevice).toList();
    }
}
