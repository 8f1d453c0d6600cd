package org.heliograph.streams.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Sampling;
import org.heliograph.telemetry.reading.Series;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SentinelsTest {
    private static Readings readings(Sampling sampling) {
        return new Readings(new DeviceId("casa1", "inv-1"), "", sampling.series());
    }

    @ParameterizedTest
    @CsvSource({
        "power,-32768",
        "power,2147483647",
        "power,-2147483648",
        "supply_temp,-32768",
        "fan_speed,65535",
        "state,65535",
        "supply_temp,-3276.8",
        "supply_temp,-3276.8000000000002",
        "voltage,6553.5",
        "frequency,655.35",
        "power,-327680",
        "power,21474836470"
    })
    void a_number_that_says_no_value_is_absent(String label, double sentinel) {
        Point point = Point.labelled(label).orElseThrow();
        assertThat(Sentinels.strip(readings(new Sampling().gauge(point, 0, sentinel))))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 10, 100, 1_000})
    void a_register_at_the_largest_int32_is_absent_in_whatever_unit_it_came(long scale) {
        long sentinel = Integer.MAX_VALUE * Millijoules.PER_WATT_HOUR * scale;
        assertThat(Sentinels.strip(readings(new Sampling().register(Point.ENERGY, 0, sentinel))))
                .isEmpty();
    }

    @Test
    void what_is_beside_a_sentinel_stays() {
        Readings real = Sentinels.strip(readings(new Sampling()
                        .gauge(Point.POWER, 0, 5)
                        .gauge(Point.POWER, 1, -32768)
                        .gauge(Point.POWER, 2, 7)
                        .gauge(Point.FAN_SPEED, 0, 65535)))
                .orElseThrow();
        assertThat(real.series())
                .isEqualTo(List.of(new Series.Gauge(Point.POWER, new long[] {0, 2}, new double[] {5, 7})));
    }

    @ParameterizedTest
    @CsvSource({"power,65535", "events,65535", "power,-32767.5", "power,655350", "supply_temp,0", "supply_temp,-3276.7"
    })
    void what_a_device_can_mean_is_a_value(String label, double value) {
        Readings all = readings(new Sampling().gauge(Point.labelled(label).orElseThrow(), 0, value));
        assertThat(Sentinels.strip(all)).containsSame(all);
    }
}
