package org.heliograph.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.heliograph.sim.device.Snapshot;
import org.heliograph.sim.fault.Effect;
import org.heliograph.sim.fault.Fault;
import org.heliograph.sim.fault.FaultKind;
import org.heliograph.sim.fault.FaultLedger;
import org.heliograph.sim.fault.FaultPlan;
import org.heliograph.sim.fault.Outcome;
import org.heliograph.sim.ledger.Integration;
import org.heliograph.sim.ledger.Ledger;
import org.heliograph.sim.plant.Layout;
import org.heliograph.sim.plant.Plant;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.InverterStates;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What arrives of a site with faults, replayed minute by minute in packs of ten, into lists: no servers. */
class FaultyDayTest {
    private static final Instant NOON = Instant.parse("2026-07-01T11:00:00Z");
    private static final Instant ONE = NOON.plusSeconds(3600);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final String PDU = "pdu-a01a";

    private static Instant at(int minute) {
        return NOON.plus(MINUTE.multipliedBy(minute));
    }

    private static long at(Map<Instant, Long> register, Instant moment) {
        return Objects.requireNonNull(register.get(moment), () -> "nothing at " + moment);
    }

    /** A pack and when it arrived. */
    private record Arrival(Instant when, List<Snapshot> pack) {}

    private record Replayed(Layout layout, Ledger ledger, FaultPlan plan, Map<String, List<Arrival>> arrivals) {
        List<Arrival> arrivals(String device) {
            return arrivals.getOrDefault(device, List.of());
        }

        List<Snapshot> readings(String device) {
            return arrivals(device).stream()
                    .map(Arrival::pack)
                    .flatMap(Collection::stream)
                    .toList();
        }

        /** A device's register by time, whatever the order of arrival. */
        NavigableMap<Instant, Long> register(String device) {
            NavigableMap<Instant, Long> register = new TreeMap<>();
            readings(device)
                    .forEach(it -> register.put(Instant.ofEpochSecond(it.epochSecond()), it.millijoules(Point.ENERGY)));
            return register;
        }

        long truth(String device, Instant moment) {
            return ledger.registerMillijoules(device, Point.ENERGY, moment);
        }

        NavigableMap<Instant, Long> truths(String device, Instant from, Instant to) {
            NavigableMap<Instant, Long> truths = new TreeMap<>();
            for (Instant moment = from; !moment.isAfter(to); moment = moment.plus(MINUTE)) {
                truths.put(moment, truth(device, moment));
            }
            return truths;
        }

        FaultLedger faults() {
            return new FaultLedger(plan, layout, ledger, MINUTE);
        }
    }

    private static Replayed replay(FaultPlan plan, Layout layout, Instant from, Instant to) {
        Integration integration = new Integration(new Plant(layout, 1, 0.7), from);
        SiteDevices devices = new SiteDevices(integration, 1, plan);
        Map<String, List<Arrival>> arrivals = new HashMap<>();
        Instant next = from;
        while (!next.isAfter(to)) {
            for (int i = 0; i < 10 && !next.isAfter(to); i++) {
                devices.advanceTo(next);
                devices.readAll();
                next = next.plus(MINUTE);
            }
            Instant now = integration.now();
            devices.take()
                    .forEach((device, packs) ->
                            packs.forEach(pack -> arrivals.computeIfAbsent(device, _ -> new ArrayList<>())
                                    .add(new Arrival(now, pack))));
        }
        return new Replayed(layout, integration.ledger(), plan, arrivals);
    }

    private static Layout layout(int racks) throws ConfigurationException {
        return Layout.of(SiteFile.parse("site.yaml", Casablanca.siteYaml(racks)), NOON);
    }

    /** From noon to one o'clock. */
    private static Replayed hour(Fault... faults) throws ConfigurationException {
        return replay(new FaultPlan(List.of(faults)), layout(1), NOON, ONE);
    }

    @Test
    void without_faults_every_register_shows_the_truth_every_minute() throws ConfigurationException {
        Replayed hour = hour();

        assertThat(hour.register(PDU)).isEqualTo(hour.truths(PDU, NOON, ONE));
        assertThat(hour.arrivals(PDU)).hasSize(7);
        assertThat(hour.readings(PDU))
                .extracting(Snapshot::serial)
                .containsOnly(hour.readings(PDU).getFirst().serial());
    }

