package org.heliograph.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a device holds of a hall's journal, over restarts. */
class KeptSharesTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-07-01T10:00:00Z"));

    /** More than is counted at each start. */
    private static final int LARGE_KIB = 24_576;

    private static final int LARGE_ENTRY_KIB = 64;
    private static final long HALF = (LARGE_KIB << 10) / 2;

    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource({"256, 1, it is counted at each start", "24576, 64, the agent that ended has noted it"})
    void a_device_that_holds_more_than_its_share_gets_no_fresh_one_by_a_restart(
            int journalKiB, int entryKiB, String how) throws Exception {
        Journal.Limits limits = limits(journalKiB);
        fill(limits, entryKiB);
        for (int restart = 0; restart < 2; restart++) {
            try (Journal journal = Journal.open(file(), limits, CLOCK)) {
                speak(journal);
                assertThat(isBeyondItsShare(journal, entryKiB)).as(how).isTrue();
            }
        }
        try (Journal journal = Journal.open(file(), limits, CLOCK)) {
            speak(journal);
            journal.flush().get();
            journal.confirm(journal.read(journal.confirmed(), 10_000));
            while (journal.awaitBehind(journal.confirmed(), Duration.ZERO)) {
                journal.confirm(journal.read(journal.confirmed(), 10_000));
            }
            assertThat(isBeyondItsShare(journal, entryKiB))
                    .as("all was delivered")
                    .isFalse();
        }
        try (Database look = Database.reader(file())) {
            assertThat(look.state().keySet()).noneMatch(name -> name.startsWith(Left.SHARE));
        }
    }

    /** As only the note can say it: the entries themselves say otherwise. */
    @Test
    void of_a_large_journal_the_note_is_believed_and_nothing_is_counted_again() throws Exception {
        Journal.Limits limits = limits(LARGE_KIB);
        fill(limits, LARGE_ENTRY_KIB);
        String share = Left.SHARE + "casa1/rack-0";
        change("INSERT INTO state VALUES ('" + share + "', " + HALF + ", " + Checksum.of(share, HALF) + ")");
        try (Journal journal = Journal.open(file(), limits, CLOCK)) {
            speak(journal, 1);
            assertThat(journal.append(entry("rack-0", LARGE_ENTRY_KIB << 10))).isInstanceOf(Append.OverShare.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE state SET value = 1 WHERE name = 'left/share/casa1/loud'",
                "UPDATE state SET value = -4611686018427387904, checksum = NULL WHERE name = 'left/share/casa1/loud'",
                "UPDATE state SET name = 'left/share/casa1/lout' WHERE name = 'left/share/casa1/loud'",
                "UPDATE state SET value = 'x' WHERE name = 'left/share/casa1/loud'",
                "INSERT INTO state VALUES ('left/share/casa1/rack-0', 9223372036854775807, NULL)"
            })
    void what_the_disk_has_changed_of_a_note_is_counted_and_forgotten(String change) throws Exception {
        Journal.Limits limits = limits(LARGE_KIB);
        fill(limits, LARGE_ENTRY_KIB);
        change(change);
        try (Journal journal = Journal.open(file(), limits, CLOCK)) {
            speak(journal);
            assertThat(isBeyondItsShare(journal, LARGE_ENTRY_KIB)).isTrue();
            journal.flush().get();
            try (Database look = Database.reader(file())) {
                assertThat(look.numbers().spoilt()).isEmpty();
                assertThat(look.state().keySet()).noneMatch(name -> name.startsWith(Left.SHARE));
            }
        }
    }

    private void change(String sql) throws Exception {
        try (Connection disk = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = disk.createStatement()) {
            assertThat(statement.executeUpdate(sql)).isEqualTo(1);
        }
    }

    private Path file() {
        return folder.resolve("agent.db");
    }

    private static Journal.Limits limits(int journalKiB) {
        return new Journal.Limits(Duration.ofMillis(2), 500, (long) journalKiB << 10);
    }

    /** One takes all that it is given. */
    private void fill(Journal.Limits limits, int entryKiB) throws Exception {
        try (Journal journal = Journal.open(file(), limits, CLOCK)) {
            speak(journal);
            boolean isBeyond = false;
            while (!isBeyond) {
                isBeyond = isBeyondItsShare(journal, entryKiB);
            }
        }
    }

    /** As in a hall. */
    private static void speak(Journal journal) {
        speak(journal, 0);
    }

    private static void speak(Journal journal, int first) {
        for (int i = first; i < first + Shares.SMALL_AGENT_KEYS; i++) {
            assertThat(journal.append(entry("rack-" + i, 16))).isInstanceOf(Append.Taken.class);
        }
    }

    private static boolean isBeyondItsShare(Journal journal, int entryKiB) throws Exception {
        Append append = journal.append(entry("loud", entryKiB << 10));
        if (append instanceof Append.Full) {
            journal.flush().get(); // too much waited for the disk
        }
        return append instanceof Append.OverShare;
    }

    private static Entry entry(String device, int bytes) {
        return new Entry(Entry.Kind.READINGS, "casa1/" + device, 42, Map.of(), new byte[bytes]);
    }
}
