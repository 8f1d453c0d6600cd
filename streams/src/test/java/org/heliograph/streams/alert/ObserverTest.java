package org.heliograph.streams.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.wire.v1.AgentHeard;
import org.heliograph.telemetry.wire.v1.AgentLoss;
import org.heliograph.telemetry.wire.v1.Branch;
import org.heliograph.telemetry.wire.v1.Canary;
import org.heliograph.telemetry.wire.v1.ClockDoubt;
import org.heliograph.telemetry.wire.v1.DeviceMinute;
import org.heliograph.telemetry.wire.v1.PointEnergy;
import org.heliograph.telemetry.wire.v1.PointStatistics;
import org.heliograph.telemetry.wire.v1.SilentDevice;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;

class ObserverTest {
    private static final long MINUTE = 60_000;
    private static final long KILOWATT_MINUTE = 60_000_000L;

    private final Observer observer = new Observer(Duration.ofMinutes(35));

    private static DeviceMinute.Builder minute(String device, String role, long minute) {
        return DeviceMinute.newBuilder()
                .setSite("casa1")
                .setDevice(device)
                .setRole(role)
                .setArea("hall-1")
                .setStartMs(minute * MINUTE)
                .setCoverage(1);
    }

    private static PointStatistics statistics(Point point, double min, double max) {
        return PointStatistics.newBuilder()
                .setPoint(point.number())
                .setMin(min)
                .setMax(max)
                .setMean((min + max) / 2)
                .setLast(max)
                .setCount(6)
                .build();
    }

    private static List<String> seen(List<Observation> observations) {
        return observations.stream()
                .map(one -> one.watch() + " " + one.device() + " " + one.value())
                .toList();
    }

    @Test
    void a_minute_says_the_extremes_of_its_inlet_and_the_state_of_its_contacts() {
        assertThat(seen(observer.of(minute("rack-1", "room", 5)
                        .addPoints(statistics(Point.INLET_TEMP, 21, 28))
                        .addPoints(statistics(Point.LEAK, 0, 1))
                        .addPoints(statistics(Point.BREAKER, 0, 1))
                        .build())))
                .containsExactly(
                        "INLET_HIGH rack-1 28.0", "INLET_LOW rack-1 21.0", "LEAK rack-1 1.0", "BREAKER rack-1 1.0");
    }

    @Test
    void a_meter_that_imports_and_exports_in_one_minute_is_seen() {
        assertThat(seen(observer.of(minute("util-1", "grid", 5)
                        .setEnergyMj(800)
                        .addEnergy(PointEnergy.newBuilder()
                                .setPoint(Point.ENERGY_IMPORT.number())
                                .setMillijoules(1_000))
                        .addEnergy(PointEnergy.newBuilder()
                                .setPoint(Point.ENERGY_EXPORT.number())
                                .setMillijoules(200))
                        .build())))
                .containsExactly("IMPORT_EXPORT util-1 0.2");
    }

    @Test
    void an_inverter_on_standby_is_no_fault_and_a_701_fault_is() throws Exception {
        observer.model(SiteFile.parse("site.yaml", """
                site: casa1
                zone: Africa/Casablanca
                location: {latitude: 33.57, longitude: -7.59}
                devices:
                  - {id: inv-103, profile: pv-inverter, role: pv}
                  - {id: inv-701, profile: pv-inverter-701, role: pv}
                """));

        assertThat(fault("inv-103", 8)).containsExactly("INVERTER_FAULT inv-103 0.0");
        assertThat(fault("inv-103", 7)).containsExactly("INVERTER_FAULT inv-103 1.0");
        assertThat(fault("inv-701", 7)).containsExactly("INVERTER_FAULT inv-701 0.0");
        assertThat(fault("inv-701", 6)).containsExactly("INVERTER_FAULT inv-701 1.0");
        assertThat(fault("inv-of-no-model", 7)).isEmpty();
    }

    private List<String> fault(String device, int state) {
        return seen(observer.of(minute(device, "pv", 5)
                        .addPoints(statistics(Point.STATE, state, state))
                        .build()))
                .stream()
                .filter(one -> one.startsWith("INVERTER_FAULT"))
                .toList();
    }

