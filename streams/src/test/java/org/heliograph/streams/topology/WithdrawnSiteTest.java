package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.heliograph.streams.ingest.Scope;
import org.heliograph.streams.topology.state.v1.LossShare;
import org.heliograph.streams.topology.state.v1.SiteInput;
import org.heliograph.streams.topology.state.v1.SummedLosses;
import org.heliograph.telemetry.wire.v1.AgentLoss;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nobody is shown a site that was withdrawn, nor, when it comes back, how its devices were before. */
class WithdrawnSiteTest {
    private static final Instant NOON = Instant.parse("2026-06-15T12:00:00Z");
    private static final String YAML = """
            site: test1
            zone: UTC
            devices: [{id: util-1, profile: utility-meter, role: grid}]
            """;

    @TempDir
    private Path folder;

    private SitePartition site;

    @BeforeEach
    void start() throws IOException {
        List<SitePartition.Input> first =
                List.of(new SitePartition.Input(SiteInput.getDefaultInstance(), NOON.toEpochMilli()));
        site = new SitePartition(first, YAML, EngineDriver.unhurried(Scope.LIVE), folder.toFile());
        site.pass(Duration.ofSeconds(8)); // until then nothing is said of losses
        site.take(site.live(0, "util-1"));
        lost(0, 2);
        lost(1, 3);
    }

    /** A partition counts on of a site that was withdrawn, and says so every few seconds. */
    private void lost(int partition, int missing) {
        site.take(SiteInput.newBuilder()
                .setLoss(LossShare.newBuilder()
                        .setPartition(partition)
                        .addAgents(SummedLosses.newBuilder().setAgent("a-1").setMissing(missing)))
                .build());
    }

    @Test
    void nothing_is_shown_of_it_from_then_on() throws IOException {
        assertThat(site.shown().getLossesList()).hasSize(1);
        site.withdraw(SitePartition.SITE);
        for (int second = 0; second < 5; second++) {
            assertThat(site.isShown()).isFalse();
        }
    }

    @Test
    void when_it_comes_back_it_is_shown_once_somebody_has_spoken_of_it_and_by_what_was_said_then() throws IOException {
        site.withdraw(SitePartition.SITE);
        site.purge();
        site.model(SitePartition.SITE, YAML);
        assertThat(site.isShown()).isFalse();
        site.take(site.live(0, "util-1"));
        assertThat(site.shown().getSilentList()).isEmpty();
    }

    @Test
    void what_is_missing_of_it_is_never_shown_of_some_of_the_partitions_only() throws IOException {
        site.withdraw(SitePartition.SITE);
        site.purge();
        lost(0, 2);
        site.model(SitePartition.SITE, YAML);
        site.take(site.live(0, "util-1"));
        assertThat(site.shown().getLossesList())
                .extracting(AgentLoss::getMissing)
                .containsExactly(5L);
    }

    @Test
    void one_that_stays_is_shown_on() {
        site.purge();
        assertThat(site.isShown()).isTrue();
    }
}
