package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.heliograph.streams.ingest.Scope;
import org.heliograph.streams.site.MeterTree;
import org.heliograph.streams.site.ShareSum;
import org.heliograph.streams.topology.state.Shares;
import org.heliograph.streams.topology.state.v1.MinuteShare;
import org.heliograph.streams.topology.state.v1.SiteInput;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A site's devices lie in several partitions, whose shares of a minute may have been summed by models of their own. */
final class PartitionedSiteTest {
    private static final Instant MINUTE = Instant.parse("2026-06-15T12:00:00Z");
    private static final String THREE = """
            site: test1
            zone: Africa/Casablanca
            devices:
              - {id: util-1, profile: utility-meter, role: grid}
              - {id: "pdu-{1..3}", profile: rack-pdu, role: it, parent: util-1}
            """;
    private static final String FOUR = THREE.replace("1..3", "1..4");
    private static final long RACK = 100_000;

    @TempDir
    private Path folder;

    private SitePartition site;

    @BeforeEach
    void start() throws IOException {
        List<SitePartition.Input> first = List.of(new SitePartition.Input(
                SiteInput.getDefaultInstance(), MINUTE.plusSeconds(60).toEpochMilli()));
        site = new SitePartition(first, FOUR, EngineDriver.unhurried(Scope.LIVE), folder.toFile());
    }

    /** What a partition of the device side sends, whose newest site model is that one. */
    private static MinuteShare share(String yaml, int partition, String... devices) throws ConfigurationException {
        SiteModel model = SiteFile.parse("site.yaml", yaml);
        ShareSum sum = new ShareSum(MeterTree.at(model, MINUTE));
        for (String device : devices) {
            boolean isGrid = device.equals("util-1");
            sum.add(
                    isGrid ? Role.GRID : Role.IT,
                    device,
                    model.device(device, MINUTE).orElse(null),
                    isGrid
                            ? Map.of(Point.ENERGY_IMPORT, 5 * RACK, Point.ENERGY_EXPORT, 0L)
                            : Map.of(Point.ENERGY, RACK),
                    true,
                    false);
        }
        return Shares.encode(sum.total())
                .setPartition(partition)
                .setMinuteMs(MINUTE.toEpochMilli())
                .build();
    }

    private void take(MinuteShare share) {
        site.take(SiteInput.newBuilder().setMinute(share).build());
    }

    /** What is said of the minute once it has settled. */
    private SiteWindow said() throws IOException {
        for (int i = 0; i < 3; i++) {
            site.pass(Duration.ofMinutes(1));
            site.publish();
        }
        site.commit();
        return Objects.requireNonNull(site.said().get("1m@" + MINUTE));
    }

    @Test
    void the_devices_of_all_partitions_cover_a_minute_together() throws IOException, ConfigurationException {
        take(share(FOUR, 0, "util-1", "pdu-1", "pdu-2"));
        take(share(FOUR, 1, "pdu-4"));
        assertThat(said().hasPue3()).isFalse();

        take(share(FOUR, 2, "pdu-3"));
        assertThat(said().getPue3()).isEqualTo(1.25);
        assertThat(said().getCompleteCoverage()).isEqualTo(1);
        assertThat(said().getBranches(0).getCoverage()).isEqualTo(1);
    }

    /** Of four racks pdu-3 was away, and pdu-4 is deleted later: three are left that were heard, of three. */
    @Test
    void a_device_gone_from_the_model_stands_in_for_nobody_whichever_partition_has_it()
            throws IOException, ConfigurationException {
        take(share(FOUR, 0, "util-1", "pdu-1"));
        take(share(FOUR, 1, "pdu-4"));
        site.model(SitePartition.SITE, THREE);
        take(share(THREE, 0, "util-1", "pdu-1", "pdu-2"));
        assertThat(said().getEnergyIt3Mj()).isEqualTo(3 * RACK);
        assertThat(said().hasPue3()).as("pdu-3 wasn't heard").isFalse();
        assertThat(said().getCompleteCoverage()).isZero();
        assertThat(said().getBranches(0).getCoverage()).as("below util-1").isZero();

        take(share(THREE, 2, "pdu-3"));
        assertThat(said().hasPue3())
                .as("what covers isn't known to be what is expected")
                .isFalse();

        take(share(THREE, 1, "pdu-4"));
        assertThat(said().getPue3()).isEqualTo(1.25);
        assertThat(said().getEnergyIt3Mj()).as("what was used stays").isEqualTo(4 * RACK);
    }

    @Test
    void a_share_of_before_devices_were_told_apart_is_judged_by_their_number()
            throws IOException, ConfigurationException {
        take(before(share(FOUR, 0, "util-1", "pdu-1", "pdu-2")));
        take(before(share(FOUR, 1, "pdu-4")));
        assertThat(said().hasPue3()).isFalse();
        take(share(FOUR, 2, "pdu-3"));
        assertThat(said().getPue3()).isEqualTo(1.25);
    }

    @Test
    void a_share_of_before_is_the_same_bytes_again() throws ConfigurationException {
        MinuteShare stored = before(share(FOUR, 0, "util-1", "pdu-1", "pdu-2"));
        assertThat(Shares.encode(Shares.decode(stored)).build().toByteArray())
                .isEqualTo(stored.toBuilder()
                        .clearPartition()
                        .clearMinuteMs()
                        .build()
                        .toByteArray());
        MinuteShare now = share(FOUR, 3, "util-1", "pdu-1", "pdu-2");
        assertThat(Shares.encode(Shares.decode(now))
                        .setPartition(3)
                        .setMinuteMs(now.getMinuteMs())
                        .build())
                .isEqualTo(now)
                .isNotEqualTo(stored);
    }

    private static MinuteShare before(MinuteShare share) {
        MinuteShare.Builder stored = share.toBuilder();
        stored.getRolesBuilderList().forEach(role -> role.clearCoveredPrint().clearReverseKnownPrint());
        stored.getBranchesBuilderList().forEach(branch -> branch.clearChildrenPrint());
        return stored.build();
    }
}
