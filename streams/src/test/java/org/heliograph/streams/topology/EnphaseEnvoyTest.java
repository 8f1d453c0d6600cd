package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.heliograph.streams.recording.EnphaseEnvoy;
import org.heliograph.streams.recording.Recordings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.wire.v1.Branch;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What gateways of many firmwares said: consumption is production + net, and where it isn't, the meter tree says by how
 * much. Each is one moment, held here for a quarter of an hour.
 */
class EnphaseEnvoyTest {
    private static final Instant START = Instant.parse("2026-06-15T11:00:00Z");
    private static final int MINUTES = 15;
    private static final double MILLIJOULES_PER_WATT = MINUTES * 60_000.0;

    private static final String YAML = """
            site: test1
            zone: UTC
            profiles:
              - profile: envoy-net
                accuracy: 1
                points:
                  energy_import: {period: PT1M, maxGap: PT3M}
                  energy_export: {period: PT1M, maxGap: PT3M}
                  power: {period: PT1M, maxGap: PT3M}
              - profile: envoy
                accuracy: 1
                points:
                  energy: {period: PT1M, maxGap: PT3M}
                  power: {period: PT1M, maxGap: PT3M}
            devices:
              - {id: net, profile: envoy-net, role: grid, rating: 50 kW}
              - {id: production, profile: envoy, role: pv, rating: 50 kW, parent: net}
              - {id: consumption, profile: envoy, role: auxiliary, rating: 50 kW, parent: net}
            """;

    @TempDir
    private Path states;

    private static EnphaseEnvoy envoy(String firmware) {
        return EnphaseEnvoy.read(Recordings.part("enphase-envoy/" + firmware + "/production.json"));
    }

    private SiteWindow quarter(EnphaseEnvoy envoy) {
        try (EngineDriver engine = new EngineDriver(states, START.plus(Duration.ofMinutes(MINUTES)), YAML)) {
            for (String meter : List.of(EnphaseEnvoy.NET, EnphaseEnvoy.PRODUCTION, EnphaseEnvoy.CONSUMPTION)) {
                for (int minute = 0; minute <= MINUTES; minute++) {
                    engine.send(
                            meter,
                            envoy.power(meter, START.plusSeconds(60L * minute).toEpochMilli()));
                }
            }
            engine.advanceTwice(Duration.ofMinutes(2));
            return engine.window("15m", START);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "4.10.35",
                "7.3.466_with_cts_3phase",
                "7.3.517_legacy_savings_mode",
                "7.6.175_with_cts",
                "7.6.185_with_cts_and_battery_3t",
                "8.2.127_with_3cts_and_battery_split",
                "8.2.4345_with_device_data",
                "8.2.4382_ACB_2",
                "8.3.5167_3rd-pv",
                "8.3.5169_with_generator"
            })
    void consumption_is_production_and_net(String firmware) {
        EnphaseEnvoy envoy = envoy(firmware);
        SiteWindow quarter = quarter(envoy);
        double production = envoy.meter(EnphaseEnvoy.PRODUCTION).watts();
        double net = envoy.meter(EnphaseEnvoy.NET).watts();
        double consumption = envoy.meter(EnphaseEnvoy.CONSUMPTION).watts();

        assertThat(quarter.getEnergyPvMj()).isCloseTo(millijoules(Math.max(0, production)), within(15L));
        assertThat(quarter.getEnergyImportMj()).isCloseTo(millijoules(Math.max(0, net)), within(15L));
        assertThat(quarter.getEnergyExportMj()).isCloseTo(millijoules(Math.max(0, -net)), within(15L));
        // what the inverters draw by night isn't production, so it is missing from their side of the balance
        double night = Math.max(0, -production);
        assertThat(quarter.getEnergyDcMj()).isCloseTo(millijoules(consumption + night), within(millijoules(0.01)));
        Branch branch = quarter.getBranches(0);
        assertThat(branch.getDevice()).isEqualTo(EnphaseEnvoy.NET);
        assertThat(branch.getMatchedMinutes()).isEqualTo(MINUTES);
        assertThat(branch.getRemainderMj()).isCloseTo(millijoules(night), within(millijoules(0.01)));
        assertThat(quarter.getDiagnosesList()).isEmpty();
    }

    @Test
    void a_total_that_is_the_net_again_leaves_the_production_unexplained() {
        EnphaseEnvoy envoy = envoy("8.3.5433_tot_is_net_cons");
        SiteWindow quarter = quarter(envoy);
        Branch branch = quarter.getBranches(0);
        assertThat(branch.getRemainderMj())
                .isCloseTo(millijoules(envoy.meter(EnphaseEnvoy.PRODUCTION).watts()), within(15L));
        assertThat(branch.getRemainderMj()).isGreaterThan(10 * branch.getToleranceMj());
        assertThat(quarter.getEnergyDcMj())
                .isGreaterThan(
                        millijoules(1.8 * envoy.meter(EnphaseEnvoy.CONSUMPTION).watts()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "4.2.33 | consumption: energy is of no active meter",
                "7.3.130_no_consumption | consumption: energy is of no active meter; net: energy_import is of no active meter",
                "8.2.4264_metered_noct | consumption: energy is negative: -65350800 mJ; net: energy_import is negative: -8005122000 mJ;"
                        + " production: energy is of no active meter",
                "8.2.4345_with_device_data | net: energy_import is negative: -848381760000 mJ",
                "8.3.5167_3rd-pv | net: energy_import is negative: -1137399285600 mJ",
                "8.3.5169_with_generator | ''",
                "4.10.35 | ''"
            })
    void a_lifetime_that_cannot_be_is_refused_with_a_reason(String firmware, String reasons) {
        Map<String, Sampling> accepted = new HashMap<>();
        List<String> refused = envoy(firmware).refusedLifetimes(START.toEpochMilli(), accepted);
        assertThat(String.join("; ", refused)).isEqualTo(reasons);
        assertThat(accepted).hasSize((firmware.equals("4.2.33") ? 2 : 3) - refused.size());
    }

    private static long millijoules(double watts) {
        return Math.round(watts * MILLIJOULES_PER_WATT);
    }
}
