package org.heliograph.sim.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.heliograph.sim.Casablanca;
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

class FaultLedgerTest {
    private static final Instant NOON = Instant.parse("2026-07-01T11:00:00Z");
    private static final Instant ONE = NOON.plusSeconds(3600);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final String PDU = "pdu-a01a";

    private final Layout layout = layout();
    private final Ledger ledger = Ledger.of(new Plant(layout, 1, 0.7), NOON, ONE);

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

    private FaultLedger faults(Fault... faults) {
        return new FaultLedger(new FaultPlan(List.of(faults)), layout, ledger, MINUTE);
    }

    @Test
    void a_total_is_exact_in_windows_that_hold_all_of_it_and_free_in_those_that_cut_it() {
        FaultLedger faults = faults(new Fault.Outage(PDU, at(10), at(20)));

        assertThat(faults.allowance(Role.IT, Point.ENERGY, at(9), at(20))).isEqualTo(Allowance.NONE);
        assertThat(faults.allowance(Role.IT, Point.ENERGY, NOON, ONE)).isEqualTo(Allowance.NONE);
        long whole = ledger.energyMillijoules(PDU, Point.ENERGY, at(9), at(20));
        assertThat(faults.allowance(Role.IT, Point.ENERGY, at(10), ONE)).isEqualTo(new Allowance(whole, whole));
        assertThat(faults.allowance(Role.UPS, Point.ENERGY, at(10), ONE)).isEqualTo(Allowance.NONE);
        assertThat(faults.outcome(at(9), at(20))).isEqualTo(Outcome.EXACT);
        assertThat(faults.outcome(at(10), at(15))).isEqualTo(Outcome.TOTAL);
        assertThat(faults.outcome(at(20), ONE)).isEqualTo(Outcome.EXACT);
    }

    @Test
    void after_a_reset_a_figure_may_be_too_low_by_what_a_minute_has_and_never_too_high() {
        FaultLedger faults = faults(new Fault.Reset(PDU, at(10).plusSeconds(30)));

        Allowance allowance = faults.allowance(Role.IT, Point.ENERGY, NOON, ONE);

        assertThat(allowance).isEqualTo(new Allowance(ledger.energyMillijoules(PDU, Point.ENERGY, at(10), at(11)), 0));
        assertThat(allowance.allows(999, 1000)).isTrue();
        assertThat(allowance.allows(1001, 1000)).isFalse();
        assertThat(faults.outcome(NOON, ONE)).isEqualTo(Outcome.MARKED);
    }

    @Test
    void a_reset_at_a_reading_costs_what_was_counted_since_the_one_before() {
        FaultLedger faults = faults(new Fault.Reset(PDU, at(10)));

        assertThat(faults.outcome(PDU, at(9))).isEqualTo(Outcome.MARKED);
        assertThat(faults.outcome(PDU, at(10))).isEqualTo(Outcome.EXACT);
    }

    @Test
    void an_estimate_stays_within_the_rating() {
        FaultLedger faults = faults(new Fault.StoppedCounter(PDU, at(10), at(20)));

        Allowance allowance = faults.allowance(Role.IT, Point.ENERGY, at(5), at(15));

        assertThat(allowance.belowMillijoules()).isEqualTo(ledger.energyMillijoules(PDU, Point.ENERGY, at(10), at(15)));
        assertThat(allowance.aboveMillijoules()).isEqualTo(8_140L * 300_000);
    }

    @Test
    void a_wrong_clock_allows_no_more_than_its_own_device_can_have() {
        FaultLedger faults = faults(new Fault.Skew(PDU, at(20), at(30), Duration.ofSeconds(90)));

        assertThat(faults.allowance(Role.IT, Point.ENERGY, NOON, ONE).aboveMillijoules())
                .isLessThanOrEqualTo(8_140L * 60_000 * 18);
        assertThat(faults.allowance(Role.GRID, Point.ENERGY_IMPORT, NOON, ONE)).isEqualTo(Allowance.NONE);
        assertThat(faults.effects().getFirst().isMarked()).isFalse();
    }

    @Test
    void what_heals_changes_nothing() {
        FaultLedger faults = faults(
                new Fault.Duplicate(PDU, at(10), at(20), MINUTE),
                new Fault.Reorder(PDU, at(10), at(20), MINUTE, 1),
                new Fault.Delay(PDU, at(30), at(40), at(50)));

        assertThat(faults.outcome(NOON, ONE)).isEqualTo(Outcome.EXACT);
        assertThat(faults.effects()).hasSize(3).extracting(Effect::outcome).containsOnly(Outcome.EXACT);
    }

    @Test
    void a_reset_amid_an_outage_may_lose_all_since_the_last_reading_before_it() {
        FaultLedger faults = faults(new Fault.Outage(PDU, at(10), at(30)), new Fault.Reset(PDU, at(20)));

        assertThat(faults.allowance(Role.IT, Point.ENERGY, NOON, ONE))
                .isEqualTo(new Allowance(ledger.energyMillijoules(PDU, Point.ENERGY, at(9), at(30)), 0));
        assertThat(faults.effects()).extracting(Effect::from).containsOnly(at(9));
        assertThat(faults.effects()).extracting(Effect::to).containsOnly(at(30));
        assertThat(faults.outcome(PDU, at(9), at(30))).isEqualTo(Outcome.MARKED);
        assertThat(faults.outcome(PDU, at(30), ONE)).isEqualTo(Outcome.EXACT);
    }

