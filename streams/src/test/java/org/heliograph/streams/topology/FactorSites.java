package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import org.heliograph.streams.ingest.Scope;
import org.heliograph.streams.topology.state.EngineSettings;

/** The partition of two sites of which {@link FactorWorld} tells. */
final class FactorSites {
    static final ZoneId OTHERS_ZONE = ZoneId.of("America/New_York");

    static final String FACTORS = "{average: [electricitymaps-XX, f], marginal: f, fuel: diesel}";

    private FactorSites() {}

    static SitePartition partition(Path folder, List<SitePartition.Input> inputs, ZoneId zone, Duration budget)
            throws IOException {
        EngineSettings settings = EngineDriver.measuringFor(budget, Scope.LIVE);
        SitePartition partition =
                new SitePartition(inputs, yaml(SitePartition.SITE, zone, FACTORS), settings, folder.toFile());
        partition.model(FactorWorld.OTHER, yaml(FactorWorld.OTHER, OTHERS_ZONE, FACTORS));
        return partition;
    }

    static String yaml(String site, ZoneId zone, String factors) {
        return """
                site: %s
                zone: %s
                factors: %s
                devices:
                  - {id: util-1, profile: utility-meter, role: grid}
                  - {id: inv-1, profile: pv-inverter, role: pv}
                  - {id: gen-1, profile: generator, role: generator}
                  - {id: pdu-1, profile: rack-pdu, role: it, parent: util-1}
                """.formatted(site, zone, factors);
    }

    static void play(SitePartition partition) throws IOException {
        while (partition.hasNext()) {
            partition.take();
            partition.publish();
            partition.purge();
        }
        settle(partition);
    }

    static void settle(SitePartition partition) throws IOException {
        for (int quiet = 0; quiet < 4; quiet++) {
            partition.pass(Duration.ofMinutes(2));
            partition.publish();
            partition.purge();
            for (int i = 0; i < 100 * FactorWorld.DAYS && partition.isRestating(); i++) {
                partition.pass(Duration.ofSeconds(1));
                partition.publish();
                partition.restateDays();
            }
        }
        partition.commit();
        assertThat(partition.isRestating()).isFalse();
    }
}
