package org.heliograph.lab.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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
import org.heliograph.streams.factor.EmissionFactor;
import org.heliograph.streams.factor.FactorBook;
import org.heliograph.streams.factor.Factors;
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
    private static final long KILOWATT_HOUR = 3_600_000_000L;
    private static final String PDU = "pdu-a01a";
    private static final String OTHER = "pdu-a01b";

    private final Layout layout = layout();
    private final Ledger ledger = Ledger.of(new Plant(layout, 1, 0.7), NOON, ONE);
    private final TruthfulStore store = new TruthfulStore(ledger, layout.model().zone(), Casablanca.FACTORS);

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
        return new LedgerCheck(store, ledger, faultLedger, "casa1", Casablanca.FACTORS);
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

    /** The check has the published factors from nobody but the simulator. */
    @Test
    void the_simulators_factors_are_those_that_the_product_ships() throws ConfigurationException {
        FactorBook.Choice chosen = Factors.SHIPPED.chosenBy(SiteFile.parse("site.yaml", Casablanca.siteYaml(1)), NOON);

        assertThat(micrograms(chosen.average())).isEqualTo(Casablanca.FACTORS.averageMicrograms(KILOWATT_HOUR));
        assertThat(micrograms(chosen.marginal())).isEqualTo(Casablanca.FACTORS.marginalMicrograms(KILOWATT_HOUR));
    }

    private static long micrograms(Optional<EmissionFactor> factor) {
        return factor.orElseThrow().microgramsPerKilowattHour();
    }

    @Test
    void a_millijoule_too_much_is_a_difference() {
        store.energy("15m", at(15), "energy_it3_kwh", it(at(15)) + 1);

        assertThat(quarters()).filteredOn(it -> !it.isEqual()).hasSize(1);
        assertThat(figures(quarters().get(1).differences())).contains("energy_it3_kwh");
    }

    @ParameterizedTest
    @CsvSource({
        "coverage, 0.9999",
        "complete_coverage, 0.9999",
        "estimated, 1",
        "energy_auxiliary_kwh, 1.5",
        "energy_charge_kwh, 0.1",
        "energy_discharge_kwh, 0.1",
        "energy_generator_kwh, 0.1",
        "ref, 0.2",
        "dcie, 0.9",
        "cue, 0.5",
        "co2_avoided_kg, 0.001",
        "co2_avoided_lifecycle_kg, 0.001",
        "co2_avoided_marginal_kg, 0.001",
        "co2_export_kg, 0.001",
        "co2_location_kg, 0.001"
    })
    void a_figure_that_nothing_excuses_has_to_be_the_truth(String figure, double otherwise) {
        store.window("15m", at(15), figure, otherwise);

        assertThat(figures(quarters().get(1).differences())).contains(figure);
        assertThat(quarters().get(2).differences()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"pue_category, PUE1", "pue_category, PUE2", "pue_category, PUE9", "state, provisional"})
    void neither_has_a_word_that_nothing_excuses(String figure, String otherwise) {
        store.window("15m", at(15), figure, otherwise);

        assertThat(figures(quarters().get(1).differences())).contains(figure);
        Fault ofAnother = new Fault.Outage("crac-01", at(35), at(40));
        assertThat(figures(quarters(ofAnother).get(1).differences())).contains(figure);
        Fault ofNoConsequence = new Fault.Duplicate(PDU, at(20), at(22), MINUTE);
        assertThat(figures(quarters(ofNoConsequence).get(1).differences())).contains(figure);
    }

    /** The floor PDUs are heard: no reason to take the UPS for them. */
    @ParameterizedTest
    @CsvSource({"PUE2, true", "PUE1, false"})
    void the_next_category_may_stand_in_for_racks_that_were_not_heard(String category, boolean isRight) {
        Fault outage = new Fault.Outage(PDU, at(16), at(28));
        for (int minute = 15; minute < 28; minute++) {
            store.coverage(PDU, at(minute), 0);
        }
        store.window("15m", at(15), "complete_coverage", 2 / 15.0);
        store.window("15m", at(15), "estimated", 1.0);
        store.window("15m", at(15), "pue_category", category);

        assertThat(quarters(outage).get(1).differences().isEmpty()).isEqualTo(isRight);
    }

    private static List<String> figures(List<Difference> differences) {
        return differences.stream().map(Difference::figure).toList();
    }

    /** The whole window is in both energies, so that no fault explains another quotient than theirs. */
    @ParameterizedTest
    @CsvSource({"pue3, 1.9", "pue, 1.9", "cue, 0.5", "dcie, 0.2"})
    void a_ratio_in_a_faulty_window_is_that_of_the_energies_beside_it(String ratio, double otherwise) {
        Fault reset = new Fault.Reset(PDU, at(20).plusSeconds(9));
        store.energy("15m", at(15), "energy_it3_kwh", it(at(15)) - 1000);
        store.minute(PDU, at(20), pdu(20) - 1000, "reset");
        assertThat(quarters(reset).get(1).isMarked()).isTrue();

        store.window("15m", at(15), ratio, otherwise);

        assertThat(figures(quarters(reset).get(1).differences())).contains(ratio);
    }

    /** It is then of at least all minutes without a fault. */
    @ParameterizedTest
    @CsvSource({"1.001, true", "0.999, true", "1.5, false", "0.6, false"})
    void a_ratio_of_a_part_of_a_faulty_window_lies_within_what_the_rest_allows(double times, boolean isPossible) {
        Fault stopped = new Fault.StoppedCounter(PDU, at(20), at(21));
        double truth = ledger.truth(at(15), at(30)).pue3().orElseThrow();
        store.window("15m", at(15), "estimated", 1.0);
        store.window("15m", at(15), "partial", "energy_it3 0.9333, pue3 0.9333, cue 0.9333");
        store.window("15m", at(15), "pue3", truth * times);
        store.window("15m", at(15), "pue", truth * times);
        store.window("15m", at(15), "dcie", 1 / (truth * times));
        store.window("15m", at(15), "complete_coverage", 14 / 15.0);
        store.coverage(PDU, at(20), 0.5);

        assertThat(quarters(stopped).get(1).differences().isEmpty()).isEqualTo(isPossible);
    }

    @Test
    void a_minute_that_a_device_with_a_fault_lacks_is_lacking_in_the_window_too() {
        Fault outage = new Fault.Outage(PDU, at(20), at(22));
        store.coverage(PDU, at(20), 0.5);
        assertThat(figures(quarters(outage).get(1).differences())).containsExactly("complete_coverage");

        store.window("15m", at(15), "complete_coverage", 14 / 15.0);
        assertThat(quarters(outage).get(1).differences()).isEmpty();
        store.window("15m", at(15), "complete_coverage", 13 / 15.0);
        assertThat(figures(quarters(outage).get(1).differences())).containsExactly("complete_coverage");
    }

    @Test
    void a_missing_window_is_a_difference() {
        store.forget("15m", at(15));

        assertThat(quarters().get(1).differences())
                .extracting(Difference::stored)
                .containsExactly("missing");
    }

    @Test
    void a_lower_bound_that_is_flagged_at_the_device_is_marked() {
        store.energy("15m", at(15), "energy_it3_kwh", it(at(15)) - 1000);
        store.minute(PDU, at(20), pdu(20) - 1000, "reset");

        Compared window = quarters(new Fault.Reset(PDU, at(20).plusSeconds(9))).get(1);

        assertThat(window.isMarked()).isTrue();
        assertThat(figures(window.marked())).containsExactlyInAnyOrder("energy_it3_kwh", "energy_it_kwh");
    }

    @Test
    void a_lower_bound_that_nobody_mentions_is_a_difference() {
        store.energy("15m", at(15), "energy_it3_kwh", it(at(15)) - 1000);

        assertThat(figures(quarters(new Fault.Reset(PDU, at(20).plusSeconds(9)))
                        .get(1)
                        .differences()))
                .contains("energy_it3_kwh");
    }

    @Test
    void a_mark_at_a_device_of_another_role_is_none() {
        store.energy("15m", at(15), "energy_it3_kwh", it(at(15)) - 1000);
        store.window("15m", at(15), "estimated", 1.0);
        store.minute("ups-a", at(20), 0, "glitch");

        List<Compared> windows =
                quarters(new Fault.Reset(PDU, at(20).plusSeconds(9)), new Fault.Glitch("ups-a", at(20), at(21)));

        assertThat(figures(windows.get(1).differences())).contains("energy_it3_kwh");
    }

    @Test
    void a_lower_bound_above_the_truth_is_a_difference() {
        store.energy("15m", at(15), "energy_it3_kwh", it(at(15)) + 1);
        store.minute(PDU, at(20), pdu(20), "reset");

        assertThat(figures(quarters(new Fault.Reset(PDU, at(20).plusSeconds(9)))
                        .get(1)
                        .differences()))
                .contains("energy_it3_kwh");
    }

    @Test
    void a_fault_of_a_rack_excuses_no_figure_of_the_sun() {
        store.energy("15m", at(15), "energy_pv_kwh", 0);
        store.minute(PDU, at(20), pdu(20), "stuck");

        assertThat(quarters(new Fault.StoppedCounter(PDU, at(16), at(28)))
                        .get(1)
                        .differences())
                .extracting(Difference::figure)
                .contains("energy_pv_kwh");
    }

    @Test
    void a_total_may_be_spread_otherwise_only_in_windows_that_cut_it() {
        store.energy("15m", at(15), "energy_it3_kwh", it(at(15)) + 5);
        store.minute(PDU, at(26), pdu(26) + 5, "interpolated");
        store.energy("15m", at(30), "energy_it3_kwh", it(at(30)) - 5);
        store.minute(PDU, at(31), pdu(31) - 5, "interpolated");

        assertThat(quarters(new Fault.Outage(PDU, at(25), at(35))))
                .filteredOn(Compared::isMarked)
                .hasSize(2);
        assertThat(figures(
                        quarters(new Fault.Outage(PDU, at(18), at(28))).get(1).differences()))
                .contains("energy_it3_kwh");
    }

    @Test
    void a_clock_that_nobody_can_see_through_needs_no_mark() {
        store.energy("15m", at(15), "energy_it3_kwh", it(at(15)) + 5);
        Fault skew = new Fault.Skew(PDU, at(20), at(25), Duration.ofSeconds(90));

        assertThat(quarters(skew).get(1).isMarked()).isTrue();
        store.energy("15m", at(15), "energy_it3_kwh", it(at(15)) + 20_000L * 3_600_000);
        assertThat(figures(quarters(skew).get(1).differences())).contains("energy_it3_kwh");
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

    /** No sum over their role shows it. */
    @Test
    void the_energy_of_two_devices_that_have_changed_places_is_named() {
        assertThat(check().devices().differences(NOON, ONE)).isEmpty();
        long other = ledger.energyMillijoules(OTHER, Point.ENERGY, at(20), at(21));
        assertThat(other).isNotEqualTo(pdu(20));
        store.minute(PDU, at(20), other, "");
        store.minute(OTHER, at(20), pdu(20), "");

        assertThat(quarters()).allMatch(Compared::isEqual);
        assertThat(check().devices().differences(NOON, ONE))
                .extracting(Difference::window)
                .containsExactlyInAnyOrder(PDU, OTHER);
        assertThat(check().devices().differences(at(15), at(20))).isEmpty();
        assertThat(check(new Fault.Glitch(PDU, at(40), at(41))).devices().differences(NOON, ONE))
                .as("beside one that has a fault, too")
                .extracting(Difference::window)
                .containsExactlyInAnyOrder(PDU, OTHER);
    }

    @Test
    void the_other_minutes_of_a_device_with_a_fault_have_to_be_exact() {
        store.minute(PDU, at(40), pdu(40) - 1, "glitch");

        assertThat(check(new Fault.Glitch(PDU, at(20), at(21))).devices().differences(NOON, ONE))
                .singleElement()
                .satisfies(it -> assertThat(it.start()).isEqualTo(at(40)));
    }
}