    @Test
    void an_inverter_is_compared_with_the_median_of_the_others_by_rating() throws Exception {
        observer.model(SiteFile.parse("site.yaml", """
                site: casa1
                zone: Africa/Casablanca
                location: {latitude: 33.57, longitude: -7.59}
                devices:
                  - {id: "inv-{1..3}", profile: pv-inverter, role: pv, rating: 50 kW}
                  - {id: inv-4, profile: pv-inverter, role: pv, rating: 25 kW}
                  - {id: inv-5, profile: pv-inverter, role: pv}
                """));
        List<Observation> all = new ArrayList<>();
        for (long m = 0; m < 3; m++) {
            for (int i = 1; i <= 5; i++) {
                long kilowatts = List.of(40, 40, 20, 20, 1).get(i - 1);
                all.addAll(observer.of(minute("inv-" + i, "pv", m)
                        .setEnergyMj(kilowatts * KILOWATT_MINUTE)
                        .build()));
            }
        }

        // minute 0, judged when minute 2 begins; inv-5 has no rating of its own
        assertThat(seen(all))
                .containsExactly(
                        "INVERTER_YIELD inv-1 1.0",
                        "INVERTER_YIELD inv-2 1.0",
                        "INVERTER_YIELD inv-3 0.5",
                        "INVERTER_YIELD inv-4 1.0");
        assertThat(all).allSatisfy(one -> assertThat(one.timeMillis()).isEqualTo(MINUTE));
    }

    @Test
    void inverters_of_another_roof_see_another_sun_and_are_not_compared() throws Exception {
        observer.model(SiteFile.parse("site.yaml", """
                site: casa1
                zone: Africa/Casablanca
                location: {latitude: 33.57, longitude: -7.59}
                devices:
                  - {id: "inv-{1..6}", profile: pv-inverter, role: pv, rating: 50 kW}
                """));
        List<Observation> all = new ArrayList<>();
        for (long m = 0; m < 3; m++) {
            for (int i = 1; i <= 6; i++) {
                all.addAll(observer.of(minute("inv-" + i, "pv", m)
                        .setArea(i <= 3 ? "roof-east" : "roof-west")
                        .setEnergyMj((i <= 3 ? 40 : 10) * KILOWATT_MINUTE)
                        .build()));
            }
        }

        assertThat(all).hasSize(6).allSatisfy(one -> assertThat(one.value()).isEqualTo(1));
    }

    @Test
    void without_sun_inverters_are_not_compared() throws Exception {
        observer.model(SiteFile.parse("site.yaml", """
                site: casa1
                zone: Africa/Casablanca
                location: {latitude: 33.57, longitude: -7.59}
                devices:
                  - {id: "inv-{1..3}", profile: pv-inverter, role: pv, rating: 50 kW}
                """));
        List<Observation> all = new ArrayList<>();
        for (long m = 0; m < 3; m++) {
            for (int i = 1; i <= 3; i++) {
                all.addAll(observer.of(minute("inv-" + i, "pv", m)
                        .setEnergyMj(i * KILOWATT_MINUTE)
                        .build()));
            }
        }

        assertThat(all).isEmpty();
    }

    @Test
    void a_cooling_unit_that_heats_while_another_of_its_area_cools_is_seen() {
        List<Observation> all = new ArrayList<>();
        for (long m = 0; m < 3; m++) {
            all.addAll(observer.of(crac("crac-1", m, 90, 14, 24)));
            all.addAll(observer.of(crac("crac-2", m, 0, 26, 23)));
            all.addAll(observer.of(crac("crac-3", m, 20, 15, 24)));
        }

        assertThat(seen(all))
                .containsExactly(
                        "COOLING_AGAINST crac-1 0.0",
                        "COOLING_UNEVEN crac-1 80.0",
                        "COOLING_AGAINST crac-2 3.0",
                        "COOLING_UNEVEN crac-2 0.0",
                        "COOLING_AGAINST crac-3 0.0",
                        "COOLING_UNEVEN crac-3 0.0");
    }