    @Test
    void faults_that_do_not_meet_and_those_of_two_devices_reach_no_further_for_each_other() {
        FaultLedger faults = faults(
                new Fault.Outage(PDU, at(10), at(20)),
                new Fault.Reset(PDU, at(21)),
                new Fault.Reset("pdu-a01b", at(15)),
                new Fault.Duplicate(PDU, at(15), at(30), MINUTE));

        assertThat(faults.allowance(Role.IT, Point.ENERGY, NOON, ONE).belowMillijoules())
                .isEqualTo(ledger.energyMillijoules(PDU, Point.ENERGY, at(20), at(21))
                        + ledger.energyMillijoules("pdu-a01b", Point.ENERGY, at(14), at(15)));
    }

    @Test
    void what_comes_later_than_a_site_takes_readings_counts_in_the_total_only() throws ConfigurationException {
        Layout strict =
                Layout.of(SiteFile.parse("site.yaml", Casablanca.siteYaml(1).replace("PT48H", "PT90M")), NOON);
        Ledger longer = Ledger.of(new Plant(strict, 1, 0.7), NOON, NOON.plus(Duration.ofHours(3)));
        FaultLedger faults = new FaultLedger(
                new FaultPlan(List.of(
                        new Fault.Delay(PDU, at(10), at(20), at(100)),
                        new Fault.Reorder("pdu-a01b", at(10), at(20), Duration.ofMinutes(100), 1),
                        new Fault.Delay("ups-a", at(10), at(20), at(40)))),
                strict,
                longer,
                MINUTE);

        assertThat(faults.outcome(PDU, at(12))).isEqualTo(Outcome.TOTAL);
        assertThat(faults.outcome("pdu-a01b", at(12))).isEqualTo(Outcome.TOTAL);
        assertThat(faults.outcome("ups-a", at(12))).isEqualTo(Outcome.EXACT);
    }

    @Test
    void what_is_still_on_its_way_at_the_end_is_missing() {
        FaultLedger faults = faults(new Fault.Reorder(PDU, at(40), ONE, Duration.ofMinutes(10), 1));

        assertThat(faults.outcome(PDU, at(48))).isEqualTo(Outcome.EXACT);
        assertThat(faults.outcome(PDU, at(49))).isEqualTo(Outcome.TOTAL);
        assertThat(faults.outcome(PDU, at(59))).isEqualTo(Outcome.TOTAL);
        assertThat(faults.outcome(NOON, ONE)).as("its last reading isn't late").isEqualTo(Outcome.EXACT);
    }

    @Test
    void every_fault_that_can_be_chosen_has_its_effects() throws ConfigurationException {
        int kinds = 0;
        for (FaultKind kind : EnumSet.complementOf(EnumSet.of(FaultKind.ROLLOVER))) {
            for (Device device : layout.devices()) {
                if (!kind.canBeOf(device)) {
                    continue;
                }
                Fault fault = new ChosenFault(kind, device.id(), at(10), Optional.empty()).on(layout);
                assertThat(faults(fault).effects())
                        .as("%s of %s", kind, device.id())
                        .hasSize(kind != FaultKind.ALARM && device.role().countsEnergy() ? 1 : 0);
                kinds++;
            }
        }
        assertThat(kinds).isGreaterThan(12);
    }

    @Test
    void the_truth_of_the_utility_meter_is_what_came_less_what_went() {
        Ledger sunny = Ledger.of(new Plant(layout, 1, 0.1), NOON, ONE);
        FaultPlan plan = new FaultPlan(List.of(new Fault.Outage("util-1", at(10), at(20))));

        assertThat(new FaultLedger(plan, layout, sunny, MINUTE)
                        .effects()
                        .getFirst()
                        .truthMillijoules())
                .isNegative()
                .isEqualTo(-sunny.energyMillijoules("util-1", Point.ENERGY_EXPORT, at(9), at(20)));
    }

    @Test
    void the_same_outage_at_a_slower_cadence_reaches_further_back() {
        FaultLedger faults = new FaultLedger(
                new FaultPlan(List.of(new Fault.Outage(PDU, at(10), at(20)))), layout, ledger, Duration.ofMinutes(5));

        assertThat(faults.outcome(PDU, at(5))).isEqualTo(Outcome.TOTAL);
        assertThat(faults.outcome(PDU, at(4))).isEqualTo(Outcome.EXACT);
    }

    @Test
    void what_has_not_begun_has_no_effect() {
        assertThat(faults(new Fault.Outage(PDU, ONE, ONE.plusSeconds(600))).effects())
                .isEmpty();
    }

    @Test
    void a_reset_of_the_utility_meter_while_it_exports_spoils_the_minute_of_what_it_exports() {
        Ledger sunny = Ledger.of(new Plant(layout, 1, 0.1), NOON, ONE);
        FaultLedger faults =
                new FaultLedger(new FaultPlan(List.of(new Fault.Reset("util-1", at(10)))), layout, sunny, MINUTE);

        assertThat(sunny.energyMillijoules("util-1", Point.ENERGY_IMPORT, at(9), at(10)))
                .isZero();
        assertThat(sunny.energyMillijoules("util-1", Point.ENERGY_EXPORT, at(9), at(10)))
                .isPositive();
        assertThat(faults.outcome(at(9), at(10))).isEqualTo(Outcome.MARKED);
        assertThat(faults.outcome("util-1", at(9), at(10))).isEqualTo(Outcome.MARKED);
        assertThat(faults.outcome(at(10), at(11))).isEqualTo(Outcome.EXACT);
    }

    @Test
    void an_alarm_of_an_inverter_is_a_fault_in_its_own_numbering() {
        for (InverterStates states : InverterStates.values()) {
            long shown = new Fault.Alarm("inv-01", at(10), at(20), states).shown(Point.STATE, 4);
            assertThat(states.isFault((double) shown)).as("%s", states).isTrue();
        }
    }
}
