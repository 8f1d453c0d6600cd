package org.heliograph.lab.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.heliograph.sim.Casablanca;
import org.heliograph.sim.device.Instruments;
import org.heliograph.sim.device.Snapshot;
import org.heliograph.sim.fault.Allowance;
import org.heliograph.sim.fault.Fault;
import org.heliograph.sim.fault.FaultLedger;
import org.heliograph.sim.fault.FaultPlan;
import org.heliograph.sim.fault.FaultyDevices;
import org.heliograph.sim.ledger.Integration;
import org.heliograph.sim.plant.Layout;
import org.heliograph.sim.plant.Plant;
import org.heliograph.streams.energy.DeviceHistory;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.energy.Evidence;
import org.heliograph.streams.energy.RegisterMeter;
import org.heliograph.streams.sample.Samples;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A simulated counter with a fault from any minute of an hour on, to any other, by the engine's arithmetic alone: what is
 * said of its device is equal to the ledger, or marked, and nothing is lost.
 */
class FaultAtAnyMinuteTest {
    private static final Instant MIDNIGHT = Instant.parse("2026-07-01T00:00:00Z");
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final String PDU = "pdu-a01a";
    private static final int MINUTES = 4 * 60;
    /** Whatever stands still for less may be a counter that is shown late. */
    private static final int SHORTEST_MINUTES = 6;

    private static final int LONGEST_MINUTES = 75;
    private static final int LENGTHS = 8;
    private static final int PAIRS = 12;
    private static final int WINDOWS = 20;

    private static final Layout LAYOUT = layout();
    private static final Integration INTEGRATION = new Integration(new Plant(LAYOUT, 1, 0.7), MIDNIGHT);
    private static final List<Snapshot> TRUTHS = truths();