    @Test
    void what_is_read_again_one_partition_after_the_other_is_compared_when_all_of_it_is_there() {
        observer.gather();
        for (String device : List.of("crac-1", "crac-2", "crac-3")) {
            for (long m = 0; m < 40; m++) {
                assertThat(observer.of(crac(device, m, device.equals("crac-1") ? 95 : 62, 14, 24)))
                        .isEmpty();
            }
        }

        List<Observation> all = observer.gathered();

        // from 35 minutes before the newest to the last whose next but one was spoken of
        assertThat(all)
                .extracting(Observation::timeMillis)
                .startsWith(5 * MINUTE)
                .endsWith(38 * MINUTE);
        assertThat(seen(all)).contains("COOLING_UNEVEN crac-1 33.0").doesNotContain("COOLING_UNEVEN crac-1 95.0");
        assertThat(seen(observer.of(crac("crac-1", 40, 0, 14, 24)))).isEmpty();
    }

    @Test
    void a_unit_whose_clock_is_ahead_doesnt_close_the_minutes_of_its_area_before_the_others_have_spoken() {
        List<Observation> all = new ArrayList<>();
        for (long m = 0; m < 20; m++) {
            all.addAll(observer.of(crac("crac-ahead", m + 3, 62, 14, 24)));
            all.addAll(observer.of(crac("crac-2", m, 0, 26, 23)));
            all.addAll(observer.of(crac("crac-3", m, 62, 14, 24)));
        }

        assertThat(all)
                .filteredOn(one ->
                        one.watch() == Watch.COOLING_AGAINST && one.device().equals("crac-2"))
                .hasSize(18)
                .allSatisfy(one -> assertThat(one.value()).isEqualTo(3));
    }

    @Test
    void a_unit_that_has_fallen_silent_is_not_waited_for_longer_than_ten_minutes() {
        List<Observation> all = new ArrayList<>();
        for (long m = 0; m < 20; m++) {
            if (m < 4) {
                all.addAll(observer.of(crac("crac-silent", m, 62, 14, 24)));
            }
            all.addAll(observer.of(crac("crac-2", m, 0, 26, 23)));
            all.addAll(observer.of(crac("crac-3", m, 62, 14, 24)));
        }

        assertThat(all)
                .filteredOn(one ->
                        one.watch() == Watch.COOLING_AGAINST && one.device().equals("crac-2"))
                .hasSize(18);
    }

    private static DeviceMinute crac(String device, long minute, double demand, double supply, double back) {
        return minute(device, "cooling", minute)
                .addPoints(statistics(Point.COOLING_DEMAND, demand, demand))
                .addPoints(statistics(Point.SUPPLY_TEMP, supply, supply))
                .addPoints(statistics(Point.RETURN_TEMP, back, back))
                .build();
    }

    @Test
    void a_closed_quarter_says_its_pue_and_one_that_is_open_or_patchy_or_restated_by_a_factor_doesnt() {
        SiteWindow closed = SiteWindow.newBuilder()
                .setSite("casa1")
                .setWindow("15m")
                .setEndMs(15 * MINUTE)
                .setState(WindowState.FINAL)
                .setCoverage(1)
                .setPue(1.7)
                .build();

        assertThat(seen(observer.of(closed))).containsExactly("PUE  1.7");
        assertThat(observer.of(
                        closed.toBuilder().setState(WindowState.PROVISIONAL).build()))
                .isEmpty();
        SiteWindow revised = closed.toBuilder().setState(WindowState.REVISED).build();
        assertThat(seen(observer.of(revised.toBuilder().setCause("late-data").build())))
                .containsExactly("PUE  1.7");
        assertThat(observer.of(revised.toBuilder().setCause("factor").build())) // it may be of last year
                .isEmpty();
        assertThat(observer.of(closed.toBuilder().setCoverage(0.5).build())).isEmpty();
        assertThat(observer.of(closed.toBuilder().setWindow("1m").build())).isEmpty();
    }

    private static SiteLive.Builder live(long seconds) {
        return SiteLive.newBuilder().setSite("casa1").setTimeMs(seconds * 1_000).setLatestReadingMs(seconds * 1_000);
    }

