package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.Stream;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a change of factors finds of sites that have chosen others since, or are no more. */
class FormerFactorsTest {
    private static final Instant MONTH_END = Instant.parse("2027-02-01T00:00:00Z");

    @TempDir
    private Path folder;

    private static void model(SitePartition partition, String factors) {
        partition.model(SitePartition.SITE, FactorSites.yaml(SitePartition.SITE, ZoneId.of("UTC"), factors));
    }

    /** A model tells what was chosen before for some weeks only; past hours tell it as long as factors are revised. */
    @Test
    void days_of_a_choice_that_the_model_tells_no_more_are_restated_though_other_hours_of_them_have_another()
            throws IOException {
        assertRestatedOnceForgotten(
                "[{average: f}, {average: g, validFrom: 2026-11-29T10:00:00Z},"
                        + " {average: h, validFrom: 2026-11-29T14:00:00Z}]",
                "f",
                "g",
                "h");
    }

    @Test
    void hours_of_a_choice_that_the_model_tells_no_more_are_restated_though_their_day_began_and_ended_with_another()
            throws IOException {
        assertRestatedOnceForgotten(
                "[{average: f}, {average: g, validFrom: 2026-11-29T10:00:00Z},"
                        + " {average: f, validFrom: 2026-11-29T14:00:00Z}]",
                "g",
                "f");
    }

    private void assertRestatedOnceForgotten(String choices, String... ids) throws IOException {
        FactorWorld world = FactorWorld.ofTwoFactors();
        world.news(world.factor("h", 1, 0, FactorWorld.DAYS * 1440, 500), 0);
        for (int hour = 1; hour < 23; hour++) {
            world.minute(40 * 1440 + hour * 60);
        }
        SitePartition partition =
                FactorSites.partition(folder, world.inTheirTime(MONTH_END), ZoneId.of("UTC"), Duration.ofMinutes(5));
        model(partition, choices);
        FactorSites.play(partition);
        partition.pass(Duration.ofDays(12));
        FactorSites.settle(partition);
        assertThat(partition.said().values())
                .extracting(SiteWindow::getFactorAverage)
                .containsAll(Stream.of(ids).map(id -> id + "@1").toList());

        model(partition, "{average: other}");
        partition.crash(); // what was chosen outlives it
        for (String id : ids) {
            partition.take(world.factor(id, 2, 0, FactorWorld.DAYS * 1440, 600));
            FactorSites.settle(partition);
            assertThat(partition.said())
                    .allSatisfy((name, window) ->
                            assertThat(window.getFactorAverage()).as(name).doesNotContain(id + "@1"));
        }
        assertThat(partition.said().values())
                .extracting(SiteWindow::getFactorAverage)
                .containsAll(Stream.of(ids).map(id -> id + "@2").toList());
    }

    @Test
    void a_year_that_ends_meanwhile_closes_with_the_new_version_of_a_factor_of_which_only_its_past_hours_tell()
            throws IOException {
        Instant newYear = Instant.parse("2027-01-01T00:00:00Z");
        FactorWorld world = FactorWorld.ofTwoFactors();
        SitePartition partition =
                FactorSites.partition(folder, world.inTheirTime(newYear), ZoneId.of("UTC"), Duration.ZERO);
        model(partition, "[{average: f}, {average: g, validFrom: 2026-12-01T00:00:00Z}]");
        FactorSites.play(partition);
        model(partition, "{average: g}");
        partition.passTo(newYear.plusSeconds(50)); // it closes a minute after its end
        partition.publish();
        partition.commit();
        partition.closed().clear();
        partition.take(world.version(2, 0, FactorWorld.DAYS * 1440, 600));
        for (int second = 0; second < 300; second++) {
            partition.pass(Duration.ofSeconds(1));
            partition.publish();
            partition.restateDays();
        }
        FactorSites.settle(partition);
        assertThat(partition.closed())
                .filteredOn(window -> window.getSite().equals(SitePartition.SITE)
                        && window.getWindow().equals("1y"))
                .extracting(SiteWindow::getFactorAverage)
                .isNotEmpty()
                .containsOnly("f@2,g@1");
    }

    @Test
    void days_of_a_site_that_is_withdrawn_by_mistake_meanwhile_are_restated_once_it_is_back() throws IOException {
        FactorWorld world = FactorWorld.ofTwoFactors();
        SitePartition partition =
                FactorSites.partition(folder, world.inTheirTime(MONTH_END), ZoneId.of("UTC"), Duration.ofMinutes(5));
        FactorSites.play(partition);
        partition.withdraw(SitePartition.SITE);
        partition.take(world.version(2, 0, FactorWorld.DAYS * 1440, 600));
        for (int second = 0; second < 10; second++) {
            partition.pass(Duration.ofSeconds(1));
            partition.publish();
            partition.restateDays();
        }
        model(partition, FactorSites.FACTORS);
        FactorSites.settle(partition);
        for (String site : List.of(SitePartition.SITE, FactorWorld.OTHER)) {
            assertThat(partition.said(site).values())
                    .extracting(SiteWindow::getFactorAverage)
                    .contains("f@2")
                    .doesNotContain("f@1");
        }
    }

    @Test
    void what_awaits_the_model_of_a_withdrawn_site_is_forgotten_with_the_last_of_its_windows() throws IOException {
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
        partition.restateDays();
        assertThat(partition.isRestating())
                .as("its months may have to be added up")
                .isTrue();
        partition.pass(Duration.ofDays(800));
        partition.purge();
        partition.restateDays();
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
        partition.restateDays();
        assertThat(partition.isRestating()).isFalse();
    }
}