    private static Layout layout() {
        try {
            return Layout.of(SiteFile.parse("site.yaml", Casablanca.siteYaml(1)), MIDNIGHT);
        } catch (ConfigurationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the device reads each minute, in truth. */
    private static List<Snapshot> truths() {
        Instruments instruments = new Instruments(device(), INTEGRATION, 1);
        List<Snapshot> truths = new ArrayList<>();
        for (int minute = 0; minute <= MINUTES; minute++) {
            INTEGRATION.advanceTo(at(minute));
            truths.add(instruments.read());
        }
        return truths;
    }

    private static Device device() {
        return LAYOUT.devices().stream()
                .filter(device -> device.id().equals(PDU))
                .findFirst()
                .orElseThrow();
    }

    private static Instant at(int minute) {
        return MIDNIGHT.plus(MINUTE.multipliedBy(minute));
    }

    static IntStream minutes() {
        return IntStream.range(0, 60);
    }

    @ParameterizedTest
    @MethodSource("minutes")
    void a_counter_that_stops_is_equal_or_marked(int minute) {
        for (int length : lengths(minute)) {
            assertEqualOrMarked(new Fault.StoppedCounter(PDU, at(60 + minute), at(60 + minute + length)));
        }
    }

    @ParameterizedTest
    @MethodSource("minutes")
    void a_display_that_freezes_is_equal_or_marked(int minute) {
        for (int length : lengths(minute)) {
            assertEqualOrMarked(new Fault.FrozenDisplay(PDU, at(60 + minute), at(60 + minute + length)));
        }
    }

    @ParameterizedTest
    @MethodSource("minutes")
    void a_wrong_value_after_a_clock_was_wrong_is_equal_or_marked(int minute) {
        Random random = new Random(minute);
        for (int length : lengths(minute)) {
            Duration off = Duration.ofSeconds(61 + random.nextInt(210));
            Instant wrongAt = at(60 + minute + length + 10 + random.nextInt(20));
            assertEqualOrMarked(
                    new Fault.Skew(
                            PDU, at(60 + minute), at(60 + minute + length), random.nextBoolean() ? off : off.negated()),
                    random.nextBoolean()
                            ? new Fault.Spike(PDU, wrongAt, 60_000 * Millijoules.PER_WATT_HOUR)
                            : new Fault.Glitch(PDU, wrongAt, wrongAt.plus(MINUTE.multipliedBy(3))));
        }
    }

    /** What is lost, wrong or late of one device may meet; the ledger's word for the stretch has to hold all the same. */
    @ParameterizedTest
    @MethodSource("minutes")
    void figures_of_a_device_whose_faults_meet_are_as_near_to_the_truth_as_the_ledger_says(int seed) {
        Random random = new Random(seed);
        for (int i = 0; i < PAIRS; i++) {
            int start = 60 + random.nextInt(60);
            Fault first = anyFault(random, start);
            Fault second = anyFault(random, start + random.nextInt(LONGEST_MINUTES) - LONGEST_MINUTES / 3);
            if (!first.overlapsOnDisplay(second)) {
                assertAllowed(new FaultPlan(List.of(first, second)), random);
            }
        }
    }

    private static Fault anyFault(Random random, int minute) {
        Instant from = at(minute);
        Instant to = at(Math.min(MINUTES - 5, minute + SHORTEST_MINUTES + random.nextInt(LONGEST_MINUTES)));
        return switch (random.nextInt(10)) {
            case 0 -> new Fault.Drop(PDU, from, to, 0.5, random.nextLong());
            case 1 -> new Fault.Outage(PDU, from, to);
            case 2 -> new Fault.Reset(PDU, from);
            case 3 -> new Fault.FrozenDisplay(PDU, from, to);
            case 4 -> new Fault.StoppedCounter(PDU, from, to);
            case 5 -> new Fault.Spike(PDU, from, 600_000 * Millijoules.PER_WATT_HOUR);
            case 6 -> new Fault.Glitch(PDU, from, from.plus(MINUTE.multipliedBy(1 + random.nextInt(10))));
            case 7 -> new Fault.Skew(PDU, from, to, Duration.ofSeconds(random.nextInt(500) - 250));
            case 8 -> new Fault.Delay(PDU, from, to, random.nextBoolean() ? at(MINUTES) : at(2 * MINUTES));
            default -> new Fault.Reorder(PDU, from, to, Duration.ofMinutes(20), random.nextLong());
        };
    }

    private static void assertAllowed(FaultPlan plan, Random random) {
        TruthfulStore store =
                new TruthfulStore(INTEGRATION.ledger(), LAYOUT.model().zone(), Casablanca.FACTORS);
        measure(shown(plan), store);
        FaultLedger ledger = new FaultLedger(plan, LAYOUT, INTEGRATION.ledger(), MINUTE);
        for (int i = 0; i < WINDOWS; i++) {
            int from = random.nextInt(MINUTES);
            int to = i == 0 ? MINUTES : from + 1 + random.nextInt(MINUTES - from);
            from = i == 0 ? 0 : from;
            long figure = energy(store, at(from), at(to));
            long truth = INTEGRATION.ledger().energyMillijoules(PDU, Point.ENERGY, at(from), at(to));
            Allowance allowed = ledger.allowance(Role.IT, Point.ENERGY, at(from), at(to));
            assertThat(allowed.allows(figure, truth))
                    .as(
                            "%s: %d mJ from %s to %s, where the truth is %d and %s",
                            plan.faults(), figure, at(from), at(to), truth, allowed)
                    .isTrue();
        }
    }

    private static long energy(TruthfulStore store, Instant from, Instant to) {
        return store.deviceMinutes(Casablanca.SITE, PDU, from, to).stream()
                .mapToLong(row -> Math.round(row.number("energy_wh").orElse(0) * Millijoules.PER_WATT_HOUR))
                .sum();
    }

    private static int[] lengths(int seed) {
        return new Random(seed)
                .ints(LENGTHS, SHORTEST_MINUTES, LONGEST_MINUTES + 1)
                .toArray();
    }

    private static void assertEqualOrMarked(Fault... faults) {
        FaultPlan plan = new FaultPlan(List.of(faults));
        TruthfulStore store =
                new TruthfulStore(INTEGRATION.ledger(), LAYOUT.model().zone(), Casablanca.FACTORS);
        measure(shown(plan), store);
        FaultLedger ledger = new FaultLedger(plan, LAYOUT, INTEGRATION.ledger(), MINUTE);
        DeviceCheck check = new DeviceCheck(store, INTEGRATION.ledger(), ledger, Casablanca.SITE);
        assertThat(check.told(at(MINUTES)))
                .as("%s", plan)
                .hasSize(faults.length)
                .allSatisfy(told -> assertThat(told.differences()).isEmpty());
        assertThat(check.differences(MIDNIGHT, at(MINUTES))).as("%s", plan).isEmpty();
    }

    private static Samples shown(FaultPlan plan) {
        FaultyDevices devices = new FaultyDevices(plan);
        for (Fault fault : plan.faults()) {
            devices.remember(PDU, TRUTHS.get(minute(fault.from())));
            devices.remember(PDU, TRUTHS.get(minute(fault.to())));
        }
        TRUTHS.forEach(truth -> devices.read(PDU, truth));
        Sampling sampling = new Sampling();
        devices.take(PDU, at(MINUTES)).stream().flatMap(List::stream).forEach(shown -> {
            long millis = shown.epochSecond() * 1000;
            sampling.register(Point.ENERGY, millis, shown.millijoules(Point.ENERGY));
            sampling.gauge(Point.POWER, millis, shown.amount(Point.POWER) / 10.0);
        });
        return Samples.of("", sampling.series());
    }

    private static int minute(Instant moment) {
        return (int) Duration.between(MIDNIGHT, moment).toMinutes();
    }

    /** Stores what the engine makes of it. */
    private static void measure(Samples all, TruthfulStore store) {
        DeviceHistory history = DeviceHistory.of(LAYOUT.model(), PDU);
        Evidence evidence = Evidence.of(all, history);
        for (int minute = 0; minute < MINUTES; minute++) {
            long start = at(minute).toEpochMilli();
            Samples around = all.around(start, start + MINUTE.toMillis(), RegisterMeter.CONTEXT);
            store.minute(PDU, at(minute), DeviceMinute.of(history, device(), around, evidence, start));
        }
    }
}
