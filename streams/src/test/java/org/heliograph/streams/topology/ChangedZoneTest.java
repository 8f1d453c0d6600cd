package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.function.ToLongFunction;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.topology.state.v1.SiteInput;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A site that changes its zone within a year: the year goes on having the months of before. */
class ChangedZoneTest {
    private static final Instant CHANGE = Instant.parse("2026-12-10T12:00:00Z");

    private static final SiteInput MINUTE_AFTER = new FactorWorld.Share(40_000_000, 0, 0, 0, 30_000_000, 15)
            .input(CHANGE.plusSeconds(60).toEpochMilli());

    private static final int NOVEMBER_29 = 40;
    private static final int FIRST_DAY = 45;
    private static final int LAST_DAY = 52;

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
        partition.take(MINUTE_AFTER);
        FactorSites.settle(partition);

        assertYear(partition, ZoneId.of(after));
    }

    static List<Arguments> changesSomeHoursAgo() {
        return List.of(
                Arguments.of("UTC", "Asia/Kolkata", 3),
                Arguments.of("UTC", "Asia/Kolkata", 30),
                Arguments.of("UTC", "Africa/Casablanca", 30),
                Arguments.of("Africa/Casablanca", "UTC", 30),
                Arguments.of("America/New_York", "UTC", 54),
                Arguments.of("UTC", "America/New_York", 54));
    }

    /** While minutes of the days before are kept, and the first of them are past hours already. */
    @ParameterizedTest
    @MethodSource("changesSomeHoursAgo")
    void a_factor_that_changes_in_the_days_after_loses_nothing_of_the_day_in_which_a_day_of_the_new_zone_begins(
            String before, String after, int hoursLater) throws IOException {
        FactorWorld world = ofEachHour();
        SitePartition partition = changed(world, before, after, hoursLater);
        partition.take(world.version(2, 0, FactorWorld.DAYS * 1440, 600));
        FactorSites.settle(partition);
        assertYear(partition, ZoneId.of(after));
        assertMonth(partition, before, after);
    }

    @ParameterizedTest
    @MethodSource("changesSomeHoursAgo")
    void a_factor_that_changes_for_some_hours_only_restates_the_day_that_they_are_in(
            String before, String after, int hoursLater) throws IOException {
        FactorWorld world = ofEachHour();
        SitePartition partition = changed(world, before, after, hoursLater);
        for (int hour = FIRST_DAY * 24; hour < LAST_DAY * 24; hour += 5) {
            partition.take(world.version(hour, hour * 60, (hour + 5) * 60, 600));
            FactorSites.settle(partition);
            assertYear(partition, ZoneId.of(after));
            assertMonth(partition, before, after);
        }
    }

    private static FactorWorld ofEachHour() {
        FactorWorld world = FactorWorld.ofTwoFactors();
        for (int hour = FIRST_DAY * 24; hour < LAST_DAY * 24; hour++) {
            world.minute(hour * 60L + 10);
        }
        return world;
    }

    /** A site that changed its zone some hours ago, of which little was heard since. */
    private SitePartition changed(FactorWorld world, String before, String after, int hoursAgo) throws IOException {
        SitePartition partition =
                FactorSites.partition(folder, world.inTheirTime(CHANGE), ZoneId.of(before), Duration.ofMinutes(5));
        FactorSites.play(partition);
        partition.passTo(CHANGE);
        partition.model(
                SitePartition.SITE, FactorSites.yaml(SitePartition.SITE, ZoneId.of(after), FactorSites.FACTORS));
        partition.take(MINUTE_AFTER);
        FactorSites.settle(partition);
        partition.passTo(CHANGE.plus(Duration.ofHours(hoursAgo)));
        FactorSites.settle(partition);
        return partition;
    }

    private static void assertMonth(SitePartition partition, String before, String after) {
        String month = "1mo@" + Window.MONTH.startOf(CHANGE, ZoneId.of(after));
        assertThat(Objects.requireNonNull(partition.said().get(month), month).getCo2LocationUg())
                .isEqualTo(
                        sum(partition, Window.MONTH.startOf(CHANGE, ZoneId.of(before)), SiteWindow::getCo2LocationUg));
    }

    private static void assertYear(SitePartition partition, ZoneId zone) {
        String year = "1y@" + Window.YEAR.startOf(CHANGE, zone);
        assertThat(Objects.requireNonNull(partition.said().get(year), year).getEnergyImportMj())
                .isEqualTo(sum(partition, Instant.EPOCH, SiteWindow::getEnergyImportMj));
    }

    /** Of the minutes since then. */
    private static long sum(SitePartition partition, Instant since, ToLongFunction<SiteWindow> figure) {
        return partition.said().values().stream()
                .filter(window ->
                        window.getWindow().equals(Window.MINUTE.label()) && window.getStartMs() >= since.toEpochMilli())
                .mapToLong(figure)
                .sum();
    }
}
