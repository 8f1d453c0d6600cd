package org.heliograph.telemetry.reading;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PointTest {
    /**
     * Number, label and unit of every point there ever was. A line here is a promise to the bytes already in Kafka and
     * the series already in InfluxDB: add lines at the end, never change or reuse one. A point that is given up keeps its
     * line, commented out.
     */
    private static final List<String> EVERY_POINT = List.of(
            "1 power W",
            "2 energy Wh",
            "3 energy_import Wh",
            "4 energy_export Wh",
            "5 energy_charge Wh",
            "6 energy_discharge Wh",
            "7 voltage V",
            "8 current A",
            "9 frequency Hz",
            "10 power_factor /",
            "11 apparent_power VA",
            "12 supply_temp Cel",
            "13 return_temp Cel",
            "14 supply_humidity %RH",
            "15 fan_speed %",
            "16 cooling_demand %",
            "17 compressor %",
            "18 inlet_temp Cel",
            "19 state ",
            "20 events ",
            "21 leak ",
            "22 door ",
            "23 breaker ",
            "24 load %");

    @Test
    void numbers_labels_and_units_are_as_they_have_always_been() {
        assertThat(Arrays.stream(Point.values())
                        .map(point -> point.number() + " " + point.label() + " "
                                + point.unit().symbol()))
                .containsExactlyElementsOf(EVERY_POINT);
    }

    @Test
    void every_point_is_found_by_its_number_and_by_its_label() {
        for (Point point : Point.values()) {
            assertThat(Point.numbered(point.number())).contains(point);
            assertThat(Point.labelled(point.label())).contains(point);
        }
    }

    @Test
    void numbers_and_labels_of_no_point_find_nothing() {
        for (int number : new int[] {0, -1, 25, 1_000_000, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            assertThat(Point.numbered(number)).isEmpty();
        }
        for (String label : new String[] {"", "Power", "power ", "POWER", "energy-import"}) {
            assertThat(Point.labelled(label)).isEmpty();
        }
    }

    @Test
    void registers_are_the_points_that_count_energy() {
        assertThat(Point.values())
                .filteredOn(Point::isRegister)
                .containsExactly(
                        Point.ENERGY,
                        Point.ENERGY_IMPORT,
                        Point.ENERGY_EXPORT,
                        Point.ENERGY_CHARGE,
                        Point.ENERGY_DISCHARGE);
    }
}
