package org.heliograph.streams.topology.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.heliograph.streams.energy.DeviceHistory;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.energy.Irregularity;
import org.heliograph.streams.energy.RegisterReading;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;

class KnownStepsTest {
    private static final int MINUTES = 50 * 60;
    private static final Set<Point> POINTS = Set.of(Point.ENERGY, Point.POWER);

    private final KnownSteps known = new KnownSteps();
    private final DeviceHistory history;
    private int looks;

    KnownStepsTest() throws ConfigurationException {
        history = DeviceHistory.of(
                SiteFile.parse("site", "site: test1\nzone: UTC\ndevices:\n  - {id: m, profile: rack-pdu, role: it}\n"),
                "m");
    }

    @Test
    void a_register_that_is_irregular_every_second_keeps_little() {
        for (String device : List.of("a", "b")) {
            for (int minute = 0; minute < MINUTES; minute++) {
                assertThat(ask(device, minute, 60)).hasSize(60);
            }
        }
        assertThat(known.rememberedSteps()).isLessThanOrEqualTo(KnownSteps.MOST_STEPS);
        assertThat(ask("b", MINUTES - 1, 60)).as("found anew").hasSize(60);

        known.keepOnly("a", Set.of(0L));
        known.keepOnly("b", Set.of());
        assertThat(known.rememberedSteps()).isEqualTo(60);
    }

    @Test
    void a_minute_is_looked_at_once_as_long_as_nothing_around_it_changes() {
        assertThat(ask("a", 5, 2)).hasSize(2);
        assertThat(ask("a", 5, 3)).hasSize(2);
        assertThat(looks).isEqualTo(1);

        known.keepOnly("a", Set.of());
        assertThat(ask("a", 5, 3)).hasSize(3);
        assertThat(known.rememberedSteps()).isEqualTo(3);
    }

    /** The steps of a minute, of which so many are found when it is looked at. */
    private List<Irregularity> ask(String device, int minute, int steps) {
        return known.minute(device, history, POINTS, Point.ENERGY, startMillis(minute), new TreeSet<>(), start -> {
                    looks++;
                    List<Irregularity> found = LongStream.range(0, steps)
                            .mapToObj(second -> step(start + second * 1000))
                            .toList();
                    return new KnownSteps.OfMinute(found, false, start, start + DeviceMinute.LENGTH_MILLIS);
                })
                .steps();
    }

    private static long startMillis(int minute) {
        return minute * DeviceMinute.LENGTH_MILLIS;
    }

    private static Irregularity step(long millis) {
        RegisterReading reading = new RegisterReading(millis, 0, "");
        return new Irregularity(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                reading,
                Optional.empty(),
                OptionalLong.empty(),
                false,
                0,
                Optional.empty());
    }
}
