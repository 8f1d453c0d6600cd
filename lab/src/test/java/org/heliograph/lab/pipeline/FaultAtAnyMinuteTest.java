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
