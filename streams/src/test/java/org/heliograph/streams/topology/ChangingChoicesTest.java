package org.heliograph.streams.topology;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a site chooses of factors while those are revised: its longer windows are what their parts add up to. */
class ChangingChoicesTest {
    private static final List<String> CHOICES = List.of(
            "{average: f, marginal: g}",
            "{average: g, marginal: f}",
            "[{average: g}, {average: f, validFrom: 2026-12-30T10:00:00Z}]",
            "[{average: f}, {average: g, validFrom: 2027-01-20T03:30:00Z}]",
            "{average: [electricitymaps-XX, g]}");

    @TempDir
    private Path folder;

    static LongStream seeds() {
        return LongStream.of(0, 1, 2);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void minutes_add_up_to_days_and_days_to_months_and_years(long seed) throws IOException {
        Random random = new Random(seed);
        ZoneId zone =
                ZoneId.of(List.of("Asia/Kolkata", "Africa/Casablanca", "UTC").get(random.nextInt(3)));
        FactorWorld world = new FactorWorld(random);
        world.news(world.factor("g", 1, 0, FactorWorld.DAYS * 1440, 300), 0);
        for (int version = 2; version < 6; version++) {
            int from = random.nextInt(FactorWorld.DAYS * 1440);
            world.news(
                    world.factor("g", version, from, from + random.nextInt(60 * 1440), random.nextInt(900)),
                    random.nextInt(FactorWorld.DAYS));
        }
        SitePartition partition = FactorSites.partition(folder, world.inTheirTime(), zone, Duration.ZERO);
        while (partition.hasNext()) {
            partition.take();
            partition.publish();
            for (int call = random.nextInt(30); call > 0; call--) {
                partition.pass(Duration.ofSeconds(1));
                partition.restateDays();
                if (random.nextInt(20) == 0) {
                    partition.publish();
                }
            }
            partition.purge();
            switch (random.nextInt(25)) {
                case 0 -> partition.commit();
                case 1, 2 ->
                    partition.model(
                            SitePartition.SITE,
                            FactorSites.yaml(SitePartition.SITE, zone, CHOICES.get(random.nextInt(CHOICES.size()))));
                default -> {}
            }
            if (random.nextInt(60) == 0) {
                partition.commit();
                partition.crash();
            }
        }
        FactorSites.settle(partition);
        WindowParts.assertAddUp(partition.said().values(), zone);
    }
}
