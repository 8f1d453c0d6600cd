package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.heliograph.streams.topology.EngineDriver.sent;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.test.TestRecord;
import org.heliograph.streams.ingest.Rejection.Cause;
import org.heliograph.streams.site.SiteShare;
import org.heliograph.streams.topology.EngineDriver.Sent;
import org.heliograph.streams.topology.state.Shares;
import org.heliograph.streams.topology.state.v1.SiteInput;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.wire.DeadLetter;
import org.heliograph.telemetry.wire.Dispatch;
import org.heliograph.telemetry.wire.Loss;
import org.heliograph.telemetry.wire.Origin;
import org.heliograph.telemetry.wire.PackCodec;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.Pack;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EngineTest {
    private static final Instant NOON = Instant.parse("2026-06-15T12:00:00Z");
    private static final long WH = 3_600_000L;

    @TempDir
    private java.nio.file.Path state;

    private EngineDriver driver;

    @BeforeEach
    void start() {
        driver = engine();
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    private EngineDriver engine() {
        return new EngineDriver(state, NOON, SiteFixture.YAML);
    }

    @Test
    void a_share_that_comes_before_the_model_of_its_site_is_added_up_when_that_comes() {
        SiteShare share = SiteShare.of("pdu-a", Role.IT, Map.of(Point.ENERGY, 5 * WH), true, false);
        driver.fromDevices(
                "new1",
                SiteInput.newBuilder()
                        .setMinute(Shares.encode(share).setMinuteMs(NOON.toEpochMilli()))
                        .build());
        driver.advanceTwice(Duration.ofSeconds(1));
        driver.model("new1", "site: new1\nzone: UTC\ndevices: [{id: pdu-a, profile: rack-pdu, role: it}]\n");
        driver.advanceTwice(Duration.ofSeconds(1));

        assertThat(driver.read("hg.kpi", SiteWindow::parseFrom))
                .filteredOn(window ->
                        window.getSite().equals("new1") && window.getWindow().equals("15m"))
                .extracting(SiteWindow::getEnergyIt3Mj)
                .containsExactly(5 * WH);
    }

    /** One reading a minute of every device, n + 1 of them, so that n minutes are whole. */
    private static List<Sent> minutes(Instant from, int n) {
        return minutes(from, n, 0);
    }

    /** @param counted minutes whose energy the registers show at the start */
    private static List<Sent> minutes(Instant from, int n, int counted) {
        List<Sent> packs = new ArrayList<>();
        for (int i = counted; i <= counted + n; i++) {
            long at = from.plusSeconds(60L * (i - counted)).toEpochMilli();
            // per minute: import 900, PV 400, export 100 Wh; UPS 1000, floor 980, racks 2 x 480, cooling 150 Wh
            packs.add(sent(
                    "util-1",
                    new Sampling()
                            .register(Point.ENERGY_IMPORT, at, 7 * WH + 900 * WH * i)
                            .register(Point.ENERGY_EXPORT, at, 3 * WH + 100 * WH * i)
                            .gauge(Point.POWER, at, 48_000)));
            packs.add(sent(
                    "inv-1",
                    new Sampling()
                            .register(Point.ENERGY, at, 5 * WH + 400 * WH * i)
                            .gauge(Point.POWER, at, 24_000)));
            packs.add(sent(
                    "ups-a",
                    new Sampling().register(Point.ENERGY, at, 1000 * WH * i).gauge(Point.POWER, at, 60_000)));
            packs.add(sent(
                    "fpdu-1",
                    new Sampling().register(Point.ENERGY, at, 980 * WH * i).gauge(Point.POWER, at, 58_800)));
            packs.add(sent(
                    "pdu-a",
                    new Sampling().register(Point.ENERGY, at, 480 * WH * i).gauge(Point.POWER, at, 28_800)));
            packs.add(sent(
                    "pdu-b",
                    new Sampling().register(Point.ENERGY, at, 480 * WH * i).gauge(Point.POWER, at, 28_800)));
            packs.add(sent(
                    "crac-1",
                    new Sampling().register(Point.ENERGY, at, 150 * WH * i).gauge(Point.POWER, at, 9_000)));
            packs.add(sent("inlet-1", new Sampling().gauge(Point.INLET_TEMP, at, 22.5)));
        }
        return packs;
    }

    private void send(List<Sent> packs) {
        packs.forEach(driver::send);
    }

    @Test
    void a_whole_minute_of_a_site_has_its_exact_figures() {
        send(minutes(NOON.minusSeconds(120), 2));
        driver.advance(Duration.ofSeconds(1));
        driver.advance(Duration.ofSeconds(1));

        SiteWindow minute = driver.window("1m", NOON.minusSeconds(120));
        assertThat(minute.getState()).isEqualTo(WindowState.FINAL);
        assertThat(minute.getCoverage()).isEqualTo(1);
        assertThat(minute.getEnergyImportMj()).isEqualTo(900 * WH);
        assertThat(minute.getEnergyExportMj()).isEqualTo(100 * WH);
        assertThat(minute.getEnergyDcMj()).isEqualTo(1200 * WH);
        assertThat(minute.getEnergyIt1Mj()).isEqualTo(1000 * WH);
        assertThat(minute.getEnergyIt2Mj()).isEqualTo(980 * WH);
        assertThat(minute.getEnergyIt3Mj()).isEqualTo(960 * WH);
        assertThat(minute.getEnergyItMj()).isEqualTo(960 * WH);
        assertThat(minute.getPue()).isEqualTo(1.25);
        assertThat(minute.getPueCategory()).isEqualTo("PUE3");
        assertThat(minute.getSelfConsumption()).isEqualTo(0.75);
        assertThat(minute.getCo2AvoidedUg()).isEqualTo(300 * 577_650L);
        assertThat(minute.getFactorAverage()).startsWith("ember-2024@");
        assertThat(minute.hasEnergyChargeMj()).isFalse();
    }

    @Test
    void a_meter_that_tells_its_export_only_has_no_known_import() {
        for (int i = 0; i <= 2; i++) {
            long at = NOON.plusSeconds(60L * (i - 2)).toEpochMilli();
            driver.send("util-1", new Sampling().register(Point.ENERGY_EXPORT, at, 100 * WH * i));
        }
        driver.advanceTwice(Duration.ofSeconds(10));

        SiteWindow minute = driver.window("1m", NOON.minusSeconds(120));
        assertThat(minute.getEnergyExportMj()).isEqualTo(100 * WH);
        assertThat(minute.hasEnergyImportMj()).isFalse();
    }

    @Test
    void minutes_add_up_to_quarters_hours_and_the_local_day() {
        send(minutes(NOON.minusSeconds(3600), 60));
        driver.advance(Duration.ofSeconds(2));
        driver.advance(Duration.ofSeconds(2));

        SiteWindow hour = driver.window("1h", NOON.minusSeconds(3600));
        assertThat(hour.getEnergyDcMj()).isEqualTo(60 * 1200 * WH);
        assertThat(hour.getState()).isEqualTo(WindowState.FINAL);
        assertThat(hour.getCoverage()).isEqualTo(1);
        SiteWindow day = driver.window("1d", Instant.parse("2026-06-14T23:00:00Z"));
        assertThat(day.getEnergyDcMj()).isEqualTo(60 * 1200 * WH);
        assertThat(day.getState()).isEqualTo(WindowState.PROVISIONAL);
        for (SiteWindow longer : List.of(
                driver.window("1mo", Instant.parse("2026-05-31T23:00:00Z")),
                driver.window("1y", Instant.parse("2025-12-31T23:00:00Z")))) {
            assertThat(longer.getEnergyDcMj()).isEqualTo(60 * 1200 * WH);
            assertThat(longer.getPue()).isEqualTo(1.25);
            assertThat(longer.getState()).isEqualTo(WindowState.PROVISIONAL);
        }
        assertThat(day.getCoverage()).isCloseTo(60.0 / (13 * 60), org.assertj.core.data.Offset.offset(0.001));
    }

    @Test
    void months_and_years_still_add_up_when_their_first_days_are_long_past() {
        send(minutes(NOON.minusSeconds(120), 2));
        driver.advanceTwice(Duration.ofMinutes(10));
        driver.advanceTwice(Duration.ofDays(6));
        send(minutes(NOON.plus(Duration.ofDays(12)), 2, 2));
        driver.advanceTwice(Duration.ofMinutes(10));
        driver.advanceTwice(Duration.ofDays(15));
        send(minutes(NOON.plus(Duration.ofDays(42)), 2, 4));
        driver.advanceTwice(Duration.ofMinutes(10));

        assertThat(driver.window("1mo", Instant.parse("2026-05-31T23:00:00Z")).getEnergyDcMj())
                .isEqualTo(4 * 1200 * WH);
        assertThat(driver.window("1mo", Instant.parse("2026-06-30T23:00:00Z")).getEnergyDcMj())
                .isEqualTo(2 * 1200 * WH);
        assertThat(driver.window("1y", Instant.parse("2025-12-31T23:00:00Z")).getEnergyDcMj())
                .isEqualTo(6 * 1200 * WH);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void any_order_and_any_duplication_gives_the_same_figures(long seed) {
        List<Sent> packs = minutes(NOON.minusSeconds(600), 10);
        Map<String, SiteWindow> inOrder = figuresOf(packs, new Random(0));
        List<Sent> shuffled = new ArrayList<>(packs);
        shuffled.addAll(packs.subList(0, packs.size() / 2));
        Collections.shuffle(shuffled, new Random(seed));
        assertThat(figuresOf(shuffled, new Random(seed))).isEqualTo(inOrder);
    }

    /** The closed windows, without what may depend on the order: when and how often they were restated. */
    private Map<String, SiteWindow> figuresOf(List<Sent> packs, Random random) {
        try (EngineDriver own = engine()) {
            for (Sent pack : packs) {
                own.send(pack);
                if (random.nextInt(5) == 0) {
                    own.advance(Duration.ofMillis(300));
                }
            }
            own.advance(Duration.ofMinutes(10));
            own.advance(Duration.ofMinutes(10));
            Map<String, SiteWindow> figures = new HashMap<>(own.windows());
            figures.values().removeIf(window -> List.of("1d", "1mo", "1y").contains(window.getWindow()));
            figures.replaceAll((_, window) ->
                    window.toBuilder().clearState().clearRevision().clearCause().build());
            return figures;
        }
    }

    @Test
    void a_late_reading_restates_its_minute_with_the_next_revision() {
        List<Sent> packs = minutes(NOON.minusSeconds(180), 3);
        List<Sent> held =
                packs.stream().filter(pack -> pack.key().equals("test1/pdu-b")).toList();
        send(packs.stream().filter(pack -> !pack.key().equals("test1/pdu-b")).toList());
        driver.advance(Duration.ofMinutes(2));
        driver.advance(Duration.ofMinutes(2));
        SiteWindow before = driver.window("1m", NOON.minusSeconds(180));
        assertThat(before.getState()).isEqualTo(WindowState.FINAL);
        assertThat(before.hasPue3()).isFalse();
        assertThat(before.getPueCategory()).isEqualTo("PUE2");
        assertThat(before.getPue()).isEqualTo(1200.0 / 980);
        assertThat(before.getEstimated()).isTrue();
        assertThat(before.getCause()).isEmpty();

        send(held);
        driver.advance(Duration.ofSeconds(1));
        driver.advance(Duration.ofSeconds(1));
        SiteWindow after = driver.window("1m", NOON.minusSeconds(180));
        assertThat(after.getState()).isEqualTo(WindowState.REVISED);
        assertThat(after.getRevision()).isEqualTo(1);
        assertThat(after.getPueCategory()).isEqualTo("PUE3");
        assertThat(after.getEstimated()).isFalse();
        assertThat(after.getCause()).isEqualTo("late-data");
        assertThat(driver.window("1d", Instant.parse("2026-06-14T23:00:00Z")).getCause())
                .isEmpty();
        assertThat(after.getPue()).isEqualTo(1.25);
        assertThat(after.getCoverage()).isEqualTo(1);
    }

    @Test
    void a_lost_utility_meter_is_estimated_until_its_readings_come_late() {
        List<Sent> packs = minutes(NOON.minusSeconds(180), 3);
        List<Sent> held =
                packs.stream().filter(pack -> pack.key().equals("test1/util-1")).toList();
        send(packs.stream().filter(pack -> !pack.key().equals("test1/util-1")).toList());
        driver.advanceTwice(Duration.ofMinutes(2));
        SiteWindow before = driver.window("1m", NOON.minusSeconds(180));
        assertThat(before.getEnergyDcMj()).isEqualTo(1150 * WH);
        assertThat(before.getEnergySelfMj()).isEqualTo(400 * WH);
        assertThat(before.hasEnergyImportMj()).isFalse();
        assertThat(before.getEstimated()).isTrue();
        assertThat(before.getCoverage()).isEqualTo(1);

        send(held);
        driver.advanceTwice(Duration.ofSeconds(1));
        SiteWindow after = driver.window("1m", NOON.minusSeconds(180));
        assertThat(after.getEnergyDcMj()).isEqualTo(1200 * WH);
        assertThat(after.getEnergySelfMj()).isEqualTo(300 * WH);
        assertThat(after.getEstimated()).isFalse();
        assertThat(after.getCause()).isEqualTo("late-data");
    }

    @Test
    void late_readings_that_trickle_in_are_one_restatement() {
        List<Sent> packs = minutes(NOON.minusSeconds(180), 3);
        List<Sent> held = packs.stream()
                .filter(pack -> pack.key().startsWith("test1/pdu"))
                .toList();
        send(packs.stream().filter(pack -> !pack.key().startsWith("test1/pdu")).toList());
        driver.advance(Duration.ofMinutes(2));
        driver.advance(Duration.ofMinutes(2));
        for (Sent late : held.reversed()) {
            driver.send(late);
            driver.advance(Duration.ofMillis(300));
        }
        driver.advance(Duration.ofSeconds(10));
        driver.advance(Duration.ofSeconds(10));

        SiteWindow quarter = driver.window("15m", NOON.minusSeconds(900));
        assertThat(quarter.getState()).isEqualTo(WindowState.REVISED);
        assertThat(quarter.getRevision()).isEqualTo(1);
        assertThat(quarter.getEnergyIt3Mj()).isEqualTo(3 * 960 * WH);
    }

    @Test
    void a_gap_is_filled_when_the_next_register_reading_comes() {
        List<Sent> packs = minutes(NOON.minusSeconds(1200), 20);
        List<Sent> withGap =
                packs.stream().filter(pack -> !pack.key().equals("test1/pdu-a")).toList();
        List<Sent> pdu =
                packs.stream().filter(pack -> pack.key().equals("test1/pdu-a")).toList();
        send(withGap);
        send(List.of(pdu.get(0), pdu.get(1)));
        driver.advance(Duration.ofSeconds(1));
        send(List.of(pdu.get(20)));
        driver.advance(Duration.ofSeconds(1));
        driver.advance(Duration.ofSeconds(1));

        SiteWindow middle = driver.window("1m", NOON.minusSeconds(600));
        assertThat(middle.getEnergyIt3Mj()).isEqualTo(960 * WH);
        assertThat(middle.getEstimated()).isTrue();
        assertThat(middle.getCoverage()).isEqualTo(1);
    }

    @Test
    void power_is_integrated_where_a_device_has_no_register() {
        long at = NOON.minusSeconds(120).toEpochMilli();
        send(List.of(sent(
                "crac-1",
                new Sampling()
                        .gauge(Point.POWER, at, 6_000)
                        .gauge(Point.POWER, at + 60_000, 6_000)
                        .gauge(Point.POWER, at + 120_000, 6_000))));
        driver.advance(Duration.ofSeconds(1));

        DeviceMinute minute = driver.read("hg.energy", DeviceMinute::parseFrom).getFirst();
        assertThat(minute.getEnergyMj()).isEqualTo(100 * WH);
        assertThat(minute.getFlag()).isEqualTo("integrated");
        assertThat(minute.getPoints(0).getMean()).isEqualTo(6_000);
    }

    @Test
    void the_live_state_adds_up_current_powers_and_names_the_silent() {
        driver.advance(Duration.ofSeconds(1));
        send(minutes(NOON, 0).stream()
                .filter(pack -> !pack.key().equals("test1/inlet-1"))
                .toList());
        driver.advance(Duration.ofSeconds(1));
        driver.advance(Duration.ofSeconds(1));

        SiteLive live = driver.read("hg.live", SiteLive::parseFrom).getLast();
        assertThat(live.getPowerDcW()).isEqualTo(72_000);
        assertThat(live.getPue()).isEqualTo(1.25);
        assertThat(live.getPueCategory()).isEqualTo("PUE3");
        assertThat(live.getPowerLossW()).isEqualTo(72_000 - 57_600 - 9_000);
        assertThat(live.getPowerImportW()).isEqualTo(48_000);
        assertThat(live.getPowerExportW()).isZero();
        assertThat(live.getPowerPvW()).isEqualTo(24_000);
        assertThat(live.getPowerCoolingW()).isEqualTo(9_000);
        assertThat(live.getLatestReadingMs()).isEqualTo(NOON.toEpochMilli());
        assertThat(live.getSelfConsumption()).isEqualTo(1);
        assertThat(live.getDevicesOnline()).isEqualTo(7);
        assertThat(live.getDevicesStale()).isEqualTo(1);
        assertThat(live.getSilent(0).getDevice()).isEqualTo("inlet-1");
    }

    @Test
    void a_power_beyond_the_rating_is_not_shown_live() {
        send(minutes(NOON, 0));
        driver.send(
                "pdu-b", new Sampling().gauge(Point.POWER, NOON.plusSeconds(1).toEpochMilli(), 2e8));
        driver.advance(Duration.ofSeconds(1));
        driver.advance(Duration.ofSeconds(1));

        SiteLive live = driver.read("hg.live", SiteLive::parseFrom).getLast();
        assertThat(live.getPueCategory()).isEqualTo("PUE2");
        assertThat(live.getPowerItW()).isEqualTo(58_800);
    }

    @Test
    void a_reading_from_the_future_takes_no_other_with_it() {
        Sampling of = new Sampling();
        for (int minute = -5; minute <= 0; minute++) {
            of.register(Point.ENERGY, NOON.plusSeconds(60L * minute).toEpochMilli(), 480 * WH * (5 + minute));
        }
        driver.send("pdu-a", of.register(Point.ENERGY, NOON.plusSeconds(301).toEpochMilli(), 9_999 * WH));
        driver.advance(Duration.ofSeconds(1));

        assertThat(driver.read("hg.energy", DeviceMinute::parseFrom)).hasSize(5);
        TestRecord<String, byte[]> dead = driver.output("hg.rejects").readRecord();
        assertThat(new String(dead.headers().lastHeader(DeadLetter.REASON).value(), StandardCharsets.UTF_8))
                .contains("in the future");
    }

    @Test
    void an_inverter_that_fell_asleep_with_the_sun_gives_nothing_and_is_not_silent() {
        Instant dusk = NOON.plus(Duration.ofMinutes(450));
        Instant night = dusk.plus(Duration.ofHours(2));
        driver.advance(Duration.between(NOON, dusk));
        driver.send("inv-1", new Sampling().gauge(Point.POWER, dusk.toEpochMilli(), 120));
        driver.advance(Duration.between(dusk, night));
        send(minutes(night, 0).stream()
                .filter(pack -> !pack.key().equals("test1/inv-1"))
                .toList());
        driver.advanceTwice(Duration.ofSeconds(1));

        SiteLive live = driver.read("hg.live", SiteLive::parseFrom).getLast();
        assertThat(live.getPowerDcW()).isEqualTo(48_000);
        assertThat(live.getDevicesStale()).isZero();
    }

    @Test
    void an_inverter_that_fell_silent_under_load_is_silent_at_night_too() {
        Instant night = NOON.plus(Duration.ofHours(10));
        driver.send("inv-1", new Sampling().gauge(Point.POWER, NOON.toEpochMilli(), 24_000));
        driver.advance(Duration.between(NOON, night));
        send(minutes(night, 0).stream()
                .filter(pack -> !pack.key().equals("test1/inv-1"))
                .toList());
        driver.advanceTwice(Duration.ofSeconds(1));

        SiteLive live = driver.read("hg.live", SiteLive::parseFrom).getLast();
        assertThat(live.hasPowerDcW()).isFalse();
        assertThat(live.getDevicesStale()).isEqualTo(1);
    }

    @Test
    void an_inverter_that_tripped_by_day_is_silent_at_night_too() {
        assertSilentInverter(NOON, 0, NOON.plus(Duration.ofHours(10)));
    }

    @Test
    void an_inverter_that_broke_in_the_morning_is_silent_in_the_evening_too() {
        Instant morning = Instant.parse("2026-06-15T05:40:00Z");
        assertSilentInverter(morning, 400, morning.plus(Duration.ofHours(14)));
    }

    @Test
    void an_inverter_that_does_not_come_back_with_the_sun_is_silent() {
        Instant dusk = Instant.parse("2026-06-15T19:10:00Z");
        assertSilentInverter(dusk, 120, Instant.parse("2026-06-16T06:45:00Z"));
    }

    @Test
    void one_that_comes_back_later_than_it_went_is_missed_by_nobody_before_the_sun_is_up() {
        Instant dusk = Instant.parse("2026-06-15T19:10:00Z");
        SiteLive live = withoutInverter(dusk, 120, Instant.parse("2026-06-16T06:05:00Z"));
        assertThat(live.hasPowerDcW()).isFalse();
        assertThat(live.getDevicesStale()).isZero();
    }

    private void assertSilentInverter(Instant last, double watts, Instant now) {
        SiteLive live = withoutInverter(last, watts, now);
        assertThat(live.hasPowerDcW()).isFalse();
        assertThat(live.getDevicesStale()).isEqualTo(1);
    }

    private SiteLive withoutInverter(Instant last, double watts, Instant now) {
        driver.advance(Duration.between(NOON, last.isBefore(NOON) ? NOON : last));
        driver.send("inv-1", new Sampling().gauge(Point.POWER, last.toEpochMilli(), watts));
        driver.advance(Duration.between(last.isBefore(NOON) ? NOON : last, now));
        send(minutes(now, 0).stream()
                .filter(pack -> !pack.key().equals("test1/inv-1"))
                .toList());
        driver.advanceTwice(Duration.ofSeconds(1));

        return driver.read("hg.live", SiteLive::parseFrom).getLast();
    }

    @Test
    void a_live_power_is_absent_when_one_of_its_devices_is_silent() {
        send(minutes(NOON, 0).stream()
                .filter(pack -> !pack.key().equals("test1/pdu-b"))
                .toList());
        driver.advance(Duration.ofSeconds(1));
        driver.advance(Duration.ofSeconds(1));

        SiteLive live = driver.read("hg.live", SiteLive::parseFrom).getLast();
        assertThat(live.getPueCategory()).isEqualTo("PUE2");
        assertThat(live.getPowerItW()).isEqualTo(58_800);

        driver.advance(Duration.ofMinutes(5));
        SiteLive later = driver.read("hg.live", SiteLive::parseFrom).getLast();
        assertThat(later.hasPowerDcW()).isFalse();
        assertThat(later.hasPue()).isFalse();
        assertThat(later.getDevicesOnline()).isZero();
    }

    /** What is larger than a record may be can't be sent, and a thread that can't send meets the same record again. */
    @Test
    void whatever_the_size_of_a_bad_record_its_dead_letter_is_small_and_the_next_is_measured() throws Exception {
        Sent good = minutes(NOON, 0).getFirst();
        Pack pack = Pack.parseFrom(good.value());
        String letters = "a".repeat(600_000);
        List<Sent> bad = List.of(
                new Sent(letters, good.value()),
                new Sent(good.key(), new byte[5 << 20]),
                new Sent(
                        good.key(),
                        pack.toBuilder()
                                .setAgent(letters.substring(0, 400_000))
                                .build()
                                .toByteArray()),
                new Sent(
                        good.key(),
                        pack.toBuilder()
                                .setSerial(letters.substring(0, 129))
                                .build()
                                .toByteArray()));
        bad.forEach(driver::send);
        driver.send(good);
        driver.advanceTwice(Duration.ofSeconds(1));

        List<TestRecord<String, byte[]>> dead = driver.output("hg.rejects").readRecordsToList();
        assertThat(dead).hasSize(bad.size()).allSatisfy(letter -> {
            int headers = 0;
            for (Header header : letter.headers()) {
                headers += header.value().length;
            }
            assertThat(letter.key().length() + letter.value().length + headers).isLessThan(100_000);
        });
        assertThat(new String(
                        dead.get(1).headers().lastHeader(DeadLetter.TRUNCATED).value(), StandardCharsets.UTF_8))
                .isEqualTo(Integer.toString(5 << 20));
        assertThat(driver.refused()).containsEntry(Cause.MALFORMED, (double) bad.size());
        assertThat(driver.read("hg.live", SiteLive::parseFrom).getLast().getAgentsList())
                .noneMatch(agent -> agent.getAgent().startsWith("aaa"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "garbage",
                "unknown device",
                "unknown site",
                "other key",
                "a day ahead",
                "three days late",
                "no value"
            })
    void a_bad_record_goes_to_the_dead_letters_with_its_bytes_and_reason(String kind) {
        Sent good = minutes(NOON, 0).getFirst();
        long at = NOON.toEpochMilli();
        Sent bad = switch (kind) {
            case "garbage" -> new Sent(good.key(), new byte[] {1, 2, 3});
            case "unknown device" -> sent("pdu-z", new Sampling().gauge(Point.POWER, at, 1));
            case "unknown site" -> {
                DeviceId id = new DeviceId("other", "pdu-a");
                var readings = new Readings(
                        id, "", new Sampling().gauge(Point.POWER, at, 1).series());
                yield new Sent(id.key(), PackCodec.encode(readings, new Origin("edge", 1, 0)));
            }
            case "other key" -> new Sent("test1/pdu-a", good.value());
            case "a day ahead" -> sent("pdu-a", new Sampling().gauge(Point.POWER, at + 86_400_000, 1));
            case "three days late" -> sent("pdu-a", new Sampling().gauge(Point.POWER, at - 3 * 86_400_000, 1));
            default -> new Sent(good.key(), new byte[0]);
        };
        driver.send(bad);
        send(List.of(good));
        driver.advance(Duration.ofSeconds(1));

        TestOutputTopic<String, byte[]> rejects = driver.output("hg.rejects");
        TestRecord<String, byte[]> dead = rejects.readRecord();
        assertThat(rejects.isEmpty()).isTrue();
        assertThat(dead.value()).isEqualTo(bad.value());
        assertThat(dead.key()).isEqualTo(bad.key());
        String reason = new String(dead.headers().lastHeader(DeadLetter.REASON).value(), StandardCharsets.UTF_8);
        assertThat(reason)
                .contains(
                        switch (kind) {
                            case "garbage" -> "not a protobuf Pack";
                            case "unknown device" -> "'pdu-z' is not in the site model";
                            case "unknown site" -> "unknown site 'other'";
                            case "other key" -> "the key is 'test1/pdu-a'";
                            case "a day ahead" -> "in the future";
                            case "three days late" -> "late horizon";
                            default -> "not a";
                        });
        Cause counted = switch (kind) {
            case "unknown device" -> Cause.UNKNOWN_DEVICE;
            case "unknown site" -> Cause.UNKNOWN_SITE;
            case "a day ahead" -> Cause.AHEAD;
            case "three days late" -> Cause.LATE;
            default -> Cause.MALFORMED;
        };
        assertThat(driver.refused())
                .hasSize(Cause.values().length)
                .allSatisfy(
                        (cause, total) -> assertThat(total).as(cause.label()).isEqualTo(cause == counted ? 1 : 0));
    }

    @Test
    void a_pack_that_carries_only_losses_or_presence_is_no_dead_letter() {
        DeviceId id = new DeviceId("test1", "pdu-a");
        Origin origin = new Origin("edge", 1, 0);
        Loss loss = new Loss(Loss.TURNED_AWAY, 0, List.of(), 1, 0, Optional.empty(), Optional.empty());
        driver.send(new Sent(id.key(), PackCodec.encode(Dispatch.of(id, origin, List.of(loss)))));
        driver.send(new Sent(
                id.key(),
                PackCodec.encode(
                        Dispatch.of(id, origin, org.heliograph.telemetry.wire.Presence.offline(NOON, "death")))));
        driver.advance(Duration.ofSeconds(1));
        assertThat(driver.output("hg.rejects").isEmpty()).isTrue();
    }

    @Test
    void a_device_with_its_clock_ahead_harms_nobody_else() {
        driver.send(
                "pdu-a", new Sampling().gauge(Point.POWER, NOON.plusSeconds(280).toEpochMilli(), 1));
        send(minutes(NOON.minusSeconds(60), 1));
        driver.advance(Duration.ofSeconds(1));
        driver.advance(Duration.ofSeconds(1));
        assertThat(driver.window("1m", NOON.minusSeconds(60)).getPue()).isEqualTo(1.25);
    }

    @Test
    void no_window_is_said_before_it_begins_though_a_device_that_is_ahead_is_measured() {
        Instant midnight = Instant.parse("2026-06-15T23:00:00Z"); // the site's
        Instant before = midnight.minusSeconds(180);
        driver.advance(Duration.between(NOON, before));
        for (int second = 0; second <= 60; second += 60) {
            Sampling ahead = new Sampling()
                    .register(Point.ENERGY, midnight.plusSeconds(second).toEpochMilli(), (second + 1) * WH);
            driver.send("pdu-a", ahead);
        }
        driver.advanceTwice(Duration.ofSeconds(1));
        assertThat(driver.windows().values()).noneMatch(window -> window.getStartMs() > before.toEpochMilli() + 2_000);

        driver.advanceTwice(Duration.ofSeconds(100));
        assertThat(driver.window("1d", midnight).getEnergyIt3Mj()).isEqualTo(60 * WH);
    }
}
