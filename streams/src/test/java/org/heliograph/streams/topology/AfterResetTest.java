package org.heliograph.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.heliograph.streams.ingest.Scope;
import org.heliograph.streams.topology.AfterReset.Progress;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.streams.topology.state.v1.Held;
import org.heliograph.streams.topology.state.v1.ResetNote;
import org.heliograph.telemetry.wire.Topics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AfterResetTest {
    private static final Instant RESET = Instant.parse("2026-11-27T18:00:00Z");
    private static final Instant FROM = RESET.minus(Duration.ofDays(21));
    private static final Instant SINCE = FROM.plus(Duration.ofHours(50));
    private static final EngineSettings USUAL = EngineSettings.of(new Topics("hg"));
    private static final Map<Integer, Long> ENDS = Map.of(0, 1_500L, 1, 800L);
    private static final Progress ALL_TAKEN = new Progress(Map.of(0, 1_000L, 1, 800L), ENDS);
    private static final Progress ONE_BEHIND = new Progress(Map.of(0, 1_000L, 1, 799L), ENDS);

    @TempDir
    private Path folder;

    private static ResetNote.Builder note(Instant from, Instant since) {
        return ResetNote.newBuilder()
                .setResetMs(RESET.toEpochMilli())
                .setFromMs(from.toEpochMilli())
                .setSinceMs(since.toEpochMilli())
                .addHeld(Held.newBuilder().setPartition(0).setOffset(1_000))
                .addHeld(Held.newBuilder().setPartition(1).setOffset(800));
    }

    private static Duration retention(Duration after, Progress progress) {
        return AfterReset.after(note(FROM, SINCE).build(), RESET.plus(after), progress, USUAL)
                .retention();
    }

    @Test
    void what_lay_in_the_topic_is_taken_and_nothing_older_than_is_known_as_a_whole_is_said() {
        EngineSettings settings = AfterReset.after(note(FROM, SINCE).build(), RESET.plusSeconds(60), ONE_BEHIND, USUAL);

        assertThat(settings.scope()).isEqualTo(new Scope.Live(SINCE, FROM, Map.of(1, 800L), Map.of()));
    }

    @Test
    void what_comes_too_late_after_the_reset_was_worked_off_is_late_wherever_it_lies() {
        Instant weeksLater = RESET.plus(Duration.ofDays(20));
        Progress anew = new Progress(Map.of(0, 3L), Map.of(0, 12L, 1, 7L));
        for (Progress progress : List.of(ALL_TAKEN, anew)) {
            EngineSettings settings = AfterReset.after(note(FROM, SINCE).build(), weeksLater, progress, USUAL);
            assertThat(settings.scope()).isEqualTo(new Scope.Live(SINCE, FROM, Map.of(), Map.of()));
        }
    }

    @Test
    void soon_after_a_reset_as_much_is_kept_as_is_taken_again() {
        Duration hour = Duration.ofHours(1);
        Duration all = Duration.between(FROM, RESET.plus(hour));
        assertThat(retention(hour, ONE_BEHIND)).isGreaterThanOrEqualTo(all);
        assertThat(retention(hour, ALL_TAKEN))
                .as("what is taken may not be measured yet")
                .isGreaterThanOrEqualTo(all);
    }

    @Test
    void an_engine_that_starts_days_after_its_reset_keeps_it_all_until_it_has_caught_up() {
        Duration weekend = Duration.ofHours(39);
        Duration all = Duration.between(FROM, RESET.plus(weekend));
        assertThat(retention(weekend, ONE_BEHIND)).isGreaterThanOrEqualTo(all);
        assertThat(retention(weekend, new Progress(Map.of(0, 1_000L), ENDS)))
                .as("of a partition nothing has been taken")
                .isGreaterThanOrEqualTo(all);
        assertThat(retention(weekend, ALL_TAKEN)).isEqualTo(USUAL.retention());
        assertThat(retention(weekend, new Progress(Map.of(0, 5_000L, 1, 900L, 2, 3L), ENDS)))
                .as("a partition that is new held nothing")
                .isEqualTo(USUAL.retention());
    }

    @Test
    void after_a_reset_that_takes_everything_again_everything_is_kept_until_it_is_taken() {
        ResetNote everything = note(Instant.EPOCH, Instant.EPOCH).build();
        Instant now = RESET.plus(Duration.ofDays(2));

        EngineSettings behind = AfterReset.after(everything, now, ONE_BEHIND, USUAL);
        assertThat(behind.oldestMinuteMillis(now.toEpochMilli())).isZero();
        assertThat(behind.oldestBacklogMillis(now.toEpochMilli())).isZero();
        assertThat(AfterReset.after(everything, now, ALL_TAKEN, USUAL).retention())
                .isEqualTo(USUAL.retention());
    }

    @Test
    void a_partition_waits_up_to_where_it_ended_if_something_of_it_is_left_and_that_is_known() {
        Progress progress =
                new Progress(Map.of(0, 10L, 1, 7L, 2, 3L), Map.of(0, 10L, 1, 9L, 2, Progress.UNKNOWN, 3, 4L, 4, 0L));
        assertThat(progress.waiting()).isEqualTo(Map.of(1, 9L, 3, 4L));
        EngineSettings settings = USUAL.catchingUp(progress.waiting());
        assertThat(settings.scope())
                .isEqualTo(new Scope.Live(Instant.EPOCH, Instant.EPOCH, Map.of(), Map.of(1, 9L, 3, 4L)));
    }

    @Test
    void a_partition_without_a_leader_ends_no_start() {
        TopicPartition partition = new TopicPartition("hg.telemetry", 0);
        try (MockConsumer<byte[], byte[]> broker = new MockConsumer<>("earliest")) {
            broker.updateEndOffsets(Map.of(partition, 7L));
            broker.setOffsetsException(new TimeoutException("no leader"));
            assertThat(AfterReset.end(broker, partition)).isEqualTo(Progress.UNKNOWN);
            assertThat(AfterReset.end(broker, partition)).isEqualTo(7);
        }
    }

    @Test
    void a_topic_that_was_made_anew_is_not_waited_for_to_grow_as_long_as_the_former() {
        Progress anew = new Progress(Map.of(0, 12L, 1, 7L), Map.of(0, 12L, 1, 7L));
        assertThat(retention(Duration.ofDays(2), anew)).isEqualTo(USUAL.retention());
    }

    @Test
    void a_short_reset_leaves_the_usual_retention() {
        ResetNote yesterday = note(RESET.minus(Duration.ofHours(20)), RESET).build();
        assertThat(AfterReset.after(yesterday, RESET.plusSeconds(60), ONE_BEHIND, USUAL)
                        .retention())
                .isEqualTo(USUAL.retention());
    }

    @Test
    void state_of_before_the_reset_is_forgotten_wherever_it_lies_and_what_follows_stays() throws IOException {
        Path state = folder.resolve("hg");
        Path old = Files.createDirectories(state.resolve("0_1")).resolve("samples");
        Files.writeString(old, "of before");

        AfterReset.forgetOlder(state, 17);
        assertThat(old).doesNotExist();

        Path own = Files.createDirectories(state.resolve("0_1")).resolve("samples");
        Files.writeString(own, "of after");
        AfterReset.forgetOlder(state, 17);
        assertThat(own).hasContent("of after");

        AfterReset.forgetOlder(state, 18);
        assertThat(own).as("there was another reset").doesNotExist();
    }

    @Test
    void an_engine_does_not_start_on_state_that_it_can_not_forget() throws IOException {
        Path nobodyKnows = Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));
        assertThatThrownBy(() -> AfterReset.forgetOlder(nobodyKnows.resolve("hg"), RESET.toEpochMilli()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("can't be deleted");
        assertThatThrownBy(() -> Folders.delete(nobodyKnows.resolve("hg"))).isInstanceOf(IOException.class);
    }

    @Test
    void nothing_is_deleted_under_an_engine_that_works_on_it() throws IOException {
        Path state = folder.resolve("hg");
        Path old = Files.createDirectories(state.resolve("0_1")).resolve("samples");
        Files.writeString(old, "in use");
        Set<StandardOpenOption> made = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try (FileChannel engine = FileChannel.open(state.resolve(".lock"), made)) {
            assertThat(engine.lock().isValid()).isTrue();
            assertThatThrownBy(() -> AfterReset.forgetOlder(state, 17))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("an engine works there");
            assertThat(old).hasContent("in use");
        }

        AfterReset.forgetOlder(state, 17);
        assertThat(old).as("it has stopped").doesNotExist();
    }

    @Test
    void a_folder_that_is_not_there_is_nothing_to_delete() throws IOException {
        assertThat(Folders.delete(folder.resolve("none"))).isFalse();
    }
}
