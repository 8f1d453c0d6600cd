package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.heliograph.streams.ingest.Scope;
import org.heliograph.streams.site.RoleSums;
import org.heliograph.streams.site.SiteShare;
import org.heliograph.streams.topology.state.Shares;
import org.heliograph.streams.topology.state.v1.SiteInput;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How often a window is said while it changes, and while nothing happens in it. */
class WindowPublicationTest {
    private static final Instant START = Instant.parse("2026-06-15T12:00:00Z");
    private static final String MINUTE = "1m@" + START;

    @TempDir
    private Path folder;

    private SitePartition site;

    @BeforeEach
    void oneOfTwoRacksIsHeard() throws IOException {
        String yaml = """
                site: test1
                zone: UTC
                devices:
                  - {id: util-1, profile: utility-meter, role: grid}
                  - {id: "pdu-{1..2}", profile: rack-pdu, role: it}
                """;
        List<SitePartition.Input> first = List.of(
                new SitePartition.Input(share(1, 1), START.plusSeconds(60).toEpochMilli()));
        site = new SitePartition(first, yaml, EngineDriver.unhurried(Scope.LIVE), folder.toFile());
        site.take();
    }

    private static SiteInput share(long energy, int racks) {
        return SiteInput.newBuilder()
                .setMinute(Shares.encode(new SiteShare(Map.of(
                                Role.GRID, RoleSums.of(9, 0, 1, 1, 0), Role.IT, RoleSums.of(energy, 0, racks, 0, 0))))
                        .setMinuteMs(START.toEpochMilli()))
                .build();
    }

    private SiteWindow aSecondLater(String window) throws IOException {
        site.pass(Duration.ofSeconds(1));
        site.publish();
        site.commit();
        return Objects.requireNonNull(site.said().get(window));
    }

    @Test
    void a_restatement_waits_for_what_trickles_in_but_for_half_a_minute_at_most() throws IOException {
        for (int second = 0; second < 120; second++) {
            aSecondLater(MINUTE);
        }
        assertThat(aSecondLater(MINUTE).getState()).isEqualTo(WindowState.FINAL);
        Map<Integer, Integer> revisions = new TreeMap<>(); // by the second in which each was said first
        for (int second = 0; second < 80; second++) {
            if (second % 4 == 0 && second <= 60) {
                site.take(share(100 + second, 1));
            }
            revisions.putIfAbsent(aSecondLater(MINUTE).getRevision(), second);
        }
        assertThat(revisions)
                .hasSize(3)
                .containsEntry(0, 0)
                .hasEntrySatisfying(1, second -> assertThat(second).isBetween(29, 31))
                .hasEntrySatisfying(
                        2, second -> assertThat(second).as("it has settled").isBetween(60, 66));
        assertThat(aSecondLater(MINUTE).getEnergyIt3Mj()).isEqualTo(160);
    }

    @Test
    void an_open_window_in_which_nothing_happens_is_said_again_each_minute_with_less_coverage_until_it_has_ended()
            throws IOException {
        site.take(share(1, 2));
        String quarter = "15m@" + START;
        List<Double> coverages = new ArrayList<>();
        SiteWindow last = aSecondLater(quarter);
        coverages.add(last.getCoverage());
        for (int second = 0; second < 600; second++) {
            SiteWindow next = aSecondLater(quarter);
            if (!next.equals(last)) {
                coverages.add(next.getCoverage());
                last = next;
            }
        }
        assertThat(coverages).hasSize(10).isSortedAccordingTo(Comparator.reverseOrder());
        assertThat(coverages.getLast()).isLessThan(coverages.getFirst() / 5);
    }
}
