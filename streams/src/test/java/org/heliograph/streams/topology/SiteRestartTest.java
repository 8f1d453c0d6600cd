package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.heliograph.streams.factor.EmissionFactor;
import org.heliograph.streams.ingest.Scope;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.site.RoleSum;
import org.heliograph.streams.site.RoleSums;
import org.heliograph.streams.site.SiteShare;
import org.heliograph.streams.topology.state.FactorStore;
import org.heliograph.streams.topology.state.Shares;
import org.heliograph.streams.topology.state.v1.FactorNews;
import org.heliograph.streams.topology.state.v1.SiteInput;
import org.heliograph.telemetry.quantity.Millijoules;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.wire.v1.SilentDevice;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The law of recovery, on the site side alone, as {@link DeviceRestartTest} has it on the device side. How often a window
 * was restated on the way depends on the moments at which it was looked at; what is said of it in the end doesn't.
 */
final class SiteRestartTest {
    private static final String YAML = """
            site: test1
            zone: Africa/Casablanca
            devices:
              - {id: util-1, profile: utility-meter, role: grid}
              - {id: "pdu-{1..2}", profile: rack-pdu, role: it}
            """;
    private static final String OTHER = "test2";
    private static final String OTHERS_YAML =
            YAML.replace("test1", OTHER).replace("Africa/Casablanca", "Asia/Kathmandu");

    /** Ten minutes before a local midnight: two of each window but the minute and the quarter. */
    private static final long START_MILLIS =
            Instant.parse("2026-06-30T22:50:00Z").toEpochMilli();

    private static final int MINUTES = 25;