    @Test
    void a_silent_device_is_observed_until_people_know_that_it_is_back() {
        List<Observation> silent = observer.of(
                live(500)
                        .setDevicesStale(1)
                        .addSilent(SilentDevice.newBuilder()
                                .setDevice("pdu-1")
                                .setLastMs(299_000)
                                .setHeardMs(300_000))
                        .build(),
                Set.of());
        assertThat(seen(silent)).contains("SILENCE pdu-1 200.0");

        assertThat(seen(observer.of(live(502).build(), Set.of("pdu-1")))).contains("SILENCE pdu-1 0.0");
        assertThat(seen(observer.of(live(504).build(), Set.of("pdu-1")))).contains("SILENCE pdu-1 0.0");
        assertThat(seen(observer.of(live(506).build(), Set.of()))).noneMatch(one -> one.startsWith("SILENCE"));
    }

    @Test
    void a_device_that_was_never_heard_is_silent_since_it_was_first_missed() {
        SiteLive.Builder first =
                live(500).setDevicesStale(1).addSilent(SilentDevice.newBuilder().setDevice("pdu-1"));
        assertThat(seen(observer.of(first.build(), Set.of()))).contains("SILENCE pdu-1 0.0");
        assertThat(seen(observer.of(
                        first.setTimeMs(530_000).setLatestReadingMs(530_000).build(), Set.of())))
                .contains("SILENCE pdu-1 30.0");
    }

    /** When a reading came isn't kept, and its own time says an hour ago: what it is, it says within its patience. */
    @Test
    void a_restart_of_the_engine_says_nothing_of_a_device_that_speaks_of_an_hour_ago_until_it_speaks() {
        assertThat(silence(behind(5_000, 4_990)).value()).isEqualTo(10);

        for (long second = 5_010; second < 5_190; second += 10) {
            assertThat(seen(observer.of(behind(second, 0), Set.of("pdu-1")))).noneMatch(one -> one.contains("pdu-1"));
        }

        assertThat(silence(behind(5_190, 5_189)).value()).isEqualTo(1);
    }

    @Test
    void a_device_that_stays_silent_after_a_restart_of_the_engine_is_silent_since_it_spoke_last() {
        assertThat(silence(behind(5_000, 4_990)).value()).isEqualTo(10);
        observer.of(behind(5_010, 0), Set.of());

        assertThat(silence(behind(5_190, 0)).value()).isEqualTo(200);
    }

    private Observation silence(SiteLive live) {
        return observer.of(live, Set.of()).stream()
                .filter(one -> one.watch() == Watch.SILENCE)
                .findFirst()
                .orElseThrow();
    }

    private static SiteLive behind(long second, long heardSecond) {
        return live(second)
                .setDevicesStale(1)
                .addSilent(SilentDevice.newBuilder()
                        .setDevice("pdu-1")
                        .setLastMs((second - 3_600) * 1_000)
                        .setHeardMs(heardSecond * 1_000))
                .build();
    }

    @Test
    void the_devices_of_a_wholly_silent_site_are_not_told_one_by_one() {
        SiteLive live = live(1_000)
                .setLatestReadingMs(500_000)
                .setDevicesStale(1)
                .addSilent(SilentDevice.newBuilder().setDevice("pdu-1").setLastMs(500_000))
                .addLosses(
                        AgentLoss.newBuilder().setAgent("edge-1").setExpected(9).setMissing(2))
                .build();

        assertThat(seen(observer.of(live, Set.of())))
                .containsExactly(
                        "READINGS_AGE  500.0", "CLOCK_AHEAD  0.0", "SITE_MODEL  0.0", "PACKS_MISSING edge-1 0.0");
    }

