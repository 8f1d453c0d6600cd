package org.heliograph.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-07-01T10:00:00Z"));
    private static final Journal.Limits LIMITS = new Journal.Limits(Duration.ofMillis(2), 500, 16 << 20);
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    @TempDir
    private Path folder = Path.of("");

    @Test
    void what_was_appended_is_read_back_in_order_and_unchanged() throws Exception {
        Entry letter = new Entry(
                Entry.Kind.DEAD_LETTER, "", 17, Map.of("reason", "NaN – no value", "stage", "agent"), new byte[] {0, -1
                });
        try (Journal journal = open()) {
            long first = append(journal, reading(1)).get();
            long second = append(journal, letter).get();

            List<Stored> stored = journal.read(0, 10);
            assertThat(stored).extracting(Stored::offset).containsExactly(first, second);
            assertThat(texts(stored).getFirst()).isEqualTo("reading 1");
            assertThat(stored.get(1).entry()).usingRecursiveComparison().isEqualTo(letter);
        }
    }

    @Test
    void a_restart_finds_everything_that_was_not_confirmed() throws Exception {
        try (Journal journal = open()) {
            for (int i = 0; i < 100; i++) {
                var _ = append(journal, reading(i));
            }
            journal.flush().get();
            journal.confirm(journal.read(0, 40));
        }
        try (Journal journal = open()) {
            assertThat(texts(journal.read(journal.confirmed(), 1_000))).first().isEqualTo("reading 40");
            assertThat(journal.read(journal.confirmed(), 1_000)).hasSize(60);
            assertThat(journal.backlog().entries()).isEqualTo(60);
        }
    }

    @Test
    void an_offset_is_never_used_twice_not_even_when_everything_was_delivered() throws Exception {
        long last;
        try (Journal journal = open()) {
            last = append(journal, reading(1)).get();
            journal.confirm(journal.read(0, 10));
        }
        try (Journal journal = open()) {
            assertThat(journal.backlog()).isEqualTo(new Backlog(0, 0));
            assertThat(append(journal, reading(2)).get()).isGreaterThan(last);
        }
    }

    @Test
    void files_copied_in_the_middle_of_writing_hold_every_completed_entry() throws Exception {
        Path copy = Files.createDirectory(folder.resolve("copy"));
        List<Long> completed = new ArrayList<>();
        try (Journal journal = open()) {
            for (int i = 0; i < 2_000; i++) {
                CompletableFuture<Long> onDisk = append(journal, reading(i));
                if (i % 100 == 99) {
                    completed.add(onDisk.get());
                }
            }
            // as a power cut leaves them: the log not yet merged into the database
            for (String name : List.of("agent.db", "agent.db-wal")) {
                Files.copy(folder.resolve(name), copy.resolve(name));
            }
        }
        try (Journal journal = Journal.open(copy.resolve("agent.db"), LIMITS, CLOCK)) {
            assertThat(journal.read(0, 10_000)).extracting(Stored::offset).containsAll(completed);
        }
    }

    @Test
    void a_torn_tail_of_the_log_costs_no_entry_before_it() throws Exception {
        Path copy = Files.createDirectory(folder.resolve("copy"));
        long completed;
        try (Journal journal = open()) {
            completed = append(journal, reading(1)).get();
            Files.copy(folder.resolve("agent.db"), copy.resolve("agent.db"));
            byte[] log = Files.readAllBytes(folder.resolve("agent.db-wal"));
            byte[] torn = new byte[log.length + 3_000];
            System.arraycopy(log, 0, torn, 0, log.length);
            Files.write(copy.resolve("agent.db-wal"), torn);
        }
        try (Journal journal = Journal.open(copy.resolve("agent.db"), LIMITS, CLOCK)) {
            assertThat(journal.read(0, 10)).extracting(Stored::offset).containsExactly(completed);
        }
    }

    @Test
    void entries_that_come_together_share_a_commit() throws Exception {
        // nothing completes before the group is full: the window is far longer than the test
        Journal.Limits slow = new Journal.Limits(Duration.ofMinutes(5), 3, 16 << 20);
        try (Journal journal = Journal.open(folder.resolve("agent.db"), slow, CLOCK)) {
            CompletableFuture<Long> first = append(journal, reading(1));
            CompletableFuture<Long> second = append(journal, reading(2));
            assertThat(journal.awaitBehind(0, Duration.ofMillis(50))).isFalse();
            assertThat(first).isNotDone();

            append(journal, reading(3)).get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            assertThat(first).isCompleted();
            assertThat(second).isCompleted();
        }
    }

    @Test
    void beyond_its_quota_it_takes_nothing_until_something_was_delivered() throws Exception {
        long size = reading(1).sizeBytes();
        Journal.Limits small = new Journal.Limits(Duration.ZERO, 500, 3 * size);
        try (Journal journal = Journal.open(folder.resolve("agent.db"), small, CLOCK)) {
            for (int i = 1; i <= 3; i++) {
                append(journal, reading(i)).get();
            }
            assertThat(journal.append(reading(4))).isEqualTo(new Append.Full(3 * size));

            journal.confirm(journal.read(0, 1));
            await(journal, 2);
            assertThat(journal.append(reading(4))).isInstanceOf(Append.Taken.class);
        }
    }

    @Test
    void the_quota_counts_what_an_earlier_start_left() throws Exception {
        long size = reading(1).sizeBytes();
        try (Journal journal = open()) {
            append(journal, reading(1)).get();
        }
        Journal.Limits small = new Journal.Limits(Duration.ZERO, 500, size);
        try (Journal journal = Journal.open(folder.resolve("agent.db"), small, CLOCK)) {
            assertThat(journal.append(reading(2))).isInstanceOf(Append.Full.class);
        }
    }

    @Test
    void closing_writes_what_was_taken_and_takes_no_more() throws Exception {
        Journal journal = open();
        CompletableFuture<Long> onDisk = append(journal, reading(1));
        journal.close();

        assertThat(onDisk).isCompleted();
        assertThat(journal.append(reading(2))).isInstanceOf(Append.Full.class);
    }

    @Test
    void a_second_agent_is_told_that_the_journal_is_in_use() throws Exception {
        try (Journal _ = open()) {
            assertThatThrownBy(this::open)
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("in use by another agent");
        }
        open().close();
    }

    @Test
    void a_file_that_is_no_journal_is_named() throws IOException {
        Files.writeString(folder.resolve("agent.db"), "these are not the bytes of a database".repeat(50));

        assertThatThrownBy(this::open)
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("agent.db can't be opened");
    }

    @Test
    void the_boot_number_ascends_even_when_the_clock_stands_still() throws Exception {
        long first;
        try (Journal journal = open()) {
            first = journal.boot();
        }
        InstantSource wrong = InstantSource.fixed(Instant.EPOCH);
        try (Journal journal = Journal.open(folder.resolve("agent.db"), LIMITS, wrong)) {
            assertThat(journal.boot()).isEqualTo(first + 1);
        }
    }

    @Test
    void counters_outlive_a_restart() throws Exception {
        try (Journal journal = open()) {
            assertThat(journal.counter("s0/lights")).isZero();
            journal.keepCounter("s0/lights", 41);
            journal.keepCounter("s0/lights", 42);
        }
        try (Journal journal = open()) {
            assertThat(journal.counter("s0/lights")).isEqualTo(42);
        }
    }

    private Journal open() throws JournalException {
        return Journal.open(folder.resolve("agent.db"), LIMITS, CLOCK);
    }

    private static CompletableFuture<Long> append(Journal journal, Entry entry) {
        return ((Append.Taken) journal.append(entry)).onDisk();
    }

    /** Until the confirmation was written, which happens with a later commit. */
    private static void await(Journal journal, long entries) {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (journal.backlog().entries() != entries) {
            assertThat(System.nanoTime()).as("backlog " + journal.backlog()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static List<String> texts(List<Stored> stored) {
        return stored.stream()
                .map(one -> new String(one.entry().value(), StandardCharsets.UTF_8))
                .toList();
    }

    private static Entry reading(int number) {
        byte[] value = ("reading " + number).getBytes(StandardCharsets.UTF_8);
        return new Entry(Entry.Kind.READINGS, "casa1/inv-01", number, Map.of(), value);
    }
}