    @TempDir
    private Path folder;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 60);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_crash_at_any_moment_changes_no_figure_that_is_said_in_the_end(long seed) throws IOException {
        List<SitePartition.Input> inputs = ofTwoSites(inputs(new Random(seed)));
        SitePartition calm = partition(inputs);
        calm.model(OTHER, OTHERS_YAML);
        while (calm.hasNext()) {
            calm.take();
        }
        SitePartition storm = partition(inputs);
        storm.model(OTHER, OTHERS_YAML);
        Random random = new Random(seed);
        while (storm.hasNext()) {
            switch (random.nextInt(8)) {
                case 0 -> storm.publish();
                case 1 -> storm.commit();
                case 2 -> storm.crash();
                default -> storm.take();
            }
        }
        storm.commit();
        storm.crash(); // and nothing comes any more
        end(storm);
        end(calm);
        assertThat(figures(storm, SitePartition.SITE)).isEqualTo(figures(calm, SitePartition.SITE));
        assertThat(figures(storm, OTHER)).isNotEmpty().isEqualTo(figures(calm, OTHER));
    }

    /** Some of what comes of the first comes of another site, too. */
    private static List<SitePartition.Input> ofTwoSites(List<SitePartition.Input> inputs) {
        List<SitePartition.Input> all = new ArrayList<>();
        for (SitePartition.Input input : inputs) {
            all.add(input);
            if (input.input().hasMinute() && all.size() % 3 > 0) {
                all.add(new SitePartition.Input(OTHER, input.input(), input.clockMillis()));
            }
        }
        return all;
    }

    /** A site that two partitions speak of, after a start. */
    private SitePartition started() throws IOException {
        Random random = new Random(1);
        SitePartition site = partition(List.of(
                new SitePartition.Input(share(random, 0, START_MILLIS), START_MILLIS),
                new SitePartition.Input(share(random, 1, START_MILLIS), START_MILLIS),
                new SitePartition.Input(share(random, 0, START_MILLIS + 60_000), START_MILLIS)));
        while (site.hasNext()) {
            site.take();
        }
        site.commit();
        site.crash();
        return site;
    }

    /** Two instances share the partitions of one that has died: one of them has the site side, and its own part, sooner. */
    @Test
    void after_a_start_nobody_is_said_to_be_missing_of_whom_a_partition_may_know_that_is_not_at_work_yet()
            throws IOException {
        SitePartition site = started();
        site.take(site.live(0, "util-1", "pdu-1"));
        site.pass(Duration.ofMinutes(4));
        site.take(site.live(0, "util-1", "pdu-1"));
        assertThat(site.shown().getSilentList()).isEmpty();
        assertThat(site.shown().getDevicesStale()).isEqualTo(3); // so nobody takes those who aren't named for well
        assertThat(stateOfIncomplete(site)).isEqualTo(WindowState.PROVISIONAL);

        site.take(site.live(1));
        assertThat(site.shown().getSilentList())
                .extracting(SilentDevice::getDevice)
                .containsExactly("pdu-2");
        site.pass(Duration.ofMinutes(1));
        assertThat(stateOfIncomplete(site)).isEqualTo(WindowState.FINAL);
    }

    /** What it said last waits for the site side, if that ends at the same time. */
    @Test
    void what_a_partition_said_before_the_start_does_not_tell_that_it_is_at_work() throws IOException {
        SitePartition site = started();
        SiteInput before = site.live(1);
        site.pass(Duration.ofMinutes(4));
        site.crash();
        site.take(before);
        for (int minute = 0; minute < 4; minute++) {
            site.take(site.live(0, "util-1", "pdu-1"));
            assertThat(stateOfIncomplete(site)).isEqualTo(WindowState.PROVISIONAL);
            site.pass(Duration.ofMinutes(1));
        }

        site.take(site.live(1));
        assertThat(stateOfIncomplete(site)).isEqualTo(WindowState.PROVISIONAL);
        site.pass(Duration.ofMinutes(1));
        assertThat(stateOfIncomplete(site)).isEqualTo(WindowState.FINAL);
    }

    /** By night a minute is added up once more when it closes: from shares that must still be there. */
    @Test
    void a_minute_that_waits_for_its_close_keeps_all_that_it_is_added_up_from() throws IOException {
        String yaml = """
                site: test1
                zone: Africa/Casablanca
                location: {latitude: 33.57, longitude: -7.59}
                devices:
                  - {id: util-1, profile: utility-meter, role: grid}
                  - {id: inv-1, profile: pv-inverter, role: pv}
                  - {id: "pdu-{1..2}", profile: rack-pdu, role: it}
                """;
        Random random = new Random(1);
        List<SitePartition.Input> first =
                List.of(new SitePartition.Input(share(random, 0, START_MILLIS - 21_600_000), START_MILLIS));
        SitePartition site = new SitePartition(first, yaml, EngineDriver.unhurried(Scope.LIVE), folder.toFile());
        site.take();
        site.publish();
        site.pass(Duration.ofDays(5)); // away, and back
        site.commit();
        site.crash();
        site.take(site.word(0, true));
        SiteInput late = share(random, 0, START_MILLIS);
        site.take(late);
        site.publish();
        site.take(site.word(0, false));
        site.purge();
        for (int i = 0; i < 4; i++) {
            site.pass(Duration.ofMinutes(1));
            site.publish();
        }
        site.commit();
        for (Window window : List.of(Window.MINUTE, Window.QUARTER, Window.HOUR)) {
            Instant start = window.startOf(Instant.ofEpochMilli(START_MILLIS), ZoneOffset.UTC);
            SiteWindow said = site.said().get(window.label() + "@" + start);
            assertThat(Objects.requireNonNull(said).getEnergyIt3Mj())
                    .as(window.label())
                    .isEqualTo(rack(late));
        }
    }

    /** Partitions catch up at different speeds: a window that one has filled isn't final before the others are there. */
    @Test
    void a_window_that_lacks_something_does_not_close_while_a_partition_catches_up_but_not_for_ever()
            throws IOException {
        SitePartition site = started();
        site.take(site.word(0, false));
        site.take(site.word(1, true));
        Instant whole = Instant.ofEpochMilli(START_MILLIS);
        for (int minute = 0; minute < 5; minute++) {
            site.pass(Duration.ofMinutes(1));
            assertThat(stateOfIncomplete(site)).isEqualTo(WindowState.PROVISIONAL);
        }
        assertThat(Objects.requireNonNull(site.said().get("1m@" + whole)).getState())
                .as("it has all")
                .isEqualTo(WindowState.FINAL);

        site.take(share(new Random(2), 1, START_MILLIS + 60_000));
        site.take(share(new Random(2), 0, START_MILLIS + 120_000));
        site.pass(Duration.ofSeconds(1));
        assertThat(stateOfIncomplete(site)).isEqualTo(WindowState.FINAL);
        site.pass(Duration.ofDays(1));
        close(site);
        site.commit();
        assertThat(Objects.requireNonNull(site.said().get("1m@" + whole.plusSeconds(120)))
                        .getState())
                .as("its engine is gone")
                .isEqualTo(WindowState.FINAL);
    }

    @Test
    void after_a_start_a_partition_is_not_waited_for_for_ever() throws IOException {
        SitePartition site = started();
        site.pass(Duration.ofMinutes(10));
        site.take(site.live(0, "util-1", "pdu-1"));
        assertThat(site.shown().getSilentList())
                .extracting(SilentDevice::getDevice)
                .containsExactly("pdu-2");
    }

    /** It would be added up from what is left; that a partition has caught up it says after what it has measured. */
    @Test
    void while_a_partition_catches_up_nothing_is_deleted_that_it_may_change() throws IOException {
        SitePartition site = started();
        site.publish();
        site.pass(Duration.ofDays(6));
        site.commit();
        site.crash();
        site.take(site.word(0, true));
        site.purge();
        site.take(site.word(1, false));
        site.pass(Duration.ofMinutes(10));
        site.purge();
        SiteInput late = share(new Random(2), 1, START_MILLIS);
        site.take(late);
        assertThat(racks(site)).isEqualTo(rack(share(new Random(1), 0, START_MILLIS)) + rack(late));

        site.take(site.word(0, false));
        close(site);
        long before = racks(site);
        site.purge();
        site.take(share(new Random(3), 1, START_MILLIS));
        assertThat(racks(site)).as("it is deleted, and so left as it is").isEqualTo(before);
    }

    /** What came last may not be in the quarter yet, when all partitions have caught up. */
    @Test
    void what_is_deleted_when_partitions_have_caught_up_is_in_longer_windows_before() throws IOException {
        SitePartition site = started();
        site.take(site.live(0, "util-1", "pdu-1"));
        site.take(site.live(1));
        site.take(share(new Random(3), 0, START_MILLIS + 1_200_000)); // in the next hour
        site.take(share(new Random(4), 1, START_MILLIS + 1_200_000));
        site.pass(Duration.ofHours(2));
        close(site);
        assertThat(stateOfIncomplete(site)).isEqualTo(WindowState.FINAL);
        site.pass(Duration.ofDays(6));
        site.commit();
        site.crash();
        site.take(site.word(0, true));
        SiteInput late = share(new Random(2), 1, START_MILLIS);
        site.take(late);
        site.take(site.word(1, false));
        site.take(site.word(0, false));
        site.purge();

        long minute = racks(site);
        assertThat(minute).isEqualTo(rack(share(new Random(1), 0, START_MILLIS)) + rack(late));
        long quarter = energy(
                site,
                "15m@"
                        + Instant.ofEpochMilli(START_MILLIS)
                                .truncatedTo(ChronoUnit.HOURS)
                                .plusSeconds(2700));
        assertThat(quarter).isEqualTo(minute + energy(site, "1m@" + Instant.ofEpochMilli(START_MILLIS + 60_000)));
    }

    /**
     * That of a lost disk, say: what was measured before the absence and what waits in Kafka it says only then. Or it has
     * begun, and its engine dies.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void
            while_a_partition_that_restores_its_state_or_catches_up_is_not_heard_nothing_is_deleted_that_it_may_change_but_not_for_ever(
                    boolean hasBegun) throws IOException {
        SitePartition site = started();
        site.publish();
        site.pass(Duration.ofDays(6));
        site.commit();
        site.crash();
        site.take(site.word(0, false));
        if (hasBegun) {
            site.take(site.word(1, true));
        }
        site.pass(Duration.ofHours(1));
        site.purge();
        SiteInput late = share(new Random(2), 1, START_MILLIS);
        site.take(late);
        assertThat(racks(site)).isEqualTo(rack(share(new Random(1), 0, START_MILLIS)) + rack(late));

        site.pass(Duration.ofDays(1));
        close(site);
        site.purge();
        long before = racks(site);
        site.take(share(new Random(3), 1, START_MILLIS));
        assertThat(racks(site)).isEqualTo(before);
    }

    private static long rack(SiteInput share) {
        return Shares.decode(share.getMinute())
                .roles()
                .getOrDefault(Role.IT, RoleSum.NONE)
                .forwardMillijoules();
    }

    /** What was said of the racks' first minute. */
    private static long racks(SitePartition site) throws IOException {
        site.pass(Duration.ofMinutes(1));
        site.publish();
        site.commit();
        return energy(site, "1m@" + Instant.ofEpochMilli(START_MILLIS));
    }

    /** What is over is closed by then: what is open isn't deleted. */
    private static void close(SitePartition site) {
        for (int i = 0; i < 3; i++) {
            site.pass(Duration.ofMinutes(1));
            site.publish();
        }
    }

    private static long energy(SitePartition site, String window) {
        return Objects.requireNonNull(site.said().get(window)).getEnergyIt3Mj();
    }

    /** Of the minute in which one of two racks is missing. */
    private static WindowState stateOfIncomplete(SitePartition site) throws IOException {
        site.publish();
        site.commit();
        return Objects.requireNonNull(site.said().get("1m@" + Instant.ofEpochMilli(START_MILLIS + 60_000)))
                .getState();
    }

    private SitePartition partition(List<SitePartition.Input> inputs) throws IOException {
        return new SitePartition(inputs, YAML, EngineDriver.unhurried(Scope.LIVE), folder.toFile());
    }

    /** Until everything has settled. */
    private static void end(SitePartition partition) throws IOException {
        partition.pass(Duration.ofMinutes(10));
        for (int i = 0; i < 4; i++) {
            partition.pass(Duration.ofMinutes(1));
            partition.publish();
        }
        partition.commit();
    }

    /** What has been said in the end, but for how often. */
    private static Map<String, SiteWindow> figures(SitePartition partition, String site) {
        Map<String, SiteWindow> said = new TreeMap<>(partition.said(site));
        said.replaceAll((_, window) -> window.toBuilder()
                .clearRevision()
                .clearCause()
                .setState(window.getState() == WindowState.REVISED ? WindowState.FINAL : window.getState())
                .build());
        return said;
    }

    /** Shares of two partitions, some of which change later or come twice; and factors that are revised and withdrawn. */
    private static List<SitePartition.Input> inputs(Random random) {
        List<SitePartition.Input> inputs = new ArrayList<>();
        for (int minute = 0; minute < MINUTES; minute++) {
            long minuteMillis = START_MILLIS + minute * 60_000L;
            long clockMillis = minuteMillis + 60_000L + random.nextInt(5_000);
            inputs.add(new SitePartition.Input(share(random, 0, minuteMillis), clockMillis));
            if (random.nextInt(8) > 0) { // else it stays incomplete
                inputs.add(new SitePartition.Input(share(random, 1, minuteMillis), clockMillis));
            }
            if (random.nextInt(3) == 0) {
                long lateMillis = START_MILLIS + random.nextInt(minute + 1) * 60_000L;
                inputs.add(new SitePartition.Input(share(random, random.nextInt(2), lateMillis), clockMillis));
            }
            if (random.nextInt(6) == 0) {
                inputs.add(inputs.get(random.nextInt(inputs.size())));
            }
            if (random.nextInt(8) == 0) {
                inputs.add(new SitePartition.Input(factor(random), clockMillis));
            }
        }
        return inputs;
    }

    private static SiteInput share(Random random, int partition, long minuteMillis) {
        long energy = random.nextLong(1_000 * Millijoules.PER_WATT_HOUR);
        Map<Role, RoleSum> roles = partition == 0
                ? Map.of(
                        Role.GRID, RoleSums.of(3 * energy + 7, energy / 9, 1, 1, 0),
                        Role.IT, RoleSums.of(energy, 0, 1, 0, random.nextInt(2)))
                : Map.of(Role.IT, RoleSums.of(energy, 0, 1, 0, 0));
        return SiteInput.newBuilder()
                .setMinute(Shares.encode(new SiteShare(roles))
                        .setPartition(partition)
                        .setMinuteMs(minuteMillis))
                .build();
    }

    private static SiteInput factor(Random random) {
        FactorNews.Builder news = FactorNews.newBuilder().setId("ember-2024");
        String version = "2030." + random.nextInt(3);
        if (random.nextInt(4) == 0) {
            return SiteInput.newBuilder().setFactor(news.setWithdrawn(version)).build();
        }
        Instant from = Instant.ofEpochMilli(START_MILLIS + random.nextInt(MINUTES) * 60_000L);
        EmissionFactor factor = EmissionFactor.published(
                "ember-2024", version, "test", random.nextLong(700_000_000), from, EmissionFactor.FOR_EVER);
        return SiteInput.newBuilder()
                .setFactor(news.setPublished(FactorStore.encode(factor)))
                .build();
    }
}