    @Test
    void after_a_reset_the_register_counts_from_zero() throws ConfigurationException {
        Replayed hour = hour(new Fault.Reset(PDU, at(20).plusSeconds(25)));

        NavigableMap<Instant, Long> register = hour.register(PDU);

        assertThat(register.headMap(at(20), true)).isEqualTo(hour.truths(PDU, NOON, at(20)));
        long lost = hour.truth(PDU, at(21)) - hour.truth(PDU, at(20)) - at(register, at(21));
        assertThat(at(register, at(21))).isPositive();
        assertThat(lost).isPositive();
        assertThat(at(register, ONE) - at(register, at(21))).isEqualTo(hour.truth(PDU, ONE) - hour.truth(PDU, at(21)));
        Effect effect = hour.faults().effects().getFirst();
        assertThat(effect.from()).isEqualTo(at(20));
        assertThat(effect.to()).isEqualTo(at(21));
        assertThat(effect.outcome()).isEqualTo(Outcome.MARKED);
        assertThat(effect.mayExceed()).isFalse();
    }

    @Test
    void a_register_rolls_over_at_its_modulus() throws ConfigurationException {
        Replayed before = hour();
        long modulus = 1_000_000_000_000L;
        long headroom = before.truth("inv-01", at(25)) - before.truth("inv-01", NOON) + 1;

        Replayed hour = hour(new Fault.Rollover("inv-01", NOON, ONE, modulus, headroom));

        NavigableMap<Instant, Long> register = hour.register("inv-01");
        assertThat(at(register, NOON)).isEqualTo(modulus - headroom);
        assertThat(at(register, at(25))).isEqualTo(modulus - 1);
        assertThat(at(register, at(26))).isEqualTo(hour.truth("inv-01", at(26)) - hour.truth("inv-01", at(25)) - 1);
        assertThat(at(register, ONE) + modulus - at(register, NOON))
                .isEqualTo(hour.truth("inv-01", ONE) - hour.truth("inv-01", NOON));
        assertThat(hour.faults().outcome("inv-01", at(25))).isEqualTo(Outcome.EXACT);
    }

    @Test
    void a_frozen_display_catches_up() throws ConfigurationException {
        Replayed hour = hour(new Fault.FrozenDisplay(PDU, at(20), at(35)));

        NavigableMap<Instant, Long> register = hour.register(PDU);

        assertThat(register.subMap(at(20), at(35)).values()).hasSize(15).containsOnly(hour.truth(PDU, at(20)));
        assertThat(register.tailMap(at(35), true)).isEqualTo(hour.truths(PDU, at(35), ONE));
        assertThat(power(hour, PDU, at(30))).isPositive();
        assertThat(hour.faults().outcome(PDU, at(20))).isEqualTo(Outcome.TOTAL);
        assertThat(hour.faults().outcome(PDU, at(34))).isEqualTo(Outcome.TOTAL);
        assertThat(hour.faults().outcome(PDU, at(35))).isEqualTo(Outcome.EXACT);
    }

    @Test
    void a_display_can_be_frozen_from_the_first_reading_on() throws ConfigurationException {
        Replayed hour = hour(new Fault.FrozenDisplay(PDU, NOON, at(15)));

        assertThat(hour.register(PDU).headMap(at(15)).values()).hasSize(15).containsOnly(hour.truth(PDU, NOON));
        assertThat(hour.faults().outcome(PDU, NOON)).isEqualTo(Outcome.TOTAL);
    }

    @Test
    void a_frozen_display_whose_catching_up_nobody_can_tell_is_only_marked() throws ConfigurationException {
        Replayed hour = hour(new Fault.FrozenDisplay(PDU, at(20), at(21)));

        assertThat(hour.faults().outcome(PDU, at(20))).isEqualTo(Outcome.MARKED);
    }

    @Test
    void a_stopped_counter_goes_on_from_where_it_stopped() throws ConfigurationException {
        Replayed hour = hour(new Fault.StoppedCounter(PDU, at(20), at(35)));

        NavigableMap<Instant, Long> register = hour.register(PDU);

        assertThat(register.subMap(at(20), true, at(35), true).values())
                .hasSize(16)
                .containsOnly(hour.truth(PDU, at(20)));
        assertThat(at(register, ONE) - at(register, at(35))).isEqualTo(hour.truth(PDU, ONE) - hour.truth(PDU, at(35)));
        assertThat(hour.faults().outcome(PDU, at(34))).isEqualTo(Outcome.MARKED);
    }

