package org.heliograph.streams.topology.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.heliograph.streams.factor.Factors;
import org.heliograph.streams.factor.IntensityPoint;
import org.heliograph.streams.rollup.Cause;
import org.heliograph.streams.rollup.Lifecycle;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.rollup.WindowKey;
import org.heliograph.streams.topology.SiteTexts;
import org.heliograph.streams.topology.state.Deadline;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.streams.topology.state.FactorStore;
import org.heliograph.streams.topology.state.Keys;
import org.heliograph.streams.topology.state.ParsedSites;
import org.heliograph.streams.topology.state.SiteModels;
import org.heliograph.streams.topology.state.v1.FactorNews;
import org.heliograph.streams.topology.state.v1.MinuteShare;
import org.heliograph.telemetry.site.SiteFile;
import org.heliograph.telemetry.site.SiteModel;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.yaml.ConfigurationException;
import org.junit.jupiter.api.Test;

/** What is old goes, but never more of it in a call than there is time for. */
class PurgeTest {
    private static final Instant LONG_AGO = Instant.parse("2025-06-15T00:00:00Z");
    private static final Deadline NOW = () -> true;
    private static final Deadline NEVER = () -> false;

    private final KeyValueStore<Bytes, byte[]> hours = store("hours");
    private final KeyValueStore<Bytes, byte[]> shares = store("shares");
    private final CountedStore countedHours = new CountedStore(hours);
    private final CountedStore countedShares = new CountedStore(shares);
    private final CountedStore countedWindows = new CountedStore(store("windows"));
    private final WindowStore windows = new WindowStore(countedWindows.store(), store("open"));
    private final SiteShares siteShares = new SiteShares(countedShares.store());
    private final Purge purge = new Purge(
            EngineSettings.of(Topics.DEFAULT),
            new SiteStores(
                    new SiteModels(new SiteTexts(), new ParsedSites()),
                    siteShares,
                    new FactorStore(store("factors"), Factors.SHIPPED),
                    windows,
                    new PastHours(countedHours.store()),
                    Map.of()));
    private final List<String> purged = new ArrayList<>();

    private static KeyValueStore<Bytes, byte[]> store(String name) {
        return Stores.inMemoryKeyValueStore(name).get();
    }

    @Test
    void the_next_call_goes_on_after_the_site_where_the_time_of_the_last_was_over() {
        windows.put(KeptWindow.begun(new WindowKey("c", Window.DAY, LONG_AGO)));
        spoke("a", LONG_AGO.toEpochMilli(), 0);
        spoke("b", LONG_AGO.toEpochMilli(), 0);
        countedShares.from().clear();
        for (int call = 0; call < 4; call++) {
            purge.nextSites(NOW, purged::add);
        }
        assertThat(purged).as("one in each call").containsExactly("a", "b", "c", "a");

        purged.clear();
        purge.nextSites(NEVER, purged::add);
        purge.nextSites(NEVER, purged::add);
        assertThat(purged).containsExactly("b", "c", "a", "b", "c");
        assertThat(countedShares.from())
                .as("to look for the next site reads over all that was deleted of one")
                .isEmpty();
    }

    private void spoke(String site, long minuteMillis, int partition) {
        siteShares.put(
                site,
                MinuteShare.newBuilder()
                        .setMinuteMs(minuteMillis)
                        .setPartition(partition)
                        .build());
    }

    private long sharesLeft() {
        return shares.approximateNumEntries() - siteShares.sites().size();
    }

    private static SiteModel site() throws ConfigurationException {
        return SiteFile.parse(
                "site.yaml", "site: a\nzone: UTC\ndevices: [{id: m, profile: utility-meter, role: grid}]\n");
    }

