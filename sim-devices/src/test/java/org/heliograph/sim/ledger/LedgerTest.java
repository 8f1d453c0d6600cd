package org.heliograph.sim.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.heliograph.sim.Casablanca;
import org.heliograph.sim.device.Instruments;
import org.heliograph.sim.device.Snapshot;
import org.heliograph.sim.plant.Layout;
import org.heliograph.sim.plant.Plant;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private static final Instant MIDNIGHT = Instant.parse("2026-06-30T23:00:00Z");
    private static final Instant NOON = MIDNIGHT.plus(Duration.ofHours(12));
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static Plant plant(long seed) throws ConfigurationException {
        return new Plant(Layout.of(SiteFile.parse("site.yaml", Casablanca.siteYaml(20)), MIDNIGHT), seed, 0.7);
    }

    @Test
    void the_same_seed_gives_the_same_truth_and_another_seed_another() throws ConfigurationException {
        Instant end = NOON.plus(Duration.ofHours(2));
        List<SiteTruth> truth = Ledger.of(plant(7), NOON, end).minutes(NOON, end);

        assertThat(Ledger.of(plant(7), NOON, end).minutes(NOON, end)).isEqualTo(truth);
        assertThat(Ledger.of(plant(8), NOON, end).minutes(NOON, end)).isNotEqualTo(truth);
    }

    @Test
    void a_window_has_the_same_truth_whenever_the_ledger_began() throws ConfigurationException {
        Instant end = NOON.plus(Duration.ofHours(1));

        SiteTruth fromMidnight = Ledger.of(plant(7), MIDNIGHT, end).truth(NOON, end);

        assertThat(Ledger.of(plant(7), NOON, end).truth(NOON, end)).isEqualTo(fromMidnight);
    }

    @Test
    void meters_that_counted_from_the_same_moment_are_the_same_and_others_are_other_units()
            throws ConfigurationException {
        Instant end = NOON.plus(Duration.ofHours(1));
        Integration first = new Integration(plant(7), MIDNIGHT);
        Integration again = new Integration(plant(7), MIDNIGHT);
        Integration other = new Integration(plant(7), NOON);
        for (Integration each : List.of(first, again, other)) {
            each.advanceTo(end);
        }

        for (Device device : first.layout().devices()) {
            Snapshot shown = new Instruments(device, first, 7).read();
            assertThat(new Instruments(device, again, 7).read())
                    .usingRecursiveComparison()
                    .isEqualTo(shown);
            assertThat(new Instruments(device, other, 7).read().serial())
                    .as(device.id())
                    .isNotEqualTo(shown.serial());
        }
    }

    @Test
    void windows_of_any_partition_add_up_exactly() throws ConfigurationException {
        Instant end = NOON.plus(Duration.ofMinutes(100));
        Ledger ledger = Ledger.of(plant(7), NOON, end);

        SiteTruth whole = ledger.truth(NOON, end);

        for (long minutes : new long[] {1, 7, 15, 60}) {
            List<SiteTruth> parts = ledger.windows(NOON, end, Duration.ofMinutes(minutes));
            assertThat(parts.stream().mapToLong(SiteTruth::dcMillijoules).sum()).isEqualTo(whole.dcMillijoules());
            assertThat(parts.stream().mapToLong(SiteTruth::selfMillijoules).sum())
                    .isEqualTo(whole.selfMillijoules());
            assertThat(parts.getLast().to()).isEqualTo(end);
        }
    }

    @Test
    void the_categories_of_it_energy_differ_by_the_losses_between_them() throws ConfigurationException {
        SiteTruth truth = Ledger.of(plant(7), NOON, NOON.plus(MINUTE)).truth(NOON, NOON.plus(MINUTE));

        assertThat(truth.it2Millijoules()).isEqualTo(truth.it3Millijoules() + truth.feederLossMillijoules());
        assertThat(truth.it1Millijoules()).isEqualTo(truth.it2Millijoules() + truth.floorPduLossMillijoules());
        assertThat(truth.consumedMillijoules()).isEqualTo(truth.dcMillijoules());
        assertThat(truth.pue1().orElseThrow()).isLessThan(truth.pue2().orElseThrow());
        assertThat(truth.pue2().orElseThrow()).isLessThan(truth.pue3().orElseThrow());
    }

    @Test
    void a_register_counts_what_its_windows_have() throws ConfigurationException {
        Ledger ledger = Ledger.of(plant(7), NOON, NOON.plus(Duration.ofMinutes(2)));
        Instant end = NOON.plus(MINUTE);

        long before = ledger.registerMillijoules("util-1", Point.ENERGY_IMPORT, NOON);

        assertThat(before).isPositive();
        assertThat(ledger.energyMillijoules("util-1", Point.ENERGY_IMPORT, NOON, end))
                .isEqualTo(ledger.truth(NOON, end).importMillijoules())
                .isEqualTo(ledger.registerMillijoules("util-1", Point.ENERGY_IMPORT, end) - before);
    }

    @Test
    void by_night_self_consumption_is_absent() throws ConfigurationException {
        SiteTruth night = Ledger.of(plant(7), MIDNIGHT, MIDNIGHT.plus(MINUTE)).truth(MIDNIGHT, MIDNIGHT.plus(MINUTE));

        assertThat(night.pvMillijoules()).isZero();
        assertThat(night.selfConsumption()).isEmpty();
        assertThat(night.selfSufficiency()).hasValue(0);
    }

    @Test
    void masses_are_rounded_by_the_minute_half_up() throws ConfigurationException {
        Instant end = NOON.plus(Duration.ofMinutes(2));
        Ledger ledger = Ledger.of(plant(7), NOON, end);
        GridFactors factors = new GridFactors(new BigDecimal("577.65"), new BigDecimal("660"));

        CarbonTruth carbon = ledger.carbon(NOON, end, factors);

        SiteTruth truth = ledger.truth(NOON, end);
        assertThat(carbon.avoided())
                .isCloseTo(Math.round(truth.selfMillijoules() / 3.6e9 * 577.65e6), within(1L))
                .isEqualTo(ledger.minutes(NOON, end).stream()
                        .mapToLong(minute -> factors.averageMicrograms(minute.selfMillijoules()))
                        .sum());
        assertThat(carbon.avoidedMarginal()).isCloseTo(Math.round(truth.selfMillijoules() / 3.6e9 * 660e6), within(1L));
        assertThat(carbon.exported()).isCloseTo(Math.round(truth.exportMillijoules() / 3.6e9 * 577.65e6), within(1L));
        assertThat(carbon.imported()).isCloseTo(Math.round(truth.importMillijoules() / 3.6e9 * 577.65e6), within(1L));
        assertThat(new GridFactors(new BigDecimal("450"), BigDecimal.ONE)).satisfies(at -> {
            assertThat(at.averageMicrograms(3)).isZero(); // 0.375
            assertThat(at.averageMicrograms(4)).isEqualTo(1); // 0.5
        });
        assertThat(new CarbonTruth(10, 0, 0, 0).lifecycle(81)).isEqualTo(8);
    }

    @Test
    void moments_that_it_does_not_know_are_refused() throws ConfigurationException {
        Ledger ledger = Ledger.of(plant(7), NOON, NOON.plus(MINUTE));

        assertThatThrownBy(() -> ledger.truth(NOON, NOON.plusSeconds(30))).hasMessageContaining("not a whole minute");
        assertThatThrownBy(() -> ledger.truth(NOON, NOON.plusSeconds(120))).hasMessageContaining("is not between");
        assertThatThrownBy(() -> ledger.truth(NOON.minus(MINUTE), NOON)).hasMessageContaining("is not between");
        assertThatThrownBy(() -> ledger.registerMillijoules("nobody", Point.ENERGY, NOON))
                .hasMessageContaining("no device nobody");
    }
}