    @Test
    void a_swapped_unit_has_another_number_and_another_register_and_no_pack_is_of_both() throws ConfigurationException {
        Replayed hour = hour(new Fault.Swap(PDU, at(25).plusSeconds(7), "SN-new", 5_000_000));

        NavigableMap<Instant, Long> register = hour.register(PDU);

        assertThat(register.headMap(at(25), true)).isEqualTo(hour.truths(PDU, NOON, at(25)));
        assertThat(at(register, at(26))).isGreaterThan(5_000_000).isLessThan(1_000_000_000);
        assertThat(at(register, ONE) - at(register, at(26))).isEqualTo(hour.truth(PDU, ONE) - hour.truth(PDU, at(26)));
        assertThat(hour.readings(PDU))
                .allSatisfy(it ->
                        assertThat(it.serial().equals("SN-new")).isEqualTo(it.epochSecond() > at(25).getEpochSecond()));
        assertThat(hour.arrivals(PDU))
                .hasSize(8)
                .allSatisfy(arrival -> assertThat(
                                arrival.pack().stream().map(Snapshot::serial).distinct())
                        .hasSize(1));
    }

    @Test
    void a_spike_is_one_reading() throws ConfigurationException {
        Replayed hour = hour(new Fault.Spike(PDU, at(20), 123_456_789_000L));

        NavigableMap<Instant, Long> register = hour.register(PDU);

        assertThat(register.remove(at(20))).isEqualTo(hour.truth(PDU, at(20)) + 123_456_789_000L);
        NavigableMap<Instant, Long> truths = hour.truths(PDU, NOON, ONE);
        truths.remove(at(20));
        assertThat(register).isEqualTo(truths);
        assertThat(hour.faults().effects().getFirst().from()).isEqualTo(at(19));
        assertThat(hour.faults().effects().getFirst().to()).isEqualTo(at(21));
    }

    @Test
    void a_glitch_shows_zero_and_then_the_truth_again() throws ConfigurationException {
        Replayed hour = hour(new Fault.Glitch(PDU, at(20), at(23)));

        NavigableMap<Instant, Long> register = hour.register(PDU);

        assertThat(register.subMap(at(20), at(23)).values()).hasSize(3).containsOnly(0L);
        assertThat(at(register, at(19))).isEqualTo(hour.truth(PDU, at(19)));
        assertThat(register.tailMap(at(23), true)).isEqualTo(hour.truths(PDU, at(23), ONE));
        assertThat(hour.faults().outcome(PDU, at(19))).isEqualTo(Outcome.TOTAL);
        assertThat(hour.faults().outcome(PDU, at(18))).isEqualTo(Outcome.EXACT);
        assertThat(hour.faults().outcome(PDU, at(23))).isEqualTo(Outcome.EXACT);
    }

    @ParameterizedTest
    @ValueSource(longs = {90, -150})
    void a_skewed_clock_moves_the_readings_in_time(long seconds) throws ConfigurationException {
        Replayed hour = hour(new Fault.Skew(PDU, at(20), at(30), Duration.ofSeconds(seconds)));

        List<Snapshot> readings = hour.readings(PDU);

        assertThat(readings).hasSize(61);
        for (int minute = 0; minute <= 60; minute++) {
            long off = minute >= 20 && minute < 30 ? seconds : 0;
            assertThat(readings.get(minute).epochSecond()).isEqualTo(at(minute).getEpochSecond() + off);
            assertThat(readings.get(minute).millijoules(Point.ENERGY)).isEqualTo(hour.truth(PDU, at(minute)));
        }
        assertThat(hour.faults().outcome(PDU, at(18))).isEqualTo(Outcome.UNKNOWABLE);
        assertThat(hour.faults().outcome(PDU, at(31))).isEqualTo(Outcome.UNKNOWABLE);
        assertThat(hour.faults().outcome("pdu-a01b", at(25))).isEqualTo(Outcome.EXACT);
    }

    @Test
    void dropped_messages_are_missing_and_the_others_are_true() throws ConfigurationException {
        Replayed hour = hour(new Fault.Drop(PDU, at(20), at(40), 0.5, 11));

        NavigableMap<Instant, Long> register = hour.register(PDU);

        assertThat(register.subMap(at(20), at(40))).hasSizeBetween(4, 16);
        assertThat(register).hasSize(41 + register.subMap(at(20), at(40)).size());
        assertThat(hour.truths(PDU, NOON, ONE)).containsAllEntriesOf(register);
    }

