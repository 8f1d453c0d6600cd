package org.heliograph.streams.topology.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.heliograph.streams.topology.state.Keys;
import org.junit.jupiter.api.Test;

/** Whom a site waits for after a start is told by some of its shares, as if all had been read. */
class SpokenPartitionsTest {
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();
    private static final long MINUTE_MILLIS = 60_000;
    private static final long NOW_MILLIS = Instant.parse("2026-06-15T23:30:00Z").toEpochMilli();

    private final KeyValueStore<Bytes, byte[]> shares =
            Stores.inMemoryKeyValueStore("shares").get();

    private void speaks(String site, int partition, long fromMillis, long untilMillis) {
        for (long minute = fromMillis; minute < untilMillis; minute += MINUTE_MILLIS) {
            shares.put(Keys.share(site, minute, partition), new byte[] {1});
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
        assertThat(SpokenPartitions.of(shares))
                .isEqualTo(Map.of("a", Set.of(0, 1, 2), "ab", Set.of(7), "b", Set.of(3)));
    }

    @Test
    void nobody_has_spoken_in_the_beginning() {
        assertThat(SpokenPartitions.of(shares)).isEmpty();
    }

    /** A clock that was a day ahead said a minute of its own. */
    @Test
    void one_whose_clock_is_ahead_hides_nobody() {
        speaks("a", 0, NOW_MILLIS - DAY_MILLIS, NOW_MILLIS);
        speaks("a", 1, NOW_MILLIS - DAY_MILLIS, NOW_MILLIS);
        speaks("a", 2, NOW_MILLIS + DAY_MILLIS, NOW_MILLIS + DAY_MILLIS + MINUTE_MILLIS);
        assertThat(SpokenPartitions.of(shares)).isEqualTo(Map.of("a", Set.of(0, 1, 2)));
    }

    @Test
    void a_start_reads_few_of_the_shares() {
        speaks("a", 0, NOW_MILLIS - 4 * DAY_MILLIS, NOW_MILLIS);
        CountedStore counted = new CountedStore(shares);
        SpokenPartitions.of(counted.store());
        assertThat(counted.read()).isLessThan(60 + 2 * 4 * 24 + 2);
    }
}
