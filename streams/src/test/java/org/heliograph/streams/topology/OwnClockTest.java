package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.Test;

class OwnClockTest {
    private static final Instant SAID = Instant.parse("2026-06-15T12:00:00Z");
    private static final TopicPartition LIVE = new TopicPartition("hg.live", 0);
    private static final TopicPartition KPI = new TopicPartition("hg.kpi", 0);

    private Instant clock = SAID;
    private Duration waited = Duration.ZERO;

    private boolean await(Duration setAfter) throws InterruptedException {
        return OwnClock.await(SAID, () -> clock, time -> {
            waited = waited.plus(time);
            clock = waited.compareTo(setAfter) >= 0 ? SAID : clock.plus(time);
        });
    }

    @Test
    void a_clock_that_goes_on_from_where_an_engine_was_is_not_waited_for() throws InterruptedException {
        clock = SAID.minus(Duration.ofMinutes(4));
        assertThat(await(Duration.ofDays(1))).isTrue();
        assertThat(waited).isZero();
    }

    @Test
    void a_clock_that_has_yet_to_be_set_is_waited_for() throws InterruptedException {
        clock = Instant.parse("2000-01-01T00:00:00Z");
        assertThat(await(Duration.ofSeconds(40))).isTrue();
        assertThat(waited).isEqualTo(Duration.ofSeconds(40));
    }

    @Test
    void an_engine_whose_clock_was_wrong_before_is_not_waited_for_for_ever() throws InterruptedException {
        clock = SAID.minus(Duration.ofDays(2));
        assertThat(await(Duration.ofDays(1))).isFalse();
        assertThat(waited).isLessThanOrEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void brokers_that_are_too_old_to_be_asked_do_not_end_the_start() throws Exception {
        assertThat(OwnClock.newest(Map.of(LIVE, failed(new UnsupportedVersionException("no maximum timestamp")))))
                .isEqualTo(Instant.EPOCH);
    }

    @Test
    void a_partition_without_a_leader_ends_no_start_and_the_others_are_believed() throws Exception {
        KafkaFuture<ListOffsetsResultInfo> leaderless = failed(new TimeoutException("no leader"));
        assertThat(OwnClock.newest(Map.of(LIVE, leaderless, KPI, said(7, SAID.toEpochMilli()))))
                .isEqualTo(SAID);
        assertThat(OwnClock.newest(Map.of(LIVE, leaderless))).isEqualTo(Instant.EPOCH);
    }

    private static KafkaFuture<ListOffsetsResultInfo> failed(Exception cause) {
        KafkaFutureImpl<ListOffsetsResultInfo> refused = new KafkaFutureImpl<>();
        refused.completeExceptionally(cause);
        return refused;
    }

    private static KafkaFuture<ListOffsetsResultInfo> said(long offset, long millis) {
        return KafkaFuture.completedFuture(new ListOffsetsResultInfo(offset, millis, Optional.empty()));
    }

    @Test
    void of_topics_the_newest_record_counts_and_an_empty_one_says_nothing() throws Exception {
        assertThat(OwnClock.newest(Map.of(LIVE, said(7, SAID.toEpochMilli()), KPI, said(-1, -1))))
                .isEqualTo(SAID);
        assertThat(OwnClock.newest(Map.of(LIVE, said(-1, -1)))).isEqualTo(Instant.EPOCH);
    }
}
