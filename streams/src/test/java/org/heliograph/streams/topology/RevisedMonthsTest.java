package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.heliograph.streams.rollup.Window;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Months and years whose factors are revised: no statement of a closed one has half of a change, and each has one. */
class RevisedMonthsTest {
    private static final Instant MONTH_END = Instant.parse("2027-02-01T00:00:00Z");

    @TempDir
    private Path folder;

    /** One site chooses both, and the other only the second: what the first change has done there says nothing of it. */
    @Test
    void no_closed_month_is_said_of_two_versions_of_a_factor_though_two_change_together_and_it_closes_meanwhile()
            throws IOException {
        FactorWorld world = FactorWorld.ofTwoFactors();
        SitePartition partition =
                FactorSites.partition(folder, world.inTheirTime(MONTH_END), ZoneId.of("UTC"), Duration.ZERO);
        partition.model(
                SitePartition.SITE,
                FactorSites.yaml(SitePartition.SITE, ZoneId.of("UTC"), "{average: f, marginal: g}"));
        partition.model(
                FactorWorld.OTHER, FactorSites.yaml(FactorWorld.OTHER, FactorSites.OTHERS_ZONE, "{average: g}"));
        FactorSites.play(partition);
        partition.passTo(MONTH_END.minusSeconds(30));
        for (int version = 2; version <= 3; version++) {
            Map<String, SiteWindow> before = Map.copyOf(partition.said());
            Map<String, SiteWindow> othersBefore = Map.copyOf(partition.said(FactorWorld.OTHER));
            partition.closed().clear();
            partition.take(world.version(version, 0, FactorWorld.DAYS * 1440, 600 + version));
            partition.take(world.factor("g", version, 0, FactorWorld.DAYS * 1440, 700 + version));
            for (int second = 0; second < 600; second++) {
                partition.pass(Duration.ofSeconds(1));
                partition.publish();
                partition.restateDays();
            }
            FactorSites.settle(partition);
            assertOfOneVersion(partition.closed());
            assertThat(partition.said().get("1mo@" + Window.MONTH.startOf(FactorWorld.START, ZoneId.of("UTC"))))
                    .extracting(SiteWindow::getFactorAverage, SiteWindow::getFactorMarginal)
                    .containsExactly("f@" + version, "g@" + version);
            assertLongerAreRestatedOnce(before, partition.said(), 4);
            assertLongerAreRestatedOnce(othersBefore, partition.said(FactorWorld.OTHER), 4);
            partition.pass(Duration.ofHours(12)); // so that the other's month has ended, too
        }
    }

    @Test
    void a_site_that_catches_up_holds_up_no_other_and_its_months_say_no_half_of_a_change() throws IOException {
        FactorWorld world = FactorWorld.ofTwoFactors();
        SitePartition partition =
                FactorSites.partition(folder, world.inTheirTime(MONTH_END), ZoneId.of("UTC"), Duration.ZERO);
        partition.model(SitePartition.SITE, FactorSites.yaml(SitePartition.SITE, ZoneId.of("UTC"), "{average: f}"));
        partition.model(FactorWorld.OTHER, FactorSites.yaml(FactorWorld.OTHER, ZoneId.of("UTC"), "{average: f}"));
        FactorSites.play(partition);
        partition.passTo(MONTH_END);
        for (int minute = 0; minute < 10; minute++) { // so that it closes
            partition.pass(Duration.ofMinutes(1));
            partition.publish();
        }
        partition.commit();
        Map<String, SiteWindow> before = Map.copyOf(partition.said());
        Map<String, SiteWindow> othersBefore = Map.copyOf(partition.said(FactorWorld.OTHER));
        partition.closed().clear();
        partition.take(partition.word(0, true));
        partition.take(world.version(2, 0, FactorWorld.DAYS * 1440, 600));
        for (int call = 0; call < 600; call++) {
            partition.pass(Duration.ofSeconds(1));
            partition.publish();
            partition.restateDays();
            if (call == 300) { // the last days are restated by then
                partition.take(new FactorWorld.Share(40_000_000, 0, 0, 0, 30_000_000, 15)
                        .input(MONTH_END.minusSeconds(300).toEpochMilli()));
            }
            if (call == 450) {
                partition.commit();
                partition.crash();
                partition.take(partition.word(0, true));
            }
        }
        partition.commit();
        assertThat(partition.isRestating()).isTrue();
        assertLongerAreRestatedOnce(othersBefore, partition.said(FactorWorld.OTHER), 4);
        assertOfOneVersion(partition.closed());

        partition.take(partition.word(0, false));
        FactorSites.settle(partition);
        assertOfOneVersion(partition.closed());
        assertLongerAreRestatedOnce(before, partition.said(), 4);
        assertLongerAreRestatedOnce(othersBefore, partition.said(FactorWorld.OTHER), 4);
    }

    private static void assertOfOneVersion(List<SiteWindow> closed) {
        assertThat(closed)
                .filteredOn(window ->
                        window.getWindow().equals("1mo") || window.getWindow().equals("1y"))
                .isNotEmpty()
                .allSatisfy(window -> {
                    assertThat(window.getFactorAverage()).doesNotContain(",");
                    assertThat(window.getFactorMarginal()).doesNotContain(",");
                });
    }

    /** Months and years that were closed before. */
    private static void assertLongerAreRestatedOnce(
            Map<String, SiteWindow> before, Map<String, SiteWindow> after, int least) {
        Map<String, Integer> restated = new TreeMap<>();
        before.forEach((name, window) -> {
            if ((name.startsWith("1mo@") || name.startsWith("1y@"))
                    && window.getState() != WindowState.PROVISIONAL
                    && window.hasCo2LocationUg()) {
                restated.put(
                        name,
                        after.getOrDefault(name, SiteWindow.getDefaultInstance())
                                        .getRevision()
                                - window.getRevision());
            }
        });
        assertThat(restated).hasSizeGreaterThanOrEqualTo(least);
        assertThat(restated.values()).as(restated.toString()).containsOnly(1);
    }
}
