package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Objects;
import org.heliograph.streams.rollup.Window;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A site that changes its zone within a year: the year goes on having the months of before. */
class ChangedZoneTest {
    private static final Instant CHANGE = Instant.parse("2026-12-10T12:00:00Z");

    private static final int NOVEMBER_29 = 40;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "UTC, Asia/Kolkata, true",
        "UTC, Africa/Casablanca, true",
        "America/New_York, UTC, true",
        "UTC, Asia/Kolkata, false"
    })
    void months_of_the_zone_before_stay_in_the_year_when_a_factor_restates_them_or_they_are_still_open(
            String before, String after, boolean areClosed) throws IOException {
        FactorWorld world = FactorWorld.ofTwoFactors();
        SitePartition partition =
                FactorSites.partition(folder, world.inTheirTime(CHANGE), ZoneId.of(before), Duration.ofMinutes(5));
        while (partition.hasNext()) {
            partition.take();
            partition.publish();
            if (areClosed) { // else the factors that are pending hold them open
                partition.restateDays();
            }
        }
        partition.passTo(CHANGE);
        partition.model(
                SitePartition.SITE, FactorSites.yaml(SitePartition.SITE, ZoneId.of(after), FactorSites.FACTORS));
        FactorSites.settle(partition);
        partition.take(world.version(2, 0, NOVEMBER_29 * 1440, 600));
        FactorSites.settle(partition);
        partition.take(new FactorWorld.Share(40_000_000, 0, 0, 0, 30_000_000, 15)
                .input(CHANGE.plusSeconds(60).toEpochMilli()));
        FactorSites.settle(partition);

        Map<String, SiteWindow> said = partition.said();
        long minutes = said.values().stream()
                .filter(window -> window.getWindow().equals(Window.MINUTE.label()))
                .mapToLong(SiteWindow::getEnergyImportMj)
                .sum();
        String year = "1y@" + Window.YEAR.startOf(CHANGE, ZoneId.of(after));
        assertThat(Objects.requireNonNull(said.get(year), year).getEnergyImportMj())
                .isEqualTo(minutes);
    }
}
