package org.heliograph.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.heliograph.agent.intake.GivingWay;
import org.heliograph.telemetry.reading.DeviceId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-07-01T10:00:00Z"));
    private static final Journal.Limits LIMITS = new Journal.Limits(Duration.ofMillis(2), 500, 16 << 20);
    private static final Duration DEADLINE = Duration.ofMinutes(2);

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
            await(() -> journal.backlog().entries() == 2);
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
    void a_start_that_fails_half_way_holds_nothing_open() throws Exception {
        try (Journal journal = open()) {
            append(journal, reading(1)).get();
        }
        GivingWay asked = new GivingWay(
                new DeviceId("casa1", "edge-1"),
                _ -> {
                    throw new IllegalStateException("asked");
                },
                _ -> false,
                7);
        assertThatThrownBy(() -> Journal.open(
                        folder.resolve("agent.db"), new Journal.Limits(Duration.ZERO, 500, 1 << 20), asked, CLOCK))
                .hasMessage("asked");

        open().close();
        assertThat(folder.resolve("agent.db-wal")).doesNotExist();
    }

    @Test
    void a_file_that_no_agent_ever_had_is_left_as_it_is() throws Exception {
        Path foreign = folder.resolve("agent.db");
        String text = "these are not the bytes of a database".repeat(50);
        Files.writeString(foreign, text);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(this::open)
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("is no journal: name another file");
        }
        assertThat(foreign).hasContent(text);

        Files.delete(foreign);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + foreign);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("CREATE TABLE dashboard (id INTEGER PRIMARY KEY)");
        }
        byte[] database = Files.readAllBytes(foreign);
        assertThatThrownBy(this::open).isInstanceOf(JournalException.class);
        assertThat(foreign).hasBinaryContent(database);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(foreign);
        }
    }

    @Test
    void a_journal_that_was_put_elsewhere_is_one_there() throws Exception {
        Path elsewhere = folder.resolve("elsewhere.db");
        try (Journal journal = open()) {
            append(journal, reading(1)).get();
            Files.copy(folder.resolve("agent.db"), elsewhere);
            Files.copy(folder.resolve("agent.db-wal"), folder.resolve("elsewhere.db-wal"));
        }
        try (Journal journal = Journal.open(elsewhere, new Journal.Limits(Duration.ZERO, 500, 1 << 20), CLOCK)) {
            assertThat(texts(journal.read(0, 10))).containsExactly("reading 1");
        }
    }

    @Test
    void a_copy_of_an_earlier_agents_journal_is_one_though_only_its_log_says_so() throws Exception {
        Path earlier = folder.resolve("earlier.db");
        Path copy = folder.resolve("copy.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + earlier);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("PRAGMA journal_mode = WAL");
            statement.executeUpdate("CREATE TABLE entry (id INTEGER PRIMARY KEY)");
            statement.executeUpdate("PRAGMA user_version = 2");
            Files.copy(earlier, copy);
            assertThatThrownBy(() -> Journal.requireOurs(copy)).isInstanceOf(JournalException.class);
            Files.copy(folder.resolve("earlier.db-wal"), folder.resolve("copy.db-wal"));
        }
        Journal.requireOurs(copy);
    }

    @Test
    void a_journal_that_became_noise_is_set_aside_and_the_agent_starts() throws Exception {
        open().close();
        String foreign = "these are not the bytes of a database".repeat(50);
        Files.writeString(folder.resolve("agent.db"), foreign);

        try (Journal journal = open()) {
            append(journal, reading(1)).get();
            assertThat(texts(journal.read(0, 10))).containsExactly("reading 1");
        }
        assertThat(folder.resolve("agent.db.corrupt-20260701T100000.000Z")).hasContent(foreign);
    }

    @Test
    void a_log_that_is_torn_anywhere_never_stops_the_start() throws Exception {
        byte[] database;
        byte[] log;
        try (Journal journal = open()) {
            for (int i = 0; i < 5; i++) {
                append(journal, reading(i)).get();
            }
            database = Files.readAllBytes(folder.resolve("agent.db"));
            log = Files.readAllBytes(folder.resolve("agent.db-wal"));
        }
        int before = 0;
        for (int length = 0; length <= log.length; length += 997) {
            Path copy = Files.createDirectory(folder.resolve("torn-" + length));
            Files.write(copy.resolve("agent.db"), database);
            Files.write(copy.resolve("agent.db-wal"), Arrays.copyOf(log, length));
            try (Journal journal = Journal.open(copy.resolve("agent.db"), LIMITS, CLOCK)) {
                List<String> texts = texts(journal.read(0, 10));
                assertThat(texts).hasSizeGreaterThanOrEqualTo(before);
                for (int i = 0; i < texts.size(); i++) {
                    assertThat(texts.get(i)).isEqualTo("reading " + i);
                }
                before = texts.size();
            }
        }
        assertThat(before).isPositive();
    }

    @Test
    void a_full_disk_is_emptied_by_what_was_delivered_and_takes_nothing_meanwhile() throws Exception {
        AtomicBoolean full = new AtomicBoolean();
        Path file = folder.resolve("agent.db");
        JournalFile held = JournalFile.lock(file);
        try (Journal journal = Opening.over(
                new FullDisk(held.open(LIMITS, Shedding.NOTHING, CLOCK), full),
                Database.reader(file),
                held,
                LIMITS,
                Shedding.NOTHING,
                CLOCK)) {
            journal.writer().start();
            for (int i = 0; i < 10; i++) {
                append(journal, reading(i)).get();
            }
            full.set(true);
            CompletableFuture<Long> waiting = append(journal, reading(10));
            await(() -> journal.append(reading(11)) instanceof Append.Full);
            assertThat(waiting).isNotDone();

            journal.confirm(journal.read(0, 6));
            await(() -> read(journal, 0).size() == 4);
            assertThat(waiting).isNotDone();

            full.set(false);
            waiting.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            await(() -> journal.append(reading(12)) instanceof Append.Taken);
            journal.flush().get();
            assertThat(texts(journal.read(0, 1_000_000)))
                    .containsSubsequence("reading 9", "reading 10")
                    .endsWith("reading 12");
        }
    }

    @Test
    void a_file_that_can_grow_no_more_is_emptied_and_filled_again() throws Exception {
        Path file = folder.resolve("agent.db");
        JournalFile held = JournalFile.lock(file);
        Database database = held.open(LIMITS, Shedding.NOTHING, CLOCK);
        // the real thing says that it is full: a page of entries fits, about seventeen of these
        database.makeRoom();
        Store small = new FullDisk(database, new AtomicBoolean()) {
            @Override
            public boolean recover() {
                return false; // the disk stays as full as it is
            }
        };
        // a group of twelve is tried as one, however long they take to come
        Journal.Limits together = new Journal.Limits(Duration.ofMinutes(30), 12, 16 << 20);
        try (Journal journal = Opening.over(small, Database.reader(file), held, together, Shedding.NOTHING, CLOCK)) {
            journal.writer().start();
            for (int i = 0; i < 10; i++) {
                var _ = append(journal, padded(i));
            }
            var _ = journal.flush();
            journal.flush().get(); // the twelfth
            List<CompletableFuture<Long>> waiting = new ArrayList<>();
            for (int i = 10; i < 22; i++) {
                waiting.add(append(journal, padded(i)));
            }
            await(() -> !journal.isWriting());
            assertThat(journal.append(padded(22))).isInstanceOf(Append.Full.class);
            assertThat(waiting).noneMatch(CompletableFuture::isDone);

            journal.confirm(journal.read(0, 10));
            for (CompletableFuture<Long> one : waiting) {
                one.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            }
            assertThat(journal.read(0, 100)).hasSize(12);
        }
    }

    @Test
    void dead_letters_take_no_room_from_readings_and_the_oldest_give_way() throws Exception {
        long size = reading(10).sizeBytes();
        // dead letters get an eighth beside it: four of them
        Journal.Limits small = new Journal.Limits(Duration.ZERO, 500, 32 * size);
        try (Journal journal = Journal.open(folder.resolve("agent.db"), small, CLOCK)) {
            for (int i = 10; i < 100; i++) {
                append(journal, letter(i)).get();
            }
            assertThat(texts(journal.read(0, 1_000)))
                    .containsExactly("reading 96", "reading 97", "reading 98", "reading 99");
            assertThat(journal.droppedDeadLetters()).isEqualTo(86);
            for (int i = 10; i < 42; i++) {
                append(journal, reading(i)).get();
            }
            assertThat(journal.append(reading(42))).isInstanceOf(Append.Full.class);
            append(journal, letter(10)).get();

            journal.confirm(journal.read(0, 1_000));
            await(() -> journal.backlog().equals(new Backlog(0, 0)));
        }
        try (Journal journal = open()) {
            assertThat(journal.droppedDeadLetters()).isEqualTo(87);
        }
    }

    @Test
    void a_dead_letter_that_gave_way_after_it_was_read_is_not_counted_twice() throws Exception {
        long size = reading(1).sizeBytes();
        Journal.Limits small = new Journal.Limits(Duration.ZERO, 500, 8 * size);
        try (Journal journal = Journal.open(folder.resolve("agent.db"), small, CLOCK)) {
            append(journal, letter(0)).get();
            List<Stored> read = journal.read(0, 10);
            append(journal, letter(1)).get();
            journal.confirm(read);
            append(journal, reading(2)).get();

            assertThat(journal.backlog()).isEqualTo(new Backlog(2, 2 * size));
        }
    }

    @Test
    void a_writer_that_dies_says_so_and_takes_no_more() throws Exception {
        Path file = folder.resolve("agent.db");
        JournalFile held = JournalFile.lock(file);
        Store broken = new FullDisk(held.open(LIMITS, Shedding.NOTHING, CLOCK), new AtomicBoolean()) {
            @Override
            public void insert(long offset, Entry entry) {
                throw new IllegalStateException("as planned");
            }
        };
        try (Journal journal = Opening.over(broken, Database.reader(file), held, LIMITS, Shedding.NOTHING, CLOCK)) {
            journal.writer().start();
            CompletableFuture<Long> onDisk = append(journal, reading(1));

            assertThat(journal.death().get(DEADLINE.toSeconds(), TimeUnit.SECONDS))
                    .hasMessage("as planned");
            assertThat(onDisk).isCompletedExceptionally();
            assertThat(journal.append(reading(2))).isInstanceOf(Append.Full.class);
        }
    }

    @Test
    void a_journal_that_is_left_because_its_disk_hangs_is_nobody_elses_while_it_may_be_writing() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CompletableFuture<Void> hangs = new CompletableFuture<>();
        Path file = folder.resolve("agent.db");
        JournalFile held = JournalFile.lock(file);
        Store hanging = new FullDisk(held.open(LIMITS, Shedding.NOTHING, CLOCK), new AtomicBoolean()) {
            @Override
            public void insert(long offset, Entry entry) throws SQLException {
                writing.countDown();
                hangs.join();
                super.insert(offset, entry);
            }
        };
        try (Journal journal = Opening.over(hanging, Database.reader(file), held, LIMITS, Shedding.NOTHING, CLOCK)) {
            journal.writer().start();
            CompletableFuture<Long> onDisk = append(journal, reading(1));
            assertThat(writing.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            Thread closing = Thread.ofPlatform().start(() -> journal.close(DEADLINE));
            closing.interrupt();
            closing.join();
            try {
                assertThatThrownBy(() -> JournalFile.lock(file)).hasMessageContaining("in use by another agent");
            } finally {
                hangs.complete(null);
            }
            assertThat(onDisk.get(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isPositive();
        }
        try (Journal journal = open()) {
            assertThat(texts(journal.read(0, 10))).containsExactly("reading 1");
        }
    }

    /** A card that resets itself, a network file system: nothing fails, and nothing comes back. */
    @Test
    void a_disk_that_does_not_answer_takes_nothing_and_is_given_up_after_minutes_and_one_that_is_slow_is_not()
            throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CompletableFuture<Void> hangs = new CompletableFuture<>();
        AtomicLong nanos = new AtomicLong();
        Path file = folder.resolve("agent.db");
        JournalFile held = JournalFile.lock(file);
        Store hanging = new FullDisk(held.open(LIMITS, Shedding.NOTHING, CLOCK), new AtomicBoolean()) {
            @Override
            public void insert(long offset, Entry entry) throws SQLException {
                writing.countDown();
                hangs.join();
                super.insert(offset, entry);
            }
        };
        Stall stall = new Stall(nanos::get);
        try (Journal journal =
                Opening.over(hanging, Database.reader(file), held, LIMITS, Shedding.NOTHING, CLOCK, stall)) {
            journal.writer().start();
            CompletableFuture<Long> onDisk = append(journal, reading(1));
            assertThat(writing.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            CompletableFuture<Long> meanwhile = append(journal, reading(2));
            try {
                nanos.set(Stall.ANSWER_WITHIN.toNanos());
                assertThat(journal.isWriting()).isTrue();

                nanos.set(Duration.ofSeconds(65).toNanos());
                journal.watch();
                assertThat(stall.isTold()).as("though nobody has asked").isTrue();
                assertThat(journal.isWriting()).isFalse();
                assertThat(journal.failure()).contains("the disk hasn't answered for 65 s");
                assertThat(journal.append(reading(3))).isInstanceOf(Append.Full.class);
                nanos.set(Stall.GIVE_UP_AFTER.toNanos());
                journal.watch();
                assertThat(journal.death()).isNotDone();

                nanos.addAndGet(1);
                journal.watch();
                assertThat(journal.death().resultNow()).hasMessage("the disk hasn't answered for 300 s");
            } finally {
                hangs.complete(null);
            }
            onDisk.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            meanwhile.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            await(journal::isWriting);
            assertThat(journal.failure()).isEmpty();
            assertThat(journal.append(reading(3))).isInstanceOf(Append.Taken.class);
        }
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

    @Test
    void numbers_that_are_kept_while_the_disk_fails_take_no_more_room_than_their_names() throws Exception {
        AtomicBoolean full = new AtomicBoolean();
        Path file = folder.resolve("agent.db");
        JournalFile held = JournalFile.lock(file);
        try (Journal journal = Opening.over(
                new FullDisk(held.open(LIMITS, Shedding.NOTHING, CLOCK), full),
                Database.reader(file),
                held,
                LIMITS,
                Shedding.NOTHING,
                CLOCK)) {
            journal.writer().start();
            full.set(true);
            for (int i = 1; i <= 100_000; i++) {
                journal.keepCounter("s0/lights", i);
            }
            var _ = append(journal, reading(1));
            await(() -> !journal.isWriting());
            for (int i = 1; i <= 100_000; i++) {
                journal.keepCounter("s0/lights", 100_000 + i);
            }
            // what is being tried, and what came since: one each
            assertThat(journal.writer().waiting()).isLessThanOrEqualTo(3);
            full.set(false);
        }
        try (Journal journal = open()) {
            assertThat(journal.counter("s0/lights")).isEqualTo(200_000);
        }
    }

    @Test
    void a_number_that_the_disk_has_changed_is_not_believed() throws Exception {
        Path file = folder.resolve("agent.db");
        try (Journal journal = open()) {
            journal.keepCounter("s0/lights", 42);
            journal.keepCounter("s0/pumps", 43);
        }
        try (java.sql.Connection disk = java.sql.DriverManager.getConnection("jdbc:sqlite:" + file);
                java.sql.Statement statement = disk.createStatement()) {
            statement.executeUpdate("UPDATE state SET value = 41 WHERE name = 'counter/s0/lights'");
        }
        try (Journal journal = open()) {
            assertThat(journal.counter("s0/lights")).isZero();
            assertThat(journal.counter("s0/pumps")).isEqualTo(43);
        }
    }

    @Test
    void a_journal_of_the_first_schema_is_brought_to_this_one_and_loses_nothing() throws Exception {
        Path file = folder.resolve("agent.db");
        try (java.sql.Connection old = java.sql.DriverManager.getConnection("jdbc:sqlite:" + file);
                java.sql.Statement statement = old.createStatement()) {
            statement.executeUpdate(
                    "CREATE TABLE entry (offset INTEGER PRIMARY KEY, kind INTEGER NOT NULL, key TEXT NOT"
                            + " NULL, timestamp_ms INTEGER NOT NULL, headers BLOB, value BLOB NOT NULL, size INTEGER NOT NULL)");
            statement.executeUpdate("CREATE TABLE state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID");
            statement.executeUpdate("INSERT INTO entry VALUES (7, 1, 'casa1/inv-01', 42, NULL, x'0102', 62)");
            statement.executeUpdate("INSERT INTO state VALUES ('confirmed', 6)");
            statement.executeUpdate("PRAGMA user_version = 1");
        }

        try (Journal journal = open()) {
            Stored stored = journal.read(journal.confirmed(), 10).getFirst();
            assertThat(stored.offset()).isEqualTo(7);
            assertThat(stored.entry().kind()).isEqualTo(Entry.Kind.READINGS);
            assertThat(stored.entry().value()).containsExactly(1, 2);
        }
        try (Journal journal = open()) {
            assertThat(journal.read(6, 10)).hasSize(1);
        }
    }

    @Test
    void an_entry_that_the_disk_has_changed_becomes_a_dead_letter() throws Exception {
        Path file = folder.resolve("agent.db");
        try (Journal journal = open()) {
            journal.append(new Entry(Entry.Kind.READINGS, "casa1/inv-01", 42, Map.of(), new byte[] {1, 2}));
            journal.append(new Entry(Entry.Kind.READINGS, "casa1/inv-01", 43, Map.of(), new byte[] {3, 4}));
        }
        try (java.sql.Connection disk = java.sql.DriverManager.getConnection("jdbc:sqlite:" + file);
                java.sql.Statement statement = disk.createStatement()) {
            statement.executeUpdate("UPDATE entry SET value = x'0103' WHERE timestamp_ms = 42");
        }

        try (Journal journal = open()) {
            List<Stored> stored = journal.read(0, 10);
            assertThat(stored.getFirst().entry().kind()).isEqualTo(Entry.Kind.DEAD_LETTER);
            assertThat(stored.getFirst().entry().headers()).containsEntry("reason", EntryTable.SPOILT);
            assertThat(stored.getLast().entry().kind()).isEqualTo(Entry.Kind.READINGS);
        }
    }

    @Test
    void entries_that_the_disk_has_changed_leave_the_quota_as_they_were_counted() throws Exception {
        Path file = folder.resolve("agent.db");
        try (Journal journal = open()) {
            for (int i = 0; i < 4; i++) {
                append(journal, new Entry(Entry.Kind.READINGS, "casa1/inv-01", i, Map.of("a", "b"), new byte[100]))
                        .get();
            }
            try (java.sql.Connection disk = java.sql.DriverManager.getConnection("jdbc:sqlite:" + file);
                    java.sql.Statement statement = disk.createStatement()) {
                statement.executeUpdate("UPDATE entry SET value = randomblob(100) WHERE offset <= 2");
                statement.executeUpdate("UPDATE entry SET kind = 77 WHERE offset = 3");
            }
            List<Stored> stored = journal.read(0, 10);
            assertThat(stored)
                    .extracting(one -> one.entry().kind())
                    .containsExactly(
                            Entry.Kind.DEAD_LETTER,
                            Entry.Kind.DEAD_LETTER,
                            Entry.Kind.DEAD_LETTER,
                            Entry.Kind.READINGS);

            journal.confirm(stored);
            journal.flush().get();

            assertThat(journal.load().all()).isZero();
            assertThat(journal.backlog()).isEqualTo(new Backlog(0, 0));
        }
    }

    private Journal open() throws JournalException {
        return Journal.open(folder.resolve("agent.db"), LIMITS, CLOCK);
    }

    private static CompletableFuture<Long> append(Journal journal, Entry entry) {
        return ((Append.Taken) journal.append(entry)).onDisk();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static List<Stored> read(Journal journal, long after) {
        try {
            return journal.read(after, 1_000);
        } catch (JournalException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> texts(List<Stored> stored) {
        return stored.stream()
                .map(one -> new String(one.entry().value(), StandardCharsets.UTF_8))
                .toList();
    }

    private static Entry padded(int number) {
        return new Entry(Entry.Kind.READINGS, "casa1/inv-01", number, Map.of(), new byte[200]);
    }

    private static Entry letter(int number) {
        Entry reading = reading(number);
        return new Entry(Entry.Kind.DEAD_LETTER, reading.key(), number, Map.of(), reading.value());
    }

    private static Entry reading(int number) {
        byte[] value = "reading %d".formatted(number).getBytes(StandardCharsets.UTF_8);
        return new Entry(Entry.Kind.READINGS, "casa1/inv-01", number, Map.of(), value);
    }
}
