package org.heliograph.lab.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.heliograph.lab.pipeline.DeviceCheck.Told;
import org.heliograph.lab.pipeline.LedgerCheck.Compared;
import org.heliograph.lab.pipeline.LedgerCheck.Difference;
import org.heliograph.sim.Casablanca;
import org.heliograph.sim.fault.Fault;
import org.heliograph.sim.fault.FaultLedger;
import org.heliograph.sim.fault.FaultPlan;
import org.heliograph.sim.ledger.Ledger;
import org.heliograph.sim.plant.Layout;
import org.heliograph.sim.plant.Plant;
import org.heliograph.streams.indicator.EmissionFactor;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LedgerCheckTest {
    private static final Instant NOON = Instant.parse("2026-07-01T11:00:00Z");
    private static final Instant ONE = NOON.plusSeconds(3600);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final EmissionFactor FACTOR =
            new EmissionFactor("test", "1", "nobody", 577_650, Instant.MIN, Instant.MAX);
    private static final String PDU = "pdu-a01a";

    private final Layout layout = layout();
    private final Ledger ledger = Ledger.of(new Plant(layout, 1, 0.7), NOON, ONE);
    private final TruthfulStore store = new TruthfulStore(ledger, FACTOR);

    private static Layout layout() {
        try {
            return Layout.of(SiteFile.parse("site.yaml", Casablanca.siteYaml(1)), NOON);
        } catch (ConfigurationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Instant at(int minute) {
        return NOON.plus(MINUTE.multipliedBy(minute));
    }

    private LedgerCheck check(Fault... faults) {
        FaultLedger faultLedger = new FaultLedger(new FaultPlan(List.of(faults)), layout, ledger, MINUTE);
        return new LedgerCheck(store, ledger, faultLedger, "casa1", FACTOR);
    }

    private List<Compared> quarters(Fault... faults) {
        return check(faults).windows("15m", Duration.ofMinutes(15), NOON, ONE);
    }

    private long it(Instant start) {
        return ledger.truth(start, start.plus(Duration.ofMinutes(15))).it3Millijoules();
    }

    private long pdu(int minute) {
        return ledger.energyMillijoules(PDU, Point.ENERGY, at(minute), at(minute + 1));
    }

    @Test
    void the_truth_is_equal() {
        assertThat(quarters()).hasSize(4).allMatch(Compared::isEqual);
        assertThat(quarters(new Fault.Reset(PDU, at(20).plusSeconds(9)))).allMatch(Compared::isEqual);
    }

    @Test
    void a_millijoule_too_much_is_a_difference() {
        store.energy(at(15), "energy_it3_kwh", it(at(15)) + 1);

        assertThat(quarters()).filteredOn(it -> !it.isEqual()).hasSize(1);
        assertThat(quarters().get(1).differences())
                .extracting(Difference::figure)
                .containsExactly("energy_it3_kwh");
    }

    @ParameterizedTest
    @CsvSource({"coverage, 0.9999", "ref, 0.2", "dcie, 0.9", "co2_location_kg, 0.001"})
    void a_figure_that_nothing_excuses_has_to_be_the_truth(String figure, double otherwise) {
        store.window(at(15), figure, otherwise);

        assertThat(quarters().get(1).differences())
                .extracting(Difference::figure)
                .contains(figure);
        assertThat(quarters().get(2).differences()).isEmpty();
    }

    /** The engine and the exact check multiply by the same code; the simulator doesn't. */
    @Test
    void a_mass_is_held_against_the_simulators_own_arithmetic_too() {
        store.window(at(15), "co2_avoided_kg", 0.001);

        assertThat(quarters().get(1).differences())
                .extracting(Difference::figure)
                .containsExactly("co2_avoided_kg", "co2_avoided_kg");
    }

    @Test
    void a_missing_window_is_a_difference() {
        store.forget(at(15));

        assertThat(quarters().get(1).differences())
                .extracting(Difference::stored)
                .containsExactly("missing");
    }

    @Test
    void a_lower_bound_that_is_flagged_at_the_device_is_marked() {
        store.energy(at(15), "energy_it3_kwh", it(at(15)) - 1000);
        store.minute(PDU, at(20), pdu(20) - 1000, "reset");

        Compared window = quarters(new Fault.Reset(PDU, at(20).plusSeconds(9))).get(1);

        assertThat(window.isMarked()).isTrue();
        assertThat(window.marked()).extracting(Difference::figure).containsExactly("energy_it3_kwh");
    }

    @Test
    void a_lower_bound_that_nobody_mentions_is_a_difference() {
        store.energy(at(15), "energy_it3_kwh", it(at(15)) - 1000);

        assertThat(quarters(new Fault.Reset(PDU, at(20).plusSeconds(9))).get(1).differences())
                .hasSize(1);
    }

    @Test
    void a_lower_bound_above_the_truth_is_a_difference() {
        store.energy(at(15), "energy_it3_kwh", it(at(15)) + 1);
        store.window(at(15), "estimated", 1.0);

        assertThat(quarters(new Fault.Reset(PDU, at(20).plusSeconds(9))).get(1).differences())
                .hasSize(1);
    }

    @Test
    void a_fault_of_a_rack_excuses_no_figure_of_the_sun() {
        store.energy(at(15), "energy_pv_kwh", 0);
        store.window(at(15), "estimated", 1.0);

        assertThat(quarters(new Fault.StoppedCounter(PDU, at(16), at(28)))
                        .get(1)
                        .differences())
                .extracting(Difference::figure)
                .containsExactly("energy_pv_kwh");
    }

    @Test
    void a_total_may_be_spread_otherwise_only_in_windows_that_cut_it() {
        store.energy(at(15), "energy_it3_kwh", it(at(15)) + 5);
        store.window(at(15), "estimated", 1.0);
        store.energy(at(30), "energy_it3_kwh", it(at(30)) - 5);
        store.window(at(30), "estimated", 1.0);

        assertThat(quarters(new Fault.Outage(PDU, at(25), at(35))))
                .filteredOn(Compared::isMarked)
                .hasSize(2);
        assertThat(quarters(new Fault.Outage(PDU, at(18), at(28))).get(1).differences())
                .hasSize(1);
    }

    @Test
    void a_clock_that_nobody_can_see_through_needs_no_mark() {
        store.energy(at(15), "energy_it3_kwh", it(at(15)) + 5);
        Fault skew = new Fault.Skew(PDU, at(20), at(25), Duration.ofSeconds(90));

        assertThat(quarters(skew).get(1).isMarked()).isTrue();
        store.energy(at(15), "energy_it3_kwh", it(at(15)) + 20_000L * 3_600_000);
        assertThat(quarters(skew).get(1).differences()).hasSize(1);
    }

    @Test
    void the_total_of_a_dip_has_to_be_exact_and_its_minutes_flagged() {
        Fault glitch = new Fault.Glitch(PDU, at(20), at(21));
        store.minute(PDU, at(19), pdu(19) + 7, "glitch");
        store.minute(PDU, at(20), pdu(20) - 7, "glitch");

        DeviceCheck devices = check(glitch).devices();
        assertThat(devices.told(ONE)).singleElement().satisfies(told -> {
            assertThat(told.differences()).isEmpty();
            assertThat(told.flags()).isEqualTo("[glitch]");
            assertThat(told.storedMillijoules()).isEqualTo(pdu(19) + pdu(20));
        });
        assertThat(devices.differences(NOON, ONE)).isEmpty();

        store.minute(PDU, at(20), pdu(20) - 7, "");
        assertThat(check(glitch).devices().told(ONE))
                .flatExtracting(Told::differences)
                .hasSize(1);
        store.minute(PDU, at(20), pdu(20) - 8, "glitch");
        assertThat(check(glitch).devices().told(ONE))
                .flatExtracting(Told::differences)
                .hasSize(1);
    }

    @Test
    void the_other_minutes_of_a_device_with_a_fault_have_to_be_exact() {
        store.minute(PDU, at(40), pdu(40) - 1, "glitch");

        assertThat(check(new Fault.Glitch(PDU, at(20), at(21))).devices().differences(NOON, ONE))
                .singleElement()
                .satisfies(it -> assertThat(it.start()).isEqualTo(at(40)));
    }
}
