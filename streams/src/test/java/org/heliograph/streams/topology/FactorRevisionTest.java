package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.heliograph.streams.factor.EmissionFactor;
import org.heliograph.streams.factor.IntensityPoint;
import org.heliograph.streams.ingest.Scope;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.site.BranchShare;
import org.heliograph.streams.site.DeviceSet;
import org.heliograph.streams.site.RoleSum;
import org.heliograph.streams.site.RoleSums;
import org.heliograph.streams.site.SiteShare;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.streams.topology.state.FactorStore;
import org.heliograph.streams.topology.state.Shares;
import org.heliograph.streams.topology.state.v1.FactorNews;
import org.heliograph.streams.topology.state.v1.SiteInput;
import org.heliograph.telemetry.site.Role;
import org.heliograph.telemetry.wire.v1.SiteWindow;
import org.heliograph.telemetry.wire.v1.WindowState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Factors that are revised months later, over more than a year's end: whenever they come, whatever is late, wherever the
 * process dies, all windows have in the end what their minutes come to by the factors that are known then.
 */
class FactorRevisionTest {
    private static final List<String> ZONES =
            List.of("UTC", "Africa/Casablanca", "Asia/Kathmandu", "America/New_York", "Pacific/Auckland");
    private static final Instant START = Instant.parse("2026-10-20T00:00:00Z");
    private static final int DAYS = 130;
    private static final long MINUTE_MILLIS = 60_000;
    /** A second site of the partition, of which the same is heard. */
    private static final String OTHER = "test2";

    private static final ZoneId OTHERS_ZONE = ZoneId.of("America/New_York");

    private static final String FACTORS = "{average: [electricitymaps-XX, f], marginal: f, fuel: diesel}";

    private static final Instant MONTH_END = Instant.parse("2027-02-01T00:00:00Z");
    private static final BigDecimal KILOWATT_HOUR = BigDecimal.valueOf(3_600_000_000L);