    /** What was deleted lies in the way until the store has compacted it. */
    @Test
    void a_purge_begins_where_the_last_of_the_site_ended_and_yet_finds_what_came_since_for_a_time_before()
            throws ConfigurationException {
        long nowMillis = LONG_AGO.plus(Duration.ofDays(900)).toEpochMilli();
        long dayMillis = Duration.ofDays(1).toMillis();
        long young = nowMillis - dayMillis;
        spoke("a", LONG_AGO.toEpochMilli(), 0);
        spoke("a", young, 0);
        hours.put(Keys.siteMinute("a", LONG_AGO.toEpochMilli()), new byte[] {1});
        purge.site(site(), nowMillis, NEVER);
        assertThat(sharesLeft()).isEqualTo(1);
        assertThat(hours.approximateNumEntries()).isZero();

        countedShares.from().clear();
        countedHours.from().clear();
        purge.site(site(), nowMillis + 2 * dayMillis, NEVER);
        assertThat(countedShares.from())
                .hasSize(1)
                .allSatisfy(from -> assertThat(Keys.minuteMillis(from)).isGreaterThan(LONG_AGO.toEpochMilli()));
        assertThat(countedHours.from()).as("the year is the same").isEmpty();

        spoke("a", LONG_AGO.toEpochMilli(), 1); // of a clock that is far behind
        purge.site(site(), nowMillis + 2 * dayMillis, NEVER);
        assertThat(sharesLeft()).isEqualTo(1);
        purge.site(site(), nowMillis + 9 * dayMillis, NEVER);
        assertThat(sharesLeft()).isZero();
    }

    @Test
    void a_purge_reads_over_no_window_that_was_deleted_and_finds_one_that_was_open_or_has_come_since()
            throws ConfigurationException {
        long nowMillis = LONG_AGO.plus(Duration.ofDays(900)).toEpochMilli();
        WindowKey hour = new WindowKey("a", Window.HOUR, LONG_AGO);
        WindowKey day = new WindowKey("a", Window.DAY, LONG_AGO);
        WindowKey month = new WindowKey("a", Window.MONTH, Instant.parse("2025-06-01T00:00:00Z"));
        windows.put(closed(hour));
        windows.put(closed(day));
        windows.put(KeptWindow.begun(month));
        purge.site(site(), nowMillis, NEVER);
        assertThat(windows.get(hour)).isEmpty();
        assertThat(windows.get(day)).isEmpty();
        assertThat(windows.get(month)).isPresent();

        countedWindows.from().clear();
        purge.site(site(), nowMillis, NEVER);
        assertThat(countedWindows.from())
                .containsExactly(
                        Keys.window(
                                "a", Window.HOUR, LONG_AGO.plusSeconds(3_600).toEpochMilli()),
                        Keys.window(month));

        windows.put(closed(month));
        windows.put(closed(day));
        purge.site(site(), nowMillis, NEVER);
        assertThat(windows.get(day)).isEmpty();
        assertThat(windows.get(month)).isEmpty();
    }

    /** Of a replay of that time, or of a clock that begins with it. */
    @Test
    void windows_of_the_local_year_that_has_begun_before_1970_keep_no_later_ones_from_going()
            throws ConfigurationException {
        long nowMillis = LONG_AGO.plus(Duration.ofDays(900)).toEpochMilli();
        WindowKey year = new WindowKey("a", Window.YEAR, Instant.parse("2025-01-01T00:00:00Z"));
        windows.put(closed(year));
        windows.put(closed(new WindowKey("a", Window.YEAR, Instant.EPOCH.minusSeconds(3_600))));
        purge.site(site(), nowMillis, NEVER);
        assertThat(windows.get(year)).isEmpty();
    }

    private static KeptWindow closed(WindowKey key) {
        return KeptWindow.of(
                key,
                WindowContent.NONE,
                new Lifecycle.Final(),
                new WindowChange(Cause.LATE_DATA, key.start().toEpochMilli()));
    }

