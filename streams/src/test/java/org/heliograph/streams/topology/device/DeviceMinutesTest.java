package org.heliograph.streams.topology.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.energy.Flag;
import org.heliograph.streams.energy.Statistics;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Device;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.wire.v1.PointEnergy;
import org.heliograph.telemetry.wire.v1.PointStatistics;
import org.junit.jupiter.api.Test;

final class DeviceMinutesTest {
    private static final long MINUTE = 1_780_000_020_000L;
    private static final DeviceId UTILITY = new DeviceId("test1", "util-1");

    private final DeviceMinutes minutes = new DeviceMinutes();

    @Test
    void a_minute_is_the_bytes_of_its_message() throws Exception {
        Device device = device();
        DeviceMinute minute = new DeviceMinute(
                Map.of(Point.ENERGY_EXPORT, 0L, Point.ENERGY_IMPORT, 123_456_789L),
                30_000,
                Set.of(Flag.INTERPOLATED, Flag.GLITCH),
                List.of(
                        new Statistics(Point.POWER, 12.5, -0.0, 25, 0, 6),
                        new Statistics(Point.FREQUENCY, 50, 49.9, 50.1, 50, 200)),
                List.of());

        byte[] bytes = minutes.encode(seen(), device, MINUTE, minute);

        assertThat(bytes)
                .isEqualTo(org.heliograph.telemetry.wire.v1.DeviceMinute.newBuilder()
                        .setSite("test1")
                        .setDevice("util-1")
                        .setDeviceClass("utility-meter")
                        .setRole("grid")
                        .setArea("yard")
                        .setStartMs(MINUTE)
                        .setEnergyMj(123_456_789)
                        .addEnergy(PointEnergy.newBuilder()
                                .setPoint(Point.ENERGY_IMPORT.number())
                                .setMillijoules(123_456_789))
                        .addEnergy(PointEnergy.newBuilder().setPoint(Point.ENERGY_EXPORT.number()))
                        .setCoverage(0.5)
                        .setFlag("glitch,interpolated")
                        .addPoints(statistics(Point.POWER, 12.5, -0.0, 25, 0, 6))
                        .addPoints(statistics(Point.FREQUENCY, 50, 49.9, 50.1, 50, 200))
                        .setEstimated(minute.isEstimated())
                        .build()
                        .toByteArray());
    }

    @Test
    void a_minute_of_which_nothing_is_known_is_the_bytes_of_its_message() throws Exception {
        byte[] bytes =
                minutes.encode(seen(), device(), MINUTE, new DeviceMinute(Map.of(), 0, Set.of(), List.of(), List.of()));

        assertThat(bytes)
                .isEqualTo(org.heliograph.telemetry.wire.v1.DeviceMinute.newBuilder()
                        .setSite("test1")
                        .setDevice("util-1")
                        .setDeviceClass("utility-meter")
                        .setRole("grid")
                        .setArea("yard")
                        .setStartMs(MINUTE)
                        .build()
                        .toByteArray());
    }

    @Test
    void a_device_that_the_model_has_changed_is_told_as_it_is_now() throws Exception {
        SeenDevice seen = seen();
        DeviceMinute minute = new DeviceMinute(Map.of(), 0, Set.of(), List.of(), List.of());
        minutes.encode(seen, device(), MINUTE, minute);

        byte[] bytes = minutes.encode(seen, device("roof"), MINUTE, minute);

        assertThat(org.heliograph.telemetry.wire.v1.DeviceMinute.parseFrom(bytes)
                        .getArea())
                .isEqualTo("roof");
    }

    private static PointStatistics statistics(
            Point point, double mean, double min, double max, double last, int count) {
        return PointStatistics.newBuilder()
                .setPoint(point.number())
                .setMean(mean)
                .setMin(min)
                .setMax(max)
                .setLast(last)
                .setCount(count)
                .build();
    }

    private static SeenDevice seen() {
        return new SeenDevice(UTILITY, UTILITY.key());
    }

    private static Device device() throws Exception {
        return device("yard");
    }

    private static Device device(String area) throws Exception {
        return SiteFile.parse("test1.yaml", """
                        site: test1
                        zone: Africa/Casablanca
                        location: {latitude: 33.57, longitude: -7.59}
                        factors: {average: ember-2024, marginal: ifi-2021-solar}
                        devices:
                          - {id: util-1, profile: utility-meter, role: grid, rating: 2 MW, area: %s}
                        """.formatted(area)).devices().getFirst();
    }
}