    @Test
    void a_site_whose_meters_report_seldom_is_late_when_the_most_frequent_of_them_is() throws Exception {
        observer.model(SiteFile.parse("site.yaml", """
                site: casa1
                zone: Africa/Casablanca
                location: {latitude: 33.57, longitude: -7.59}
                profiles:
                  - {profile: seldom, points: {energy_import: {period: PT10M, maxGap: PT30M}}}
                devices:
                  - {id: util-1, profile: seldom, role: grid}
                  - {id: edge-1, profile: agent, role: room}
                """));

        assertThat(seen(observer.of(live(1_000).setLatestReadingMs(400_000).build(), Set.of())))
                .contains("READINGS_AGE  120.0");
        assertThat(seen(observer.of(live(3_000).setLatestReadingMs(400_000).build(), Set.of())))
                .contains("READINGS_AGE  2600.0");
    }

    @Test
    void what_an_agent_that_comes_later_lacks_is_a_loss_and_what_was_lost_long_ago_is_none() {
        SiteLive.Builder live = live(1_000).addLosses(loss("edge-1", 2));
        assertThat(seen(observer.of(live.build(), Set.of()))).contains("PACKS_MISSING edge-1 0.0");

        assertThat(seen(observer.of(
                        live(1_001)
                                .addLosses(loss("edge-1", 3))
                                .addLosses(loss("edge-2", 4))
                                .build(),
                        Set.of())))
                .contains("PACKS_MISSING edge-1 1.0", "PACKS_MISSING edge-2 4.0");
    }

    private static AgentLoss.Builder loss(String agent, long missing) {
        return AgentLoss.newBuilder().setAgent(agent).setExpected(9).setMissing(missing);
    }

    @Test
    void a_device_that_speaks_of_an_hour_ago_is_not_silent_but_behind_until_people_know_that_it_is_right() {
        SiteLive live = live(5_000)
                .setDevicesStale(1)
                .addSilent(SilentDevice.newBuilder()
                        .setDevice("pdu-1")
                        .setLastMs(1_390_000)
                        .setHeardMs(4_990_000)
                        .setBehindMs(3_600_000))
                .build();

        assertThat(seen(observer.of(live, Set.of()))).contains("SILENCE pdu-1 10.0", "CLOCK_BEHIND pdu-1 3600.0");
        assertThat(seen(observer.of(live(5_002).build(), Set.of("pdu-1"))))
                .contains("SILENCE pdu-1 0.0", "CLOCK_BEHIND pdu-1 0.0");
    }

    /** The utility meter reads nearly nothing while the sun covers the load: its own energy would be no measure. */
    @Test
    void what_reaches_no_meter_below_another_is_a_share_of_what_the_site_uses() {
        Branch util = Branch.newBuilder()
                .setDevice("util-1")
                .setOwnMj(2)
                .setChildrenMj(-38)
                .setRemainderMj(40)
                .setCoverage(1)
                .build();
        SiteWindow window = SiteWindow.newBuilder()
                .setSite("casa1")
                .setWindow("15m")
                .setEndMs(900_000)
                .setState(WindowState.FINAL)
                .setCoverage(1)
                .setEnergyDcMj(100)
                .addBranches(util)
                .addBranches(util.toBuilder().setDevice("ups-a").setRemainderMj(-1))
                .addBranches(util.toBuilder().setDevice("ups-b").setCoverage(0.5))
                .addBranches(Branch.newBuilder().setDevice("ups-c").setCoverage(1))
                .build();

        assertThat(observer.of(window))
                .containsExactly(
                        new Observation(Watch.REMAINDER, "casa1", "util-1", 0.4, 900_000, ""),
                        new Observation(Watch.REMAINDER, "casa1", "ups-a", 0, 900_000, ""));
        assertThat(observer.of(window.toBuilder().clearEnergyDcMj().build())).isEmpty();
        assertThat(observer.of(window.toBuilder().setCoverage(0.5).build())).isEmpty();
    }

