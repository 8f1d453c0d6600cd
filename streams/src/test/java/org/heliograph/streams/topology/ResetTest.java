package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.apache.kafka.streams.TopologyDescription;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.heliograph.streams.factor.Factors;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.telemetry.wire.Topics;
import org.heliograph.telemetry.wire.v1.Alert;
import org.heliograph.telemetry.wire.v1.AlertState;
import org.junit.jupiter.api.Test;

class ResetTest {
    private static final Instant FROM = Instant.parse("2026-11-25T10:20:00Z");

    @Test
    void the_topics_that_are_deleted_are_those_of_this_applications_stores() {
        Set<String> topics = new TreeSet<>(Set.of("hg-shares-repartition", "hg-factor-news-repartition"));
        Engine.topology(EngineSettings.of(new Topics("hg")), Factors.SHIPPED).describe().subtopologies().stream()
                .flatMap(part -> part.nodes().stream())
                .filter(TopologyDescription.Processor.class::isInstance)
                .flatMap(node -> ((TopologyDescription.Processor) node).stores().stream())
                .forEach(store -> topics.add("hg-" + store + "-changelog"));

        assertThat(Engine.internalTopics("hg")).isEqualTo(topics);
    }

    @Test
    void what_the_topic_does_not_hold_keeps_what_is_published_of_it() {
        assertThat(Reset.wholeSince(FROM, Instant.EPOCH)).isEqualTo("2026-11-25T11:00:00Z");
        assertThat(Reset.wholeSince(Instant.parse("2026-11-25T10:00:00Z"), Instant.EPOCH))
                .isEqualTo("2026-11-25T10:00:00Z");
        assertThat(Reset.wholeSince(FROM, Instant.parse("2026-11-26T00:30:00Z")))
                .as("an hour later the readings that bound a minute are there")
                .isEqualTo("2026-11-26T02:00:00Z");
    }

    @Test
    void a_reset_that_may_delete_nothing_takes_its_note_back() {
        AtomicBoolean undone = new AtomicBoolean();
        assertThatThrownBy(() -> Reset.awaitDeleted(List.of(refused(), refused()), () -> undone.set(true)))
                .isInstanceOf(ExecutionException.class);
        assertThat(undone).isTrue();
    }

    @Test
    void a_reset_of_which_a_part_is_done_leaves_its_note() {
        AtomicBoolean undone = new AtomicBoolean();
        List<KafkaFuture<Void>> deletions = List.of(refused(), KafkaFuture.completedFuture(null));
        assertThatThrownBy(() -> Reset.awaitDeleted(deletions, () -> undone.set(true)))
                .isInstanceOf(MaintenanceException.class)
                .hasMessageContaining("run it again");
        assertThat(undone).isFalse();
    }

    @Test
    void what_the_engine_said_of_its_meters_is_taken_back_and_what_others_said_is_not() {
        Alert broken = Alert.newBuilder()
                .setSite("casa1")
                .setDevice("ups-a")
                .setRule("children-above-parent")
                .setState(AlertState.RAISED)
                .setTimeMs(FROM.toEpochMilli())
                .build();
        Alert silent = broken.toBuilder().setRule("device-silent").build();
        Alert over = broken.toBuilder().setState(AlertState.CLEARED).build();

        Instant since = FROM.plus(Duration.ofDays(10));
        assertThat(Reset.cleared(Map.of("a", broken, "b", silent, "c", over), since, since.plus(Duration.ofDays(2))))
                .containsOnlyKeys("a")
                .hasEntrySatisfying("a", cleared -> {
                    assertThat(cleared.getState()).isEqualTo(AlertState.CLEARED);
                    assertThat(cleared.getTimeMs())
                            .as("what is said of it anew is newer")
                            .isEqualTo(since.toEpochMilli() - 1);
                });
    }

    @Test
    void a_diagnosis_is_not_cleared_before_it_was_raised_nor_ahead_of_the_clock() {
        Alert broken = Alert.newBuilder()
                .setRule("pue-below-one")
                .setState(AlertState.RAISED)
                .setTimeMs(FROM.toEpochMilli())
                .build();

        assertThat(clearedMillis(broken, Instant.EPOCH, FROM.plusSeconds(60))).isEqualTo(FROM.toEpochMilli());
        assertThat(clearedMillis(broken, FROM.plusSeconds(3600), FROM.plusSeconds(60)))
                .as("the next whole hour is still to come")
                .isEqualTo(FROM.plusSeconds(60).toEpochMilli() - 1);
    }

    private static long clearedMillis(Alert raised, Instant since, Instant now) {
        return Reset.cleared(Map.of("a", raised), since, now)
                .getOrDefault("a", Alert.getDefaultInstance())
                .getTimeMs();
    }

    @Test
    void topics_that_look_like_this_applications_are_named_and_those_of_replays_are_not() {
        Set<String> topics = new TreeSet<>(Engine.internalTopics("hg"));
        topics.addAll(Set.of(
                "hg-newer-store-changelog",
                "hg-2-shares-repartition",
                "hg-replay-20260615-120000-000-samples-changelog",
                "hg.telemetry",
                "hga-samples-changelog"));

        assertThat(Reset.alike("hg", topics)).containsExactly("hg-2-shares-repartition", "hg-newer-store-changelog");
    }

    @Test
    void what_fails_every_thread_once_does_not_stop_an_engine() {
        assertThat(failures(12, Duration.ofMillis(100))).isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
    }

    @Test
    void what_fails_one_thread_after_the_other_stops_an_engine() {
        assertThat(failures(11, Duration.ofSeconds(11))).isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
        assertThat(failures(40, Duration.ofMillis(2500))).isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
        assertThat(failures(40, Duration.ofSeconds(31))).isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
    }

    /** The answer to the last of as many, one after the other. */
    private static StreamThreadExceptionResponse failures(int count, Duration apart) {
        EngineRun.Failures failures = new EngineRun.Failures();
        StreamThreadExceptionResponse response = StreamThreadExceptionResponse.REPLACE_THREAD;
        for (int i = 0; i < count; i++) {
            response = failures.judge(new IllegalStateException("no answer"), i * apart.toNanos());
        }
        return response;
    }

    private static KafkaFuture<Void> refused() {
        KafkaFutureImpl<Void> future = new KafkaFutureImpl<>();
        future.completeExceptionally(new TopicAuthorizationException("hg-samples-changelog"));
        return future;
    }
}
