package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a change of factors finds of sites that have chosen others since, or are no more. */
class FormerFactorsTest {
    private static final Instant MONTH_END = Instant.parse("2027-02-01T00:00:00Z");

    @TempDir
    private Path folder;

    /** A model tells what was chosen before for some weeks only; past hours tell it as long as factors are revised. */
    @Test
    void days_of_a_choice_that_the_model_tells_no_more_are_restated_though_other_hours_of_them_have_another()
            throws IOException {
        FactorWorld world = FactorWorld.ofTwoFactors();
        world.news(world.factor("h", 1, 0, FactorWorld.DAYS * 1440, 500), 0);
        for (int hour = 1; hour < 23; hour++) {
            world.minute(40 * 1440 + hour * 60);
        }
        SitePartition partition =
                FactorSites.partition(folder, world.inTheirTime(MONTH_END), ZoneId.of("UTC"), Duration.ofMinutes(5));
        String changes = "[{average: f}, {average: g, validFrom: 2026-11-29T10:00:00Z},"
                + " {average: h, validFrom: 2026-11-29T14:00:00Z}]";
        partition.model(SitePartition.SITE, FactorSites.yaml(SitePartition.SITE, ZoneId.of("UTC"), changes));
        FactorSites.play(partition);
        partition.pass(Duration.ofDays(12));
        FactorSites.settle(partition);
        assertThat(partition.said().values())
                .extracting(SiteWindow::getFactorAverage)
                .contains("f@1", "g@1", "h@1");

        partition.model(SitePartition.SITE, FactorSites.yaml(SitePartition.SITE, ZoneId.of("UTC"), "{average: other}"));
        for (String id : List.of("f", "g", "h")) {
            partition.take(world.factor(id, 2, 0, FactorWorld.DAYS * 1440, 600));
        }
        FactorSites.settle(partition);
        assertThat(partition.said())
                .allSatisfy((name, window) ->
                        assertThat(window.getFactorAverage()).as(name).doesNotContain("@1"));
        assertThat(partition.said().values())
                .extracting(SiteWindow::getFactorAverage)
                .contains("f@2", "g@2", "h@2");
    }

    @Test
    void what_awaits_the_model_of_a_withdrawn_site_is_forgotten_with_the_last_of_its_minutes() throws IOException {
        FactorWorld world = FactorWorld.ofTwoFactors();
        SitePartition partition = FactorSites.partition(
                folder,
                world.inTheirTime(FactorWorld.START.plus(Duration.ofDays(20))),
                ZoneId.of("UTC"),
                Duration.ofMinutes(5));
        FactorSites.play(partition);
        partition.withdraw(FactorWorld.OTHER);
        partition.take(world.version(2, 0, FactorWorld.DAYS * 1440, 600)); // also of what is to come
        for (int day = 0; day < 3; day++) {
            partition.pass(Duration.ofDays(1));
            partition.publish();
            partition.restateDays();
            partition.purge();
        }
        assertThat(partition.isRestating()).as("its model may come back").isTrue();
        partition.pass(Duration.ofDays(9));
        partition.purge();
        assertThat(partition.isRestating()).isFalse();
    }

    @Test
    void a_site_that_never_had_a_model_is_forgotten_too_also_after_a_restart() throws IOException {
        SitePartition partition = FactorSites.partition(
                folder,
                FactorWorld.ofTwoFactors().inTheirTime(FactorWorld.START.plus(Duration.ofDays(2))),
                ZoneId.of("UTC"),
                Duration.ZERO);
        partition.take("nobody", new FactorWorld.Share(1, 0, 0, 0, 1, 15).input(FactorWorld.START.toEpochMilli()));
        partition.commit();
        assertThat(partition.isRestating()).isTrue();
        partition.crash();
        partition.pass(Duration.ofDays(20));
        partition.purge();
        assertThat(partition.isRestating()).isFalse();
    }
}