    @Test
    void points_that_no_site_needs_go_and_the_next_purge_reads_over_none_of_them() {
        CountedStore counted = new CountedStore(store("points"));
        FactorStore factors = new FactorStore(counted.store(), Factors.SHIPPED);
        long longAgoMillis = LONG_AGO.toEpochMilli();
        long dayMillis = Duration.ofDays(1).toMillis();
        for (String series : List.of("watttime-A", "watttime-B")) {
            for (int day = 0; day < 4; day++) {
                take(factors, series, longAgoMillis + day * dayMillis);
            }
        }
        factors.purge(longAgoMillis + 2 * dayMillis);
        assertThat(counted.store().approximateNumEntries()).isEqualTo(4);

        counted.from().clear();
        factors.purge(longAgoMillis + 2 * dayMillis);
        assertThat(counted.from()).as("nothing has become old since").isEmpty();
        factors.purge(longAgoMillis + 3 * dayMillis);
        assertThat(counted.store().approximateNumEntries()).isEqualTo(2);
        assertThat(counted.from())
                .hasSize(2)
                .allSatisfy(from -> assertThat(Keys.minuteMillis(from)).isGreaterThan(longAgoMillis + dayMillis));

        take(factors, "watttime-A", longAgoMillis); // stated once more, and late
        take(factors, "watttime-C", longAgoMillis);
        factors.purge(longAgoMillis + 3 * dayMillis);
        assertThat(counted.store().approximateNumEntries()).isEqualTo(2);

        new FactorStore(counted.store(), Factors.SHIPPED).purge(longAgoMillis + 4 * dayMillis);
        assertThat(counted.store().approximateNumEntries())
                .as("a start knows of the series")
                .isZero();
    }

    private static void take(FactorStore factors, String series, long timeMillis) {
        Instant time = Instant.ofEpochMilli(timeMillis);
        factors.take(FactorNews.newBuilder()
                .setId(series)
                .addPoints(FactorStore.encode(new IntensityPoint(time, Duration.ofMinutes(5), time, false, 6)))
                .build());
    }

    @Test
    void of_a_site_without_a_model_it_tells_whether_any_share_is_left() {
        long dayMillis = Duration.ofDays(1).toMillis();
        long longAgoMillis = LONG_AGO.toEpochMilli();
        spoke("a", longAgoMillis, 0);
        spoke("a", longAgoMillis + 2 * dayMillis, 0);
        spoke("b", longAgoMillis, 0);
        long nowMillis = longAgoMillis;
        List<Long> left = new ArrayList<>();
        while (left.size() < 100 && purge.abandonedSite("a", nowMillis, NEVER)) {
            left.add(sharesLeft());
            nowMillis += dayMillis;
        }
        assertThat(left).startsWith(3L).endsWith(2L);
        assertThat(sharesLeft()).as("that of the other").isEqualTo(1);
        spoke("a", longAgoMillis + 2 * dayMillis, 1);
        assertThat(purge.abandonedSite("a", nowMillis - 2 * dayMillis, NEVER)).isTrue();
        assertThat(purge.abandonedSite("a", nowMillis, NEVER)).isFalse();
        purge.nextSites(NEVER, purged::add);
        assertThat(purged).as("nothing is left of it to be purged").containsExactly("b");
    }

    @Test
    void past_hours_of_a_year_go_some_days_at_a_time() throws ConfigurationException {
        SiteModel site = site();
        PastHours past = new PastHours(hours);
        for (int hour = 0; hour < 100; hour++) {
            Instant start = LONG_AGO.plusSeconds(3_600L * hour);
            past.put(PastHour.of(site, start, List.of()));
        }
        long untilMillis = LONG_AGO.plusSeconds(3_600 * 99).toEpochMilli();
        past.purge("a", untilMillis, NOW);
        assertThat(hours(past)).hasSize(100 - 48);
        assertThat(hours.get(Keys.siteMinute("a", LONG_AGO.toEpochMilli()))).isNull();
        past.purge("a", untilMillis, NOW);
        assertThat(hours(past)).hasSize(100 - 2 * 48);
        past.purge("a", untilMillis, NEVER);
        assertThat(hours(past)).as("what is still needed").hasSize(1);

        past.put(PastHour.of(site, LONG_AGO, List.of()));
        past.purge("a", untilMillis, NEVER);
        assertThat(hours(past)).as("one that is put again").hasSize(1);

        past.purge("a", untilMillis + Duration.ofDays(1).toMillis(), NEVER);
        assertThat(hours.approximateNumEntries())
                .as("with the last goes what they chose")
                .isZero();
    }

    private static List<PastHour> hours(PastHours past) {
        return past.between("a", LONG_AGO, LONG_AGO.plus(Duration.ofDays(9)));
    }
}