    @Test
    void in_an_outage_nothing_is_heard() throws ConfigurationException {
        Replayed hour = hour(new Fault.Outage(PDU, at(20), at(40)));

        NavigableMap<Instant, Long> register = hour.register(PDU);

        assertThat(register.subMap(at(20), at(40))).isEmpty();
        assertThat(register).hasSize(41);
        assertThat(hour.faults().outcome(PDU, at(19))).isEqualTo(Outcome.TOTAL);
        assertThat(hour.faults().outcome(PDU, at(39))).isEqualTo(Outcome.TOTAL);
        assertThat(hour.faults().outcome(PDU, at(40))).isEqualTo(Outcome.EXACT);
    }

    @Test
    void duplicates_come_twice_the_second_later() throws ConfigurationException {
        Replayed hour = hour(new Fault.Duplicate(PDU, at(20), at(30), Duration.ofMinutes(15)));

        assertThat(hour.register(PDU)).isEqualTo(hour.truths(PDU, NOON, ONE));
        assertThat(hour.readings(PDU)).hasSize(71);
        assertThat(hour.readings(PDU).stream().filter(it -> it.epochSecond() == at(25).getEpochSecond()))
                .hasSize(2);
    }

    @Test
    void reordered_messages_overtake_each_other_and_none_is_missing() throws ConfigurationException {
        Replayed hour = hour(new Fault.Reorder(PDU, at(20), at(40), Duration.ofMinutes(10), 5));

        List<Long> times =
                hour.readings(PDU).stream().map(Snapshot::epochSecond).toList();
        assertThat(times).hasSize(61).isNotEqualTo(times.stream().sorted().toList());
        assertThat(hour.register(PDU)).isEqualTo(hour.truths(PDU, NOON, ONE));
    }

    @Test
    void reordered_messages_that_the_end_leaves_on_their_way_are_not_expected() throws ConfigurationException {
        Replayed hour = hour(new Fault.Reorder(PDU, at(40), ONE, Duration.ofMinutes(10), 5));

        assertThat(hour.register(PDU)).hasSizeLessThan(61).containsKey(ONE);
        hour.truths(PDU, NOON, ONE).forEach((moment, truth) -> {
            if (hour.faults().outcome(PDU, moment) == Outcome.EXACT) {
                assertThat(hour.register(PDU)).containsEntry(moment, truth);
            }
        });
    }

    @Test
    void delayed_messages_come_when_they_are_due() throws ConfigurationException {
        Replayed hour = hour(new Fault.Delay(PDU, at(10), at(25), at(50)));

        assertThat(hour.register(PDU)).isEqualTo(hour.truths(PDU, NOON, ONE));
        for (Arrival arrival : hour.arrivals(PDU)) {
            boolean late = arrival.pack().stream()
                    .anyMatch(it ->
                            it.epochSecond() >= at(10).getEpochSecond() && it.epochSecond() < at(25).getEpochSecond());
            assertThat(!late || !arrival.when().isBefore(at(50))).isTrue();
        }
        assertThat(hour.faults().outcome(PDU, at(15))).isEqualTo(Outcome.EXACT);
    }

    @Test
    void what_is_delayed_beyond_the_end_is_not_expected_yet() throws ConfigurationException {
        Replayed hour = hour(new Fault.Delay(PDU, at(10), at(25), ONE.plus(Duration.ofHours(40))));

        assertThat(hour.register(PDU)).hasSize(46);
        assertThat(hour.faults().outcome(PDU, at(15))).isEqualTo(Outcome.UNKNOWABLE);
    }

    @Test
    void faults_of_one_device_follow_each_other() throws ConfigurationException {
        Replayed hour = hour(
                new Fault.Reset(PDU, at(10).plusSeconds(1)),
                new Fault.StoppedCounter(PDU, at(20), at(30)),
                new Fault.Glitch(PDU, at(40), at(41)));

        NavigableMap<Instant, Long> register = hour.register(PDU);

        assertThat(at(register, at(20))).isLessThan(hour.truth(PDU, at(20)) - hour.truth(PDU, at(10)));
        assertThat(at(register, at(30))).isEqualTo(at(register, at(20)));
        assertThat(at(register, at(40))).isZero();
        assertThat(at(register, ONE) - at(register, at(30))).isEqualTo(hour.truth(PDU, ONE) - hour.truth(PDU, at(30)));
    }

    /** If each asked the ones before it anew, these would be asked 2 to the 40th times. */
    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void forty_faults_of_a_device_take_no_longer_than_they_must() throws ConfigurationException {
        Fault[] faults = IntStream.range(0, 40)
                .mapToObj(minute -> new Fault.Reset(PDU, at(minute).plusSeconds(25)))
                .toArray(Fault[]::new);

        Replayed hour = hour(faults);

        NavigableMap<Instant, Long> register = hour.register(PDU);
        assertThat(at(register, at(41)) - at(register, at(40)))
                .isEqualTo(hour.truth(PDU, at(41)) - hour.truth(PDU, at(40)));
        assertThat(at(register, at(41))).isLessThan(hour.truth(PDU, at(41)) - hour.truth(PDU, at(39)));
    }