    @TempDir
    private Path folder;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 5);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whenever_factors_come_and_whatever_dies_all_windows_come_to_what_their_minutes_do(long seed)
            throws IOException {
        World world = new World(new Random(seed));
        ZoneId zone = ZoneId.of(ZONES.get((int) (seed % ZONES.size())));

        SitePartition storm = partition(world.inTheirTime(), zone, Duration.ZERO); // a day at each call
        Random random = new Random(seed);
        long committedMillis = 0;
        while (storm.hasNext()) {
            if (storm.nextMillis() - committedMillis > Duration.ofDays(1).toMillis()) { // in truth it's a second
                storm.publish();
                storm.commit();
                committedMillis = storm.nextMillis();
            }
            switch (random.nextInt(12)) {
                case 0, 1 -> storm.publish();
                case 2, 3 -> storm.restateDays();
                case 4 -> storm.purge();
                case 5 -> storm.commit();
                case 6 -> storm.crash();
                default -> storm.take();
            }
        }
        end(storm, random);
        world.assertWindows(figures(storm, SitePartition.SITE), zone);
        world.assertWindows(figures(storm, OTHER), OTHERS_ZONE);

        SitePartition calm = partition(world.factorsFirst(), zone, Duration.ofMinutes(5));
        while (calm.hasNext()) {
            calm.take();
            calm.publish();
        }
        end(calm, new Random(seed));
        assertThat(figures(storm, SitePartition.SITE)).isEqualTo(figures(calm, SitePartition.SITE));
        assertThat(figures(storm, OTHER)).isEqualTo(figures(calm, OTHER));
    }

    @Test
    void a_process_that_dies_in_the_middle_goes_on_there_and_says_each_window_once() throws IOException {
        World world = new World(new Random(3));
        world.news.clear();
        world.news(world.version(1, 0, DAYS * 1440, 500), 0);
        SitePartition partition = partition(world.inTheirTime(), ZoneId.of("Africa/Casablanca"), Duration.ZERO);
        while (partition.hasNext()) {
            partition.take();
            partition.publish();
            partition.purge();
        }
        partition.pass(Duration.ofDays(3)); // so that all days are over
        settle(partition);
        Map<String, SiteWindow> before = Map.copyOf(partition.said());

        partition.model( // the meter has others below it no more, from now on
                SitePartition.SITE,
                yaml(SitePartition.SITE, ZoneId.of("Africa/Casablanca"), FACTORS)
                        .replace("parent: util-1}", "parent: util-1, validTo: 2027-04-01}"));
        partition.take(world.version(2, 0, DAYS * 1440, 600));
        for (int i = 0; i < 90; i++) { // the last minutes, then more than a month's days
            partition.pass(Duration.ofSeconds(1));
            partition.publish();
            partition.restateDays();
            if (i == 60) {
                partition.commit();
            }
        }
        assertThat(partition.isRestating()).isTrue();
        partition.crash();
        settle(partition);
        Map<String, SiteWindow> changed = new TreeMap<>(partition.said());
        changed.values().removeAll(before.values());
        List<String> restated = before.keySet().stream()
                .filter(name -> before.getOrDefault(name, SiteWindow.getDefaultInstance())
                        .getFactorAverage()
                        .equals("f@1"))
                .toList();
        assertThat(restated).filteredOn(name -> name.startsWith("1d@")).hasSizeGreaterThan(DAYS / 2);
        assertThat(restated).filteredOn(name -> name.startsWith("1m@")).hasSizeGreaterThan(DAYS);
        assertThat(changed.keySet()).containsExactlyInAnyOrderElementsOf(restated);
        assertThat(changed.values()).allSatisfy(window -> {
            assertThat(window.getFactorAverage()).isEqualTo("f@2");
            if (window.getEndMs() < world.endMillis()) { // else it is open
                assertThat(window.getCause()).isEqualTo("factor");
            }
        });
        assertThat(changed.keySet()).anyMatch(name -> name.startsWith("1mo@"));
        for (String length : List.of("1m@", "15m@", "1h@", "1d@", "1mo@")) {
            assertThat(changed.entrySet())
                    .filteredOn(window -> window.getKey().startsWith(length)
                            && window.getValue().getState() != WindowState.PROVISIONAL)
                    .as("a revision of factors changes no balance of a meter, nor leaves one out")
                    .allSatisfy(window -> assertThat(window.getValue().getBranchesList())
                            .isEqualTo(before.getOrDefault(window.getKey(), SiteWindow.getDefaultInstance())
                                    .getBranchesList()))
                    .anySatisfy(window -> assertThat(window.getValue().getBranchesList())
                            .anySatisfy(
                                    branch -> assertThat(branch.getCoverage()).isPositive()));
        }
        assertThat(changed.entrySet().stream()
                        .filter(entry -> entry.getValue().getState() != WindowState.PROVISIONAL)
                        .map(entry -> entry.getValue().getRevision()
                                - before.getOrDefault(entry.getKey(), SiteWindow.getDefaultInstance())
                                        .getRevision()))
                .containsOnly(1);
    }

    /** In this zone a day ends a quarter past an hour, whose other minutes are of a day that isn't past yet. */
    @Test
    void each_change_restates_each_window_once_also_where_a_day_ends_within_an_hour() throws IOException {
        ZoneId zone = ZoneId.of("Asia/Kathmandu");
        World world = new World(new Random(4));
        world.shares.clear();
        world.minutes.clear();
        world.news.clear();
        world.versions.clear();
        world.points.clear();
        for (long minute = 0; minute < 9 * 1440; minute += 7) {
            world.minute(minute);
        }
        world.news(world.version(1, 0, DAYS * 1440, 500), 0);
        SitePartition partition = partition(world.inTheirTime(), zone, Duration.ofMinutes(5));
        while (partition.hasNext()) {
            partition.take();
            partition.publish();
        }
        settle(partition);
        Map<String, SiteWindow> before = Map.copyOf(partition.said());
        for (int version = 2; version <= 3; version++) {
            partition.take(world.version(version, 0, DAYS * 1440, 400 + version));
            settle(partition);
        }

        end(partition, new Random(2));
        world.assertWindows(figures(partition, SitePartition.SITE), zone);
        assertThat(before).hasSizeGreaterThan(2_000);
        before.forEach((name, window) -> {
            SiteWindow after = partition.said().getOrDefault(name, SiteWindow.getDefaultInstance());
            if (window.hasCo2LocationUg() && window.getState() != WindowState.PROVISIONAL) {
                // an hour in which the last past day ends has two parts, each of which is restated by itself
                boolean isDivided = name.startsWith("1h@") && name.endsWith("T18:00:00Z");
                assertThat(after.getRevision() - window.getRevision()).as(name).isIn(2, isDivided ? 4 : 2);
            }
        });
    }

    @Test
    void a_complete_window_is_said_once_though_its_minutes_are_restated_one_after_the_other() throws IOException {
        World world = new World(new Random(3));
        world.minutes.clear();
        world.news.clear();
        for (long minute = 0; minute < 15; minute++) {
            long millis = START.plusSeconds(60 * minute).toEpochMilli();
            world.minutes.add(new SitePartition.Input(
                    new World.Share(40_000_000, 0, 0, 0, 30_000_000, 15).input(millis), millis + MINUTE_MILLIS));
        }
        world.news(world.version(1, 0, DAYS * 1440, 500), 0);
        SitePartition partition = partition(world.inTheirTime(), ZoneId.of("UTC"), Duration.ZERO);
        while (partition.hasNext()) {
            partition.take();
            partition.publish();
        }
        settle(partition);
        SiteWindow before = quarter(partition);
        assertThat(before.getCoverage()).isEqualTo(1);
        assertThat(before.getState()).isNotEqualTo(WindowState.PROVISIONAL);

        partition.take(world.version(2, 0, DAYS * 1440, 600));
        settle(partition);
        assertThat(quarter(partition).getFactorAverage()).isEqualTo("f@2");
        assertThat(quarter(partition).getRevision()).isEqualTo(before.getRevision() + 1);
    }

    private static SiteWindow quarter(SitePartition partition) {
        return partition.said().getOrDefault("15m@" + START, SiteWindow.getDefaultInstance());
    }

    @Test
    void without_time_one_change_is_worked_off_in_a_call() throws IOException {
        World world = new World(new Random(3));
        world.news.clear();
        SitePartition partition = partition(world.inTheirTime(), ZoneId.of("UTC"), Duration.ZERO);
        while (partition.hasNext()) {
            partition.take();
            partition.publish();
        }
        settle(partition);
        for (int version = 1; version <= 3; version++) { // each of one old day
            partition.take(world.version(version, 20 * version * 1440, (20 * version + 1) * 1440, 500));
        }
        partition.publish();
        int calls = 0;
        while (partition.isRestating()) {
            partition.pass(Duration.ofSeconds(1));
            partition.publish();
            partition.restateDays();
            calls++;
        }
        assertThat(calls).isGreaterThanOrEqualTo(3);
    }

    /** One site chooses both, and the other only the second: what the first change has done there says nothing of it. */
    @Test
    void no_closed_month_is_said_of_two_versions_of_a_factor_though_two_change_together_and_it_closes_meanwhile()
            throws IOException {
        World world = World.ofTwoFactors();
        SitePartition partition = partition(world.inTheirTime(MONTH_END), ZoneId.of("UTC"), Duration.ZERO);
        partition.model(SitePartition.SITE, yaml(SitePartition.SITE, ZoneId.of("UTC"), "{average: f, marginal: g}"));
        partition.model(OTHER, yaml(OTHER, OTHERS_ZONE, "{average: g}"));
        play(partition);
        partition.passTo(MONTH_END.minusSeconds(30));
        for (int version = 2; version <= 3; version++) {
            Map<String, SiteWindow> before = Map.copyOf(partition.said());
            Map<String, SiteWindow> othersBefore = Map.copyOf(partition.said(OTHER));
            partition.closed().clear();
            partition.take(world.version(version, 0, DAYS * 1440, 600 + version));
            partition.take(world.factor("g", version, 0, DAYS * 1440, 700 + version));
            for (int second = 0; second < 600; second++) {
                partition.pass(Duration.ofSeconds(1));
                partition.publish();
                partition.restateDays();
            }
            settle(partition);
            assertOfOneVersion(partition.closed());
            assertThat(partition.said().get("1mo@" + Window.MONTH.startOf(START, ZoneId.of("UTC"))))
                    .extracting(SiteWindow::getFactorAverage, SiteWindow::getFactorMarginal)
                    .containsExactly("f@" + version, "g@" + version);
            assertLongerAreRestatedOnce(before, partition.said(), 4);
            assertLongerAreRestatedOnce(othersBefore, partition.said(OTHER), 4);
            partition.pass(Duration.ofHours(12)); // so that the other's month has ended, too
        }
    }

    @Test
    void a_site_that_catches_up_holds_up_no_other_and_its_months_say_no_half_of_a_change() throws IOException {
        World world = World.ofTwoFactors();
        SitePartition partition = partition(world.inTheirTime(MONTH_END), ZoneId.of("UTC"), Duration.ZERO);
        partition.model(SitePartition.SITE, yaml(SitePartition.SITE, ZoneId.of("UTC"), "{average: f}"));
        partition.model(OTHER, yaml(OTHER, ZoneId.of("UTC"), "{average: f}"));
        play(partition);
        partition.passTo(MONTH_END);
        for (int minute = 0; minute < 10; minute++) { // so that it closes
            partition.pass(Duration.ofMinutes(1));
            partition.publish();
        }
        partition.commit();
        Map<String, SiteWindow> before = Map.copyOf(partition.said());
        Map<String, SiteWindow> othersBefore = Map.copyOf(partition.said(OTHER));
        partition.closed().clear();
        partition.take(partition.word(0, true));
        partition.take(world.version(2, 0, DAYS * 1440, 600));
        for (int call = 0; call < 600; call++) {
            partition.pass(Duration.ofSeconds(1));
            partition.publish();
            partition.restateDays();
            if (call == 300) { // the last days are restated by then
                partition.take(new World.Share(40_000_000, 0, 0, 0, 30_000_000, 15)
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
        assertLongerAreRestatedOnce(othersBefore, partition.said(OTHER), 4);
        assertOfOneVersion(partition.closed());

        partition.take(partition.word(0, false));
        settle(partition);
        assertOfOneVersion(partition.closed());
        assertLongerAreRestatedOnce(before, partition.said(), 4);
        assertLongerAreRestatedOnce(othersBefore, partition.said(OTHER), 4);
    }

    /** A model tells what was chosen before for some weeks only; past hours tell it as long as factors are revised. */
    @Test
    void days_of_a_choice_that_the_model_tells_no_more_are_restated_though_other_hours_of_them_have_another()
            throws IOException {
        World world = World.ofTwoFactors();
        world.news(world.factor("h", 1, 0, DAYS * 1440, 500), 0);
        for (int hour = 1; hour < 23; hour++) {
            world.minute(40 * 1440 + hour * 60);
        }
        SitePartition partition = partition(world.inTheirTime(MONTH_END), ZoneId.of("UTC"), Duration.ofMinutes(5));
        String changes = "[{average: f}, {average: g, validFrom: 2026-11-29T10:00:00Z},"
                + " {average: h, validFrom: 2026-11-29T14:00:00Z}]";
        partition.model(SitePartition.SITE, yaml(SitePartition.SITE, ZoneId.of("UTC"), changes));
        play(partition);
        partition.pass(Duration.ofDays(12));
        settle(partition);
        assertThat(partition.said().values())
                .extracting(SiteWindow::getFactorAverage)
                .contains("f@1", "g@1", "h@1");

        partition.model(SitePartition.SITE, yaml(SitePartition.SITE, ZoneId.of("UTC"), "{average: other}"));
        for (String id : List.of("f", "g", "h")) {
            partition.take(world.factor(id, 2, 0, DAYS * 1440, 600));
        }
        settle(partition);
        assertThat(partition.said())
                .allSatisfy((name, window) ->
                        assertThat(window.getFactorAverage()).as(name).doesNotContain("@1"));
        assertThat(partition.said().values())
                .extracting(SiteWindow::getFactorAverage)
                .contains("f@2", "g@2", "h@2");
    }

    @Test
    void what_awaits_the_model_of_a_withdrawn_site_is_forgotten_with_the_last_of_its_minutes() throws IOException {
        World world = World.ofTwoFactors();
        SitePartition partition =
                partition(world.inTheirTime(START.plus(Duration.ofDays(20))), ZoneId.of("UTC"), Duration.ofMinutes(5));
        play(partition);
        partition.withdraw(OTHER);
        partition.take(world.version(2, 0, DAYS * 1440, 600)); // also of what is to come
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
        SitePartition partition = partition(
                World.ofTwoFactors().inTheirTime(START.plus(Duration.ofDays(2))), ZoneId.of("UTC"), Duration.ZERO);
        partition.take("nobody", new World.Share(1, 0, 0, 0, 1, 15).input(START.toEpochMilli()));
        partition.commit();
        assertThat(partition.isRestating()).isTrue();
        partition.crash();
        partition.pass(Duration.ofDays(20));
        partition.purge();
        assertThat(partition.isRestating()).isFalse();
    }

    private static void play(SitePartition partition) throws IOException {
        while (partition.hasNext()) {
            partition.take();
            partition.publish();
            partition.purge();
        }
        settle(partition);
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

    private SitePartition partition(List<SitePartition.Input> inputs, ZoneId zone, Duration budget) throws IOException {
        EngineSettings settings = EngineDriver.measuringFor(budget, Scope.LIVE);
        SitePartition partition =
                new SitePartition(inputs, yaml(SitePartition.SITE, zone, FACTORS), settings, folder.toFile());
        partition.model(OTHER, yaml(OTHER, OTHERS_ZONE, FACTORS));
        return partition;
    }

    private static String yaml(String site, ZoneId zone, String factors) {
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

    private static void end(SitePartition partition, Random random) throws IOException {
        if (random.nextBoolean()) {
            partition.pass(Duration.ofDays(random.nextInt(10)));
        }
        settle(partition);
    }

    /** What has been said of a site's windows, but for how often and when. */
    private static Map<String, SiteWindow> figures(SitePartition partition, String site) {
        Map<String, SiteWindow> said = new TreeMap<>();
        partition.said(site).forEach((name, window) -> {
            SiteWindow.Builder figures = window.toBuilder()
                    .clearState()
                    .clearRevision()
                    .clearCause()
                    // of an open window: over the minutes passed
                    .clearCoverage()
                    .clearCompleteCoverage()
                    .clearFigureCoverage()
                    .clearEstimatedShare()
                    .clearCo2Coverage();
            figures.getBranchesBuilderList().forEach(branch -> branch.clearCoverage());
            said.put(name, figures.build());
        });
        return said;
    }

    private static void settle(SitePartition partition) throws IOException {
        for (int quiet = 0; quiet < 4; quiet++) {
            partition.pass(Duration.ofMinutes(2));
            partition.publish();
            partition.purge();
            for (int i = 0; i < 100 * DAYS && partition.isRestating(); i++) {
                partition.pass(Duration.ofSeconds(1));
                partition.publish();
                partition.restateDays();
            }
        }
        partition.commit();
        assertThat(partition.isRestating()).isFalse();
    }

    /** Some minutes of each day, versions of factors and points of a series, drawn from a seed, and what they come to. */
    private static final class World {
        private final Random random;
        private final TreeMap<Long, Share> shares = new TreeMap<>();
        private final List<SitePartition.Input> minutes = new ArrayList<>();
        private final List<SitePartition.Input> news = new ArrayList<>();
        private final Map<String, EmissionFactor> versions = new HashMap<>();
        private final TreeMap<Long, IntensityPoint> points = new TreeMap<>();

        World(Random random) {
            this.random = random;
            for (int day = 0; day < DAYS; day++) {
                for (int i = random.nextInt(5); i > 0; i--) {
                    minute(day * 1440L + random.nextInt(1440));
                }
            }
            for (int version = 1; version <= 8; version++) {
                int from = random.nextInt(DAYS * 1440);
                boolean all = random.nextInt(3) == 0;
                news(
                        version(
                                version,
                                all ? 0 : from,
                                all ? DAYS * 1440 : from + random.nextInt(60 * 1440),
                                random.nextInt(900)),
                        random.nextInt(DAYS));
            }
            if (random.nextInt(3) > 0) {
                news(factor("diesel", 1, 0, DAYS * 1440, 700), random.nextInt(DAYS));
            }
            for (int i = 0; i < 20; i++) {
                points();
            }
        }

        /** Of a minute of the site. */
        private record Share(long imported, long exported, long pv, long generated, long it, int heard) {
            boolean heard(int role) {
                return (heard >> role & 1) == 1;
            }

            SiteInput input(long minuteMillis) {
                Map<Role, RoleSum> roles = new HashMap<>();
                put(roles, Role.GRID, RoleSums.of(imported, exported, heard(0) ? 1 : 0, 1, 0));
                put(roles, Role.PV, RoleSums.of(pv, 0, heard(1) ? 1 : 0, 0, 0));
                put(roles, Role.GENERATOR, RoleSums.of(generated, 0, heard(2) ? 1 : 0, 0, 0));
                put(roles, Role.IT, RoleSums.of(it, 0, heard(3) ? 1 : 0, 0, 0));
                Map<String, BranchShare> branches = heard(0) && heard(3)
                        ? Map.of(
                                "util-1",
                                new BranchShare(
                                        imported - exported,
                                        1,
                                        it,
                                        DeviceSet.of("pdu-1"),
                                        imported / 100,
                                        new BranchShare.Heaviest("pdu-1", it)))
                        : Map.of();
                return SiteInput.newBuilder()
                        .setMinute(Shares.encode(new SiteShare(roles, branches)).setMinuteMs(minuteMillis))
                        .build();
            }

            private static void put(Map<Role, RoleSum> roles, Role role, RoleSum sum) {
                if (sum.covered().count() > 0 || sum.forwardMillijoules() % 2 == 0) { // else nothing of it was heard
                    roles.put(role, sum);
                }
            }
        }

        private void minute(long minute) {
            long millis = at(minute).toEpochMilli();
            if (shares.containsKey(millis)) {
                return;
            }
            long heardMillis = millis + MINUTE_MILLIS + random.nextInt(5_000);
            for (int said = 0; said <= random.nextInt(3) / 2; said++) { // some are stated anew, later
                long exported = random.nextLong(1_000_000_000);
                Share share = new Share(
                        random.nextLong(40_000_000_000L),
                        exported,
                        exported + random.nextLong(20_000_000_000L),
                        random.nextInt(6) == 0 ? random.nextLong(1_000_000_000) : 0,
                        random.nextLong(30_000_000_000L),
                        random.nextInt(4) == 0 ? random.nextInt(16) : 15);
                minutes.add(new SitePartition.Input(
                        share.input(millis),
                        heardMillis
                                + (long) said
                                        * random.nextInt(
                                                (int) Duration.ofHours(47).toMillis())));
                shares.put(millis, share);
            }
        }

        void news(SiteInput input, int day) {
            news.add(new SitePartition.Input(
                    input, at(day * 1440L + random.nextInt(1440)).toEpochMilli()));
        }

        SiteInput version(int version, int from, int to, int grams) {
            return factor("f", version, from, to, grams);
        }

        private SiteInput factor(String id, int version, int from, int to, int grams) {
            EmissionFactor factor = EmissionFactor.published(
                    id, "" + version, "s", grams * 1_000_000L + version, at(from), at(Math.max(from + 1L, to)));
            versions.put(id + version, factor);
            return SiteInput.newBuilder()
                    .setFactor(FactorNews.newBuilder().setId(id).setPublished(FactorStore.encode(factor)))
                    .build();
        }

        /** A day's points, of which some have been stated before. */
        private void points() {
            int day = random.nextInt(DAYS);
            Instant updated = Instant.ofEpochSecond(random.nextInt(1_000_000));
            FactorNews.Builder stated = FactorNews.newBuilder().setId("electricitymaps-XX");
            for (int hour = random.nextInt(12); hour < 24; hour += 1 + random.nextInt(6)) {
                IntensityPoint point = new IntensityPoint(
                        at(day * 1440L + hour * 60L + 7),
                        Duration.ofHours(1),
                        updated,
                        random.nextBoolean(),
                        random.nextInt(900_000_000));
                stated.addPoints(FactorStore.encode(point));
                points.merge(point.time().toEpochMilli(), point, (one, other) -> other.replaces(one) ? other : one);
            }
            news(SiteInput.newBuilder().setFactor(stated).build(), Math.min(DAYS, day + random.nextInt(60)));
        }

        /** Two factors that are known from the beginning, and nothing else. */
        static World ofTwoFactors() {
            World world = new World(new Random(3));
            world.news.clear();
            world.versions.clear();
            world.points.clear();
            world.news(world.version(1, 0, DAYS * 1440, 500), 0);
            world.news(world.factor("g", 1, 0, DAYS * 1440, 500), 0);
            return world;
        }

        private List<SitePartition.Input> minutesOfBoth() {
            List<SitePartition.Input> all = new ArrayList<>(minutes);
            minutes.forEach(minute -> all.add(new SitePartition.Input(OTHER, minute.input(), minute.clockMillis())));
            return all;
        }

        List<SitePartition.Input> inTheirTime() {
            List<SitePartition.Input> all = minutesOfBoth();
            all.addAll(news);
            all.sort(Comparator.comparingLong(SitePartition.Input::clockMillis));
            return all;
        }

        /** Those before a moment. */
        List<SitePartition.Input> inTheirTime(Instant end) {
            return inTheirTime().stream()
                    .filter(input -> input.clockMillis() < end.toEpochMilli())
                    .toList();
        }

        List<SitePartition.Input> factorsFirst() {
            List<SitePartition.Input> all = new ArrayList<>();
            news.forEach(input -> all.add(new SitePartition.Input(input.input(), START.toEpochMilli())));
            all.addAll(minutesOfBoth());
            all.sort(Comparator.comparingLong(SitePartition.Input::clockMillis));
            return all;
        }

        long endMillis() {
            return at(DAYS * 1440L).toEpochMilli();
        }

        private static Instant at(long minute) {
            return START.plusSeconds(60 * minute);
        }

        /** What the windows come to, by what is known in the end. */
        void assertWindows(Map<String, SiteWindow> said, ZoneId zone) {
            Map<String, Expected> expected = new TreeMap<>();
            shares.forEach((millis, share) -> {
                Instant at = Instant.ofEpochMilli(millis);
                for (Window window : Window.values()) {
                    expected.computeIfAbsent(window.label() + "@" + window.startOf(at, zone), _ -> new Expected())
                            .add(share, intensity(millis), version("f", at), version("diesel", at));
                }
            });
            assertThat(said.keySet()).isEqualTo(expected.keySet());
            said.forEach((name, window) -> assertThat(Expected.of(window))
                    .as(name)
                    .isEqualTo(expected.getOrDefault(name, new Expected()).figures()));
        }

        private OptionalLong intensity(long millis) {
            Map.Entry<Long, IntensityPoint> point = points.floorEntry(millis);
            return point != null
                            && millis < point.getKey() + Duration.ofHours(3).toMillis()
                    ? OptionalLong.of(point.getValue().microgramsPerKilowattHour())
                    : version("f", Instant.ofEpochMilli(millis));
        }

        private OptionalLong version(String id, Instant at) {
            return versions.values().stream()
                    .filter(factor -> factor.id().equals(id) && factor.isValidAt(at))
                    .max(Comparator.comparingInt(factor -> Integer.parseInt(factor.version())))
                    .map(factor -> OptionalLong.of(factor.microgramsPerKilowattHour()))
                    .orElse(OptionalLong.empty());
        }
    }

    /** A window's CO2, by the definitions: null where there is none. */
    private static final class Expected {
        private final Map<String, Long> sums = new TreeMap<>();
        private boolean unknownFuel;

        void add(World.Share share, OptionalLong average, OptionalLong marginal, OptionalLong fuel) {
            boolean self = share.heard(0) && share.heard(1);
            if (self && average.isPresent()) {
                add("avoided", mass(share.pv() - share.exported(), average.getAsLong()));
            }
            if (self && marginal.isPresent()) {
                add("marginal", mass(share.pv() - share.exported(), marginal.getAsLong()));
            }
            boolean generated =
                    share.generated() > 0 && (share.heard(2) || share.generated() % 2 == 0); // a part of it was heard
            unknownFuel |= generated && fuel.isEmpty();
            if (share.heard(0) && average.isPresent()) {
                add("location", mass(share.imported(), average.getAsLong()));
                add("export", mass(share.exported(), average.getAsLong()));
                if (share.heard(2) && share.heard(3) && !(generated && fuel.isEmpty())) {
                    add(
                            "emitted",
                            mass(share.imported(), average.getAsLong()) + mass(share.generated(), fuel.orElse(0)));
                    add("it", share.it());
                }
            }
        }

        private void add(String figure, long value) {
            sums.merge(figure, value, Long::sum);
        }

        String figures() {
            boolean cue = !unknownFuel && sums.getOrDefault("it", 0L) > 0;
            return "%s %s %s %s %s"
                    .formatted(
                            sums.get("avoided"),
                            sums.get("marginal"),
                            sums.get("location"),
                            sums.get("export"),
                            cue
                                    ? sums.getOrDefault("emitted", 0L)
                                            / (double) sums.getOrDefault("it", 0L)
                                            * (3.6e9 / 1e9)
                                    : null);
        }

        static String of(SiteWindow window) {
            return "%s %s %s %s %s"
                    .formatted(
                            window.hasCo2AvoidedUg() ? window.getCo2AvoidedUg() : null,
                            window.hasCo2AvoidedMarginalUg() ? window.getCo2AvoidedMarginalUg() : null,
                            window.hasCo2LocationUg() ? window.getCo2LocationUg() : null,
                            window.hasCo2ExportUg() ? window.getCo2ExportUg() : null,
                            window.hasCue() ? window.getCue() : null);
        }

        private static long mass(long millijoules, long microgramsPerKilowattHour) {
            return BigDecimal.valueOf(millijoules)
                    .multiply(BigDecimal.valueOf(microgramsPerKilowattHour))
                    .divide(KILOWATT_HOUR, 0, RoundingMode.HALF_UP)
                    .longValueExact();
        }
    }
}
