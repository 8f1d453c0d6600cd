package org.heliograph.streams.energy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.heliograph.streams.sample.Samples;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;

/** A UPS counts at its output; some measure beside it what they draw. */
class UpsTest {
    private static final long WH = Millijoules.PER_WATT_HOUR;
    private static final long MINUTE = DeviceMinute.LENGTH_MILLIS;

    private final List<Series> readings = new ArrayList<>(List.of(
            register(Point.ENERGY, new long[] {0, MINUTE}, 1000, 1100),
            new Series.Gauge(Point.POWER, new long[] {0, MINUTE}, new double[] {6000, 6000})));

    @Test
    void a_ups_that_does_not_measure_its_input_is_whole_all_the_same() throws Exception {
        DeviceMinute minute = minute();
        assertThat(minute.energies()).isEqualTo(Map.of(Point.ENERGY, 100 * WH));
        assertThat(minute.isComplete()).isTrue();
        assertThat(minute.flags()).isEmpty();
    }

    @Test
    void what_it_draws_is_said_beside_what_it_gives_and_is_not_its_energy() throws Exception {
        readings.add(register(Point.ENERGY_IMPORT, new long[] {0, MINUTE}, 2000, 2106));
        DeviceMinute minute = minute();
        assertThat(minute.energies()).isEqualTo(Map.of(Point.ENERGY, 100 * WH, Point.ENERGY_IMPORT, 106 * WH));
        assertThat(minute.netMillijoules()).hasValue(100 * WH);
        assertThat(minute.isComplete()).isTrue();
    }

    @Test
    void what_it_draws_is_said_of_a_whole_minute_or_not_at_all_and_never_taken_from_its_output_power()
            throws Exception {
        readings.add(register(Point.ENERGY_IMPORT, new long[] {0, MINUTE / 2}, 2000, 2053));
        DeviceMinute minute = minute();
        assertThat(minute.energies()).isEqualTo(Map.of(Point.ENERGY, 100 * WH));
        assertThat(minute.isComplete()).isTrue();
        assertThat(minute.flags()).isEmpty();
    }

    private DeviceMinute minute() throws ConfigurationException {
        SiteModel site = SiteFile.parse("site.yaml", """
                site: test1
                zone: UTC
                devices: [{id: ups-a, profile: ups, role: ups, rating: 20 kW}]
                """);
        Device ups = site.devices().getFirst();
        return DeviceMinute.of(DeviceHistory.of(site, "ups-a"), ups, Samples.of("", readings), 0);
    }

    private static Series.Register register(Point point, long[] times, long... wattHours) {
        long[] millijoules = new long[wattHours.length];
        for (int i = 0; i < millijoules.length; i++) {
            millijoules[i] = wattHours[i] * WH;
        }
        return new Series.Register(point, times, millijoules);
    }
}