    @Test
    void an_alarm_is_shown_and_costs_no_energy() throws ConfigurationException {
        Replayed hour = hour(
                new Fault.Alarm("crac-01", at(10), at(20), InverterStates.SUNSPEC_103),
                new Fault.Alarm("inv-01", at(10), at(20), InverterStates.SUNSPEC_103),
                new Fault.Alarm("inlet-a1", at(10), at(20), InverterStates.SUNSPEC_103),
                new Fault.Alarm(PDU, at(10), at(20), InverterStates.SUNSPEC_103));

        assertThat(alarmed(hour, "crac-01", Point.EVENTS, 1)).containsExactly(at(10), at(19));
        assertThat(alarmed(hour, "inv-01", Point.STATE, 7)).containsExactly(at(10), at(19));
        assertThat(alarmed(hour, "inlet-a1", Point.INLET_TEMP, 35_00)).containsExactly(at(10), at(19));
        assertThat(alarmed(hour, PDU, Point.BREAKER, 1)).containsExactly(at(10), at(19));
        assertThat(hour.register(PDU)).isEqualTo(hour.truths(PDU, NOON, ONE));
        assertThat(hour.faults().effects()).isEmpty();
    }

    /** The first and the last moment at which a gauge showed that. */
    private static List<Instant> alarmed(Replayed replayed, String device, Point gauge, long amount) {
        List<Instant> moments = replayed.readings(device).stream()
                .filter(it -> it.amount(gauge) == amount)
                .map(it -> Instant.ofEpochSecond(it.epochSecond()))
                .toList();
        return List.of(moments.getFirst(), moments.getLast());
    }

    @Test
    void a_silent_sensor_touches_no_figure() throws ConfigurationException {
        Replayed hour = hour(new Fault.Outage("inlet-a1", at(20), at(40)));

        assertThat(hour.readings("inlet-a1")).hasSize(41);
        assertThat(hour.faults().effects()).isEmpty();
    }

    private static long power(Replayed replayed, String device, Instant moment) {
        return replayed.readings(device).stream()
                .filter(it -> it.epochSecond() == moment.getEpochSecond())
                .findFirst()
                .orElseThrow()
                .amount(Point.POWER);
    }

    /** All kinds at once: whoever has no fault, or only such as time heals, arrives whole and true. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void on_a_day_with_all_faults_the_other_devices_are_unharmed(long seed) throws ConfigurationException {
        Instant from = Instant.parse("2026-06-30T23:00:00Z");
        Instant to = from.plus(Duration.ofDays(1));
        Layout layout = layout(4);
        FaultPlan plan = FaultPlan.of(layout, seed, FaultKind.parse("all"), from, to);

        Replayed day = replay(plan, layout, from, to);

        Map<String, Set<Outcome>> outcomes = new LinkedHashMap<>();
        day.faults()
                .effects()
                .forEach(effect ->
                        outcomes.merge(effect.fault().device(), Set.of(effect.outcome()), FaultyDayTest::both));
        int whole = 0;
        for (Device device : layout.devices()) {
            boolean isExact = Set.of(Outcome.EXACT).containsAll(outcomes.getOrDefault(device.id(), Set.of()));
            boolean rollsOver = plan.faults().stream()
                    .anyMatch(fault ->
                            fault instanceof Fault.Rollover && fault.device().equals(device.id()));
            if (isExact && !rollsOver && device.role().countsEnergy() && device.role() != Role.GRID) {
                assertThat(day.register(device.id())).as(device.id()).isEqualTo(day.truths(device.id(), from, to));
                whole++;
            }
        }
        assertThat(whole).isGreaterThan(2);
        assertThat(plan.faults()).hasSizeGreaterThan(12);
        assertThat(day.arrivals().values().stream().flatMap(List::stream).map(Arrival::pack))
                .allSatisfy(
                        pack -> assertThat(pack.stream().map(Snapshot::serial).collect(Collectors.toSet()))
                                .hasSize(1));
    }

    private static Set<Outcome> both(Set<Outcome> some, Set<Outcome> others) {
        return Stream.concat(some.stream(), others.stream()).collect(Collectors.toSet());
    }
}