    @Test
    void an_agent_says_its_backlog_its_clock_and_how_old_its_canary_is_though_the_site_is_late() {
        SiteLive live = live(1_000)
                .setLatestReadingMs(500_000)
                .addAgents(AgentHeard.newBuilder()
                        .setAgent("edge-1")
                        .setBacklogMs(499_500)
                        .setClock(ClockDoubt.SET_LATE))
                .addAgents(AgentHeard.newBuilder().setAgent("edge-2").setClock(ClockDoubt.UNKEPT))
                .addCanaries(Canary.newBuilder().setDevice("edge-1").setSungMs(400_000))
                .build();

        assertThat(seen(observer.of(live, Set.of())))
                .containsExactly(
                        "READINGS_AGE  500.0",
                        "CLOCK_AHEAD  0.0",
                        "SITE_MODEL  0.0",
                        "AGENT_BACKLOG edge-1 499.5",
                        "AGENT_CLOCK edge-1 1.0",
                        "AGENT_CLOCK edge-2 2.0",
                        "CANARY_AGE edge-1 600.0");
    }

    @Test
    void devices_that_are_not_named_for_want_of_room_are_not_taken_to_be_back() {
        observer.of(
                live(500)
                        .setDevicesStale(1)
                        .addSilent(SilentDevice.newBuilder().setDevice("pdu-9").setLastMs(300_000))
                        .build(),
                Set.of());

        assertThat(seen(observer.of(
                        live(502)
                                .setDevicesStale(101)
                                .addSilent(SilentDevice.newBuilder()
                                        .setDevice("pdu-1")
                                        .setLastMs(300_000))
                                .build(),
                        Set.of("pdu-9"))))
                .noneMatch(one -> one.contains("pdu-9"));
    }

    @Test
    void nobody_is_back_while_some_partition_has_not_spoken() {
        observer.of(live(500).setDevicesStale(1).build(), Set.of());
        assertThat(seen(observer.of(
                        live(502)
                                .setDevicesStale(120)
                                .addSilent(SilentDevice.newBuilder()
                                        .setDevice("pdu-z")
                                        .setLastMs(300_000))
                                .build(),
                        Set.of("crac-01"))))
                .noneMatch(one -> one.contains("crac-01"));
    }

    @Test
    void who_was_silent_is_back_though_not_all_are_named_when_those_after_it_by_name_are() {
        SiteLive.Builder live = live(500).setDevicesStale(121);
        live.addSilent(SilentDevice.newBuilder()
                .setDevice("crac-01")
                .setLastMs(299_000)
                .setHeardMs(300_000));
        for (int i = 100; i < 199; i++) {
            live.addSilent(SilentDevice.newBuilder().setDevice("pdu-" + i));
        }
        assertThat(seen(observer.of(live.build(), Set.of()))).contains("SILENCE crac-01 200.0");

        live.removeSilent(0).addSilent(SilentDevice.newBuilder().setDevice("pdu-199"));
        live.setDevicesStale(120).setTimeMs(502_000).setLatestReadingMs(502_000);
        assertThat(seen(observer.of(live.build(), Set.of("crac-01", "util-1"))))
                .contains("SILENCE crac-01 0.0", "CLOCK_BEHIND crac-01 0.0")
                .noneMatch(one -> one.contains("util-1"));
    }

    /** So a rule that names it only is told to be idle. */
    @Test
    void no_device_of_a_site_that_was_withdrawn_is_known() throws ConfigurationException {
        observer.model(SiteFile.parse(
                "site.yaml", "{site: casa1, zone: UTC, devices: [{id: crac-01, profile: crac, role: cooling}]}"));
        assertThat(observer.inventory().device("casa1", "crac-01", 0)).isPresent();
        observer.withdrawn("casa1");
        assertThat(observer.inventory().device("casa1", "crac-01", 0)).isEmpty();
        observer.withdrawn("casa2");
    }

    @Test
    void a_site_that_was_withdrawn_has_no_unnamed_devices() {
        observer.of(live(500).setDevicesStale(101).build(), Set.of());
        assertThat(observer.unnamed()).containsExactly("casa1");
        observer.withdrawn("casa1");
        assertThat(observer.unnamed()).isEmpty();
    }

    @Test
    void the_first_live_state_of_a_site_is_no_clock_that_was_set_back() {
        assertThat(observer.isSetBack(live(500).build())).isFalse();
        observer.of(live(500).build(), Set.of());
        assertThat(observer.isSetBack(live(499).build())).isFalse();
        assertThat(observer.isSetBack(live(400).build())).isTrue();
    }
}
