package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A site that is withdrawn, for longer than its minutes are kept too, and comes back: its figures go on adding up. */
class ReturnedSiteTest {
    /** January is closed, and its last days are kept minute by minute. */
    private static final Instant FEBRUARY = Instant.parse("2027-02-02T12:00:00Z");

    @TempDir
    private Path folder;

    static LongStream seeds() {
        return LongStream.of(1, 7, 8);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatever_was_under_way_when_it_was_withdrawn_its_windows_are_what_their_parts_add_up_to(long seed)
            throws IOException {
        Random random = new Random(seed);
        ZoneId zone = ZoneId.of(List.of("Asia/Kolkata", "Africa/Casablanca", "UTC", "America/New_York")
                .get(random.nextInt(4)));
        FactorWorld world = new FactorWorld(random);
        SitePartition partition = FactorSites.partition(folder, world.inTheirTime(), zone, Duration.ZERO);
        int back = 0;
        for (int taken = 0; partition.hasNext(); taken++) {
            partition.take();
            partition.publish();
            for (int call = random.nextInt(30); call > 0; call--) {
                partition.pass(Duration.ofSeconds(1));
                partition.restateDays();
                if (random.nextInt(20) == 0) {
                    partition.publish();
                }
            }
            if (random.nextInt(3) > 0) {
                partition.purge();
            }
            if (taken == back) {
                partition.model(SitePartition.SITE, FactorSites.yaml(SitePartition.SITE, zone, FactorSites.FACTORS));
            } else if (taken > back && random.nextInt(20) == 0) {
                partition.withdraw(SitePartition.SITE);
                back = taken + 1 + random.nextInt(40);
            }
            if (random.nextInt(60) == 0) {
                partition.commit();
                partition.crash();
            }
        }
        partition.model(SitePartition.SITE, FactorSites.yaml(SitePartition.SITE, zone, FactorSites.FACTORS));
        FactorSites.settle(partition);
        WindowParts.assertAddUp(partition.said().values(), zone);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 8, 21, 40})
    void withdrawn_while_a_factor_is_restated_its_closed_months_are_what_their_days_add_up_to(int steps)
            throws IOException {
        ZoneId zone = ZoneId.of("UTC");
        FactorWorld world = FactorWorld.ofTwoFactors();
        SitePartition partition = FactorSites.partition(folder, world.inTheirTime(FEBRUARY), zone, Duration.ZERO);
        FactorSites.play(partition);

        partition.take(world.version(2, 0, FactorWorld.DAYS * 1440, 600));
        for (int step = 0; step < steps; step++) {
            partition.pass(Duration.ofSeconds(1));
            partition.restateDays();
        }
        partition.withdraw(SitePartition.SITE);
        for (int day = 0; day < 10; day++) {
            partition.pass(Duration.ofDays(1));
            partition.publish();
            partition.purge();
            for (int call = 0; call < 30; call++) { // so that the other site is done
                partition.pass(Duration.ofSeconds(1));
                partition.restateDays();
            }
        }
        partition.model(SitePartition.SITE, FactorSites.yaml(SitePartition.SITE, zone, FactorSites.FACTORS));
        FactorSites.settle(partition);
        WindowParts.assertAddUp(partition.said().values(), zone);
    }

    /** There a day ends within an hour, which is past with the next day: unless the site is withdrawn before. */
    @Test
    void a_day_whose_last_half_hour_is_gone_is_restated_in_none_of_its_parts() throws IOException {
        ZoneId zone = ZoneId.of("Asia/Kolkata");
        FactorWorld world = FactorWorld.ofTwoFactors();
        for (int hour = 96 * 24; hour < 106 * 24; hour++) {
            world.minute(hour * 60L + 10);
        }
        SitePartition partition =
                FactorSites.partition(folder, world.inTheirTime(FEBRUARY), zone, Duration.ofMinutes(5));
        FactorSites.play(partition);
        partition.withdraw(SitePartition.SITE);
        for (int day = 0; day < 10; day++) {
            partition.pass(Duration.ofDays(1));
            partition.purge();
        }
        partition.model(SitePartition.SITE, FactorSites.yaml(SitePartition.SITE, zone, FactorSites.FACTORS));
        partition.take(world.version(2, 0, FactorWorld.DAYS * 1440, 600));
        FactorSites.settle(partition);
        WindowParts.assertAddUp(partition.said().values(), zone);
        assertThat(partition.said().values())
                .extracting(SiteWindow::getFactorAverage)
                .contains("f@1", "f@2");
    }
}
