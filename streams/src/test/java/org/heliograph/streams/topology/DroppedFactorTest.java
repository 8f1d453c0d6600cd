package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Objects;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A site whose model names a factor no more, also of the past, while a revision of that is worked off. */
class DroppedFactorTest {
    /** January is closed, and its last days are kept minute by minute. */
    private static final Instant FEBRUARY = Instant.parse("2027-02-02T12:00:00Z");

    private static final int JANUARY_30 = 102;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 8, 21})
    void its_months_and_years_are_what_their_days_add_up_to_whenever_that_happens(int steps) throws IOException {
        FactorWorld world = FactorWorld.ofTwoFactors();
        for (int hour = 1; hour < 10; hour++) {
            world.minute(JANUARY_30 * 1440 + hour * 60);
        }
        SitePartition partition =
                FactorSites.partition(folder, world.inTheirTime(FEBRUARY), ZoneId.of("UTC"), Duration.ZERO);
        model(partition, "[{average: g}, {average: f, validFrom: 2027-01-30T00:00:00Z}]"); // no past hour has it
        FactorSites.play(partition);
        assertThat(window(partition.said(), "1mo@2027-01-01T00:00:00Z").getFactorAverage())
                .isEqualTo("f@1,g@1");

        partition.take(world.version(2, JANUARY_30 * 1440, FactorWorld.DAYS * 1440, 600));
        for (int step = 0; step < steps; step++) {
            partition.pass(Duration.ofSeconds(1));
            partition.restateDays();
        }
        model(partition, "[{average: g}]");
        FactorSites.settle(partition);

        Map<String, SiteWindow> said = partition.said();
        assertThat(days(said, "2027-01")).isEqualTo(mass(said, "1mo@2027-01-01T00:00:00Z"));
        assertThat(months(said, "2027")).isEqualTo(mass(said, "1y@2027-01-01T00:00:00Z"));
    }

    private static SiteWindow window(Map<String, SiteWindow> said, String name) {
        return Objects.requireNonNull(said.get(name), name);
    }

    private static long mass(Map<String, SiteWindow> said, String name) {
        return window(said, name).getCo2LocationUg();
    }

    private static long days(Map<String, SiteWindow> said, String month) {
        return sum(said, "1d@" + month);
    }

    private static long months(Map<String, SiteWindow> said, String year) {
        return sum(said, "1mo@" + year);
    }

    private static long sum(Map<String, SiteWindow> said, String prefix) {
        return said.entrySet().stream()
                .filter(window -> window.getKey().startsWith(prefix))
                .mapToLong(window -> window.getValue().getCo2LocationUg())
                .sum();
    }

    private static void model(SitePartition partition, String factors) {
        partition.model(SitePartition.SITE, FactorSites.yaml(SitePartition.SITE, ZoneId.of("UTC"), factors));
    }
}
