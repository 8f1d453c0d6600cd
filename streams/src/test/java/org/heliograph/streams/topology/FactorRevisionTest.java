package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.heliograph.streams.topology.state.v1.SiteInput;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Factors that are revised months later, over more than a year's end: whenever they come, whatever is late, wherever the
 * process dies, all windows have in the end what their minutes come to by the factors that are known then.
 */
class FactorRevisionTest {
    private static final List<String> ZONES =
            List.of("UTC", "Africa/Casablanca", "Asia/Kathmandu", "America/New_York", "Pacific/Auckland");
    private static final long MINUTE_MILLIS = 60_000;

    @TempDir
    private Path folder;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 5);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whenever_factors_come_and_whatever_dies_all_windows_come_to_what_their_minutes_do(long seed)
            throws IOException {
        FactorWorld world = new FactorWorld(new Random(seed));
        ZoneId zone = ZoneId.of(ZONES.get((int) (seed % ZONES.size())));

        SitePartition storm =
                FactorSites.partition(folder, world.inTheirTime(), zone, Duration.ZERO); // a day at each call
        Random random = new Random(seed);
        long committedMillis = 0;
        while (storm.hasNext()) {
            if (storm.nextMillis() - committedMillis > Duration.ofDays(1).toMillis()) { // in truth it's a second
                storm.publish();
                storm.commit();
                committedMillis = storm.nextMillis();
            }
            switch (random.nextInt(12)) {
                case 0, 1 -> storm.publish();
                case 2, 3 -> storm.restateDays();
                case 4 -> storm.purge();
                case 5 -> storm.commit();
                case 6 -> storm.crash();
                default -> storm.take();
            }
        }
        end(storm, random);
        world.assertWindows(figures(storm, SitePartition.SITE), zone);
        world.assertWindows(figures(storm, FactorWorld.OTHER), FactorSites.OTHERS_ZONE);

        SitePartition calm = FactorSites.partition(folder, world.factorsFirst(), zone, Duration.ofMinutes(5));
        while (calm.hasNext()) {
            calm.take();
            calm.publish();
        }
        end(calm, new Random(seed));
        assertThat(figures(storm, SitePartition.SITE)).isEqualTo(figures(calm, SitePartition.SITE));
        assertThat(figures(storm, FactorWorld.OTHER)).isEqualTo(figures(calm, FactorWorld.OTHER));
    }

    @Test
    void a_process_that_dies_in_the_middle_goes_on_there_and_says_each_window_once() throws IOException {
        FactorWorld world = FactorWorld.withoutFactors();
        world.news(world.version(1, 0, FactorWorld.DAYS * 1440, 500), 0);
        SitePartition partition =
                FactorSites.partition(folder, world.inTheirTime(), ZoneId.of("Africa/Casablanca"), Duration.ZERO);
        while (partition.hasNext()) {
            partition.take();
            partition.publish();
            partition.purge();
        }
        partition.pass(Duration.ofDays(3)); // so that all days are over
        FactorSites.settle(partition);
        Map<String, SiteWindow> before = Map.copyOf(partition.said());

        partition.model( // the meter has others below it no more, from now on
                SitePartition.SITE,
                FactorSites.yaml(SitePartition.SITE, ZoneId.of("Africa/Casablanca"), FactorSites.FACTORS)
                        .replace("parent: util-1}", "parent: util-1, validTo: 2027-04-01}"));
        partition.take(world.version(2, 0, FactorWorld.DAYS * 1440, 600));
        for (int i = 0; i < 90; i++) { // the last minutes, then more than a month's days
            partition.pass(Duration.ofSeconds(1));
            partition.publish();
            partition.restateDays();
            if (i == 60) {
                partition.commit();
            }
        }
        assertThat(partition.isRestating()).isTrue();
        partition.crash();
        FactorSites.settle(partition);
        Map<String, SiteWindow> changed = new TreeMap<>(partition.said());
        changed.values().removeAll(before.values());
        List<String> restated = before.keySet().stream()
                .filter(name -> before.getOrDefault(name, SiteWindow.getDefaultInstance())
                        .getFactorAverage()
                        .equals("f@1"))
                .toList();
        assertThat(restated).filteredOn(name -> name.startsWith("1d@")).hasSizeGreaterThan(FactorWorld.DAYS / 2);
        assertThat(restated).filteredOn(name -> name.startsWith("1m@")).hasSizeGreaterThan(FactorWorld.DAYS);
        assertThat(changed.keySet()).containsExactlyInAnyOrderElementsOf(restated);
        assertThat(changed.values()).allSatisfy(window -> {
            assertThat(window.getFactorAverage()).isEqualTo("f@2");
            if (window.getEndMs() < world.endMillis()) { // else it is open
                assertThat(window.getCause()).isEqualTo("factor");
            }
        });
        assertThat(changed.keySet()).anyMatch(name -> name.startsWith("1mo@"));
        for (String length : List.of("1m@", "15m@", "1h@", "1d@", "1mo@")) {
            assertThat(changed.entrySet())
                    .filteredOn(window -> window.getKey().startsWith(length)
                            && window.getValue().getState() != WindowState.PROVISIONAL)
                    .as("a revision of factors changes no balance of a meter, nor leaves one out")
                    .allSatisfy(window -> assertThat(window.getValue().getBranchesList())
                            .isEqualTo(before.getOrDefault(window.getKey(), SiteWindow.getDefaultInstance())
                                    .getBranchesList()))
                    .anySatisfy(window -> assertThat(window.getValue().getBranchesList())
                            .anySatisfy(
                                    branch -> assertThat(branch.getCoverage()).isPositive()));
        }
        assertThat(changed.entrySet().stream()
                        .filter(entry -> entry.getValue().getState() != WindowState.PROVISIONAL)
                        .map(entry -> entry.getValue().getRevision()
                                - before.getOrDefault(entry.getKey(), SiteWindow.getDefaultInstance())
                                        .getRevision()))
                .containsOnly(1);
    }

    /** In this zone a day ends a quarter past an hour, whose other minutes are of a day that isn't past yet. */
    @Test
    void each_change_restates_each_window_once_also_where_a_day_ends_within_an_hour() throws IOException {
        ZoneId zone = ZoneId.of("Asia/Kathmandu");
        FactorWorld world = FactorWorld.empty(new Random(4));
        for (long minute = 0; minute < 9 * 1440; minute += 7) {
            world.minute(minute);
        }
        world.news(world.version(1, 0, FactorWorld.DAYS * 1440, 500), 0);
        SitePartition partition = FactorSites.partition(folder, world.inTheirTime(), zone, Duration.ofMinutes(5));
        while (partition.hasNext()) {
            partition.take();
            partition.publish();
        }
        FactorSites.settle(partition);
        Map<String, SiteWindow> before = Map.copyOf(partition.said());
        for (int version = 2; version <= 3; version++) {
            partition.take(world.version(version, 0, FactorWorld.DAYS * 1440, 400 + version));
            FactorSites.settle(partition);
        }

        end(partition, new Random(2));
        world.assertWindows(figures(partition, SitePartition.SITE), zone);
        assertThat(before).hasSizeGreaterThan(2_000);
        before.forEach((name, window) -> {
            SiteWindow after = partition.said().getOrDefault(name, SiteWindow.getDefaultInstance());
            if (window.hasCo2LocationUg() && window.getState() != WindowState.PROVISIONAL) {
                // an hour in which the last past day ends has two parts, each of which is restated by itself
                boolean isDivided = name.startsWith("1h@") && name.endsWith("T18:00:00Z");
                assertThat(after.getRevision() - window.getRevision()).as(name).isIn(2, isDivided ? 4 : 2);
            }
        });
    }

    @Test
    void a_complete_window_is_said_once_though_its_minutes_are_restated_one_after_the_other() throws IOException {
        FactorWorld world = FactorWorld.empty(new Random(3));
        for (long minute = 0; minute < 15; minute++) {
            long millis = FactorWorld.START.plusSeconds(60 * minute).toEpochMilli();
            SiteInput input = new FactorWorld.Share(40_000_000, 0, 0, 0, 30_000_000, 15).input(millis);
            world.heard(new SitePartition.Input(input, millis + MINUTE_MILLIS));
        }
        world.news(world.version(1, 0, FactorWorld.DAYS * 1440, 500), 0);
        SitePartition partition = FactorSites.partition(folder, world.inTheirTime(), ZoneId.of("UTC"), Duration.ZERO);
        while (partition.hasNext()) {
            partition.take();
            partition.publish();
        }
        FactorSites.settle(partition);
        SiteWindow before = quarter(partition);
        assertThat(before.getCoverage()).isEqualTo(1);
        assertThat(before.getState()).isNotEqualTo(WindowState.PROVISIONAL);

        partition.take(world.version(2, 0, FactorWorld.DAYS * 1440, 600));
        FactorSites.settle(partition);
        assertThat(quarter(partition).getFactorAverage()).isEqualTo("f@2");
        assertThat(quarter(partition).getRevision()).isEqualTo(before.getRevision() + 1);
    }

    private static SiteWindow quarter(SitePartition partition) {
        return partition.said().getOrDefault("15m@" + FactorWorld.START, SiteWindow.getDefaultInstance());
    }

    @Test
    void without_time_one_change_is_worked_off_in_a_call() throws IOException {
        FactorWorld world = FactorWorld.withoutFactors();
        SitePartition partition = FactorSites.partition(folder, world.inTheirTime(), ZoneId.of("UTC"), Duration.ZERO);
        while (partition.hasNext()) {
            partition.take();
            partition.publish();
        }
        FactorSites.settle(partition);
        for (int version = 1; version <= 3; version++) { // each of one old day
            partition.take(world.version(version, 20 * version * 1440, (20 * version + 1) * 1440, 500));
        }
        partition.publish();
        int calls = 0;
        while (partition.isRestating()) {
            partition.pass(Duration.ofSeconds(1));
            partition.publish();
            partition.restateDays();
            calls++;
        }
        assertThat(calls).isGreaterThanOrEqualTo(3);
    }

    private static void end(SitePartition partition, Random random) throws IOException {
        if (random.nextBoolean()) {
            partition.pass(Duration.ofDays(random.nextInt(10)));
        }
        FactorSites.settle(partition);
    }

    /** What has been said of a site's windows, but for how often and when. */
    private static Map<String, SiteWindow> figures(SitePartition partition, String site) {
        Map<String, SiteWindow> said = new TreeMap<>();
        partition.said(site).forEach((name, window) -> {
            SiteWindow.Builder figures = window.toBuilder()
                    .clearState()
                    .clearRevision()
                    .clearCause()
                    // of an open window: over the minutes passed
                    .clearCoverage()
                    .clearCompleteCoverage()
                    .clearFigureCoverage()
                    .clearEstimatedShare()
                    .clearCo2Coverage();
            figures.getBranchesBuilderList().forEach(branch -> branch.clearCoverage());
            said.put(name, figures.build());
        });
        return said;
    }
}
