package org.heliograph.streams.topology.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.heliograph.streams.topology.state.Keys;
import org.heliograph.streams.topology.state.v1.MinuteShare;
import org.junit.jupiter.api.Test;

/** Whom a site waits for after a start is told by some of its shares, as if all had been read. */
class SpokenPartitionsTest {
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();
    private static final long MINUTE_MILLIS = 60_000;
    private static final long NOW_MILLIS = Instant.parse("2026-06-15T23:30:00Z").toEpochMilli();

    private final KeyValueStore<Bytes, byte[]> shares =
            Stores.inMemoryKeyValueStore("shares").get();
    private final SiteShares siteShares = new SiteShares(shares);

    private void speaks(String site, int partition, long fromMillis, long untilMillis) {
        for (long minute = fromMillis; minute < untilMillis; minute += MINUTE_MILLIS) {
            siteShares.put(
                    site,
                    MinuteShare.newBuilder()
                            .setMinuteMs(minute)
                            .setPartition(partition)
                            .build());
        }
    }

    @Test
    void those_that_speak_always_or_by_day_or_once_in_the_last_hour_are_known_of_each_site() {
        speaks("a", 0, NOW_MILLIS - 4 * DAY_MILLIS, NOW_MILLIS);
        long dayBegun = NOW_MILLIS - DAY_MILLIS / 2;
        speaks("a", 1, dayBegun, dayBegun + 61 * MINUTE_MILLIS);
        speaks("a", 2, NOW_MILLIS - 60 * MINUTE_MILLIS, NOW_MILLIS - 59 * MINUTE_MILLIS);
        speaks("ab", 7, NOW_MILLIS - 3 * DAY_MILLIS, NOW_MILLIS - 3 * DAY_MILLIS + MINUTE_MILLIS);
        speaks("b", 3, 0, 2 * MINUTE_MILLIS);
        assertThat(SpokenPartitions.of(new SiteShares(shares)))
                .isEqualTo(Map.of("a", Set.of(0, 1, 2), "ab", Set.of(7), "b", Set.of(3)));
    }

    @Test
    void nobody_has_spoken_in_the_beginning() {
        assertThat(SpokenPartitions.of(new SiteShares(shares))).isEmpty();
    }

    /** A clock that was a day ahead said a minute of its own. */
    @Test
    void one_whose_clock_is_ahead_hides_nobody() {
        speaks("a", 0, NOW_MILLIS - DAY_MILLIS, NOW_MILLIS);
        speaks("a", 1, NOW_MILLIS - DAY_MILLIS, NOW_MILLIS);
        speaks("a", 2, NOW_MILLIS + DAY_MILLIS, NOW_MILLIS + DAY_MILLIS + MINUTE_MILLIS);
        assertThat(SpokenPartitions.of(new SiteShares(shares))).isEqualTo(Map.of("a", Set.of(0, 1, 2)));
    }

    @Test
    void a_start_reads_few_of_the_shares() {
        speaks("a", 0, NOW_MILLIS - 4 * DAY_MILLIS, NOW_MILLIS);
        CountedStore counted = new CountedStore(shares);
        SpokenPartitions.of(new SiteShares(counted.store()));
        assertThat(counted.read()).isLessThan(60 + 2 * 4 * 24 + 2);
    }

    /** What was deleted lies in the way until the store has compacted it. */
    @Test
    void a_start_reads_over_nothing_of_a_time_of_which_all_was_deleted() {
        long keptSince = NOW_MILLIS - 4 * DAY_MILLIS;
        for (String site : List.of("a", "b")) {
            speaks(site, 3, NOW_MILLIS - 9 * DAY_MILLIS, NOW_MILLIS);
            siteShares.purge(site, keptSince);
        }
        CountedStore counted = new CountedStore(shares);
        assertThat(SpokenPartitions.of(new SiteShares(counted.store())))
                .isEqualTo(Map.of("a", Set.of(3), "b", Set.of(3)));
        assertThat(counted.from())
                .filteredOn(from -> from.get().length > Keys.site("a").get().length + Long.BYTES)
                .hasSizeGreaterThan(4 * 24)
                .allSatisfy(from -> assertThat(Keys.minuteMillis(from)).isGreaterThanOrEqualTo(keptSince));
        assertThat(counted.from()).as("to find the sites").contains(Keys.afterSite("a"), Keys.afterSite("b"));

        siteShares.put(
                "a", MinuteShare.newBuilder().setMinuteMs(0).setPartition(7).build());
        assertThat(SpokenPartitions.of(new SiteShares(shares)))
                .as("of a clock that is far behind")
                .containsEntry("a", Set.of(3, 7));
    }

    @Test
    void a_site_is_found_at_a_start_as_long_as_any_of_its_minutes_is_kept() {
        speaks("a", 0, NOW_MILLIS - DAY_MILLIS, NOW_MILLIS);
        siteShares.purge("a", NOW_MILLIS - MINUTE_MILLIS);
        assertThat(siteShares.forgetIfEmpty("a")).isFalse();
        assertThat(new SiteShares(shares).sites()).containsExactly("a");
        siteShares.purge("a", NOW_MILLIS);
        assertThat(siteShares.forgetIfEmpty("a")).isTrue();
        assertThat(shares.approximateNumEntries()).isZero();
    }
}
