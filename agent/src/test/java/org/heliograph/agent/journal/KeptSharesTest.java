package org.heliograph.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a device holds of a hall's journal, over restarts. */
class KeptSharesTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-07-01T10:00:00Z"));

    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource({"256, 1, it is counted at each start", "24576, 64, the agent that ended has noted it"})
    void a_device_that_holds_more_than_its_share_gets_no_fresh_one_by_a_restart(
            int journalKiB, int entryKiB, String how) throws Exception {
        Journal.Limits limits = new Journal.Limits(Duration.ofMillis(2), 500, (long) journalKiB << 10);
        try (Journal journal = Journal.open(folder.resolve("agent.db"), limits, CLOCK)) {
            speak(journal);
            while (!isBeyondItsShare(journal, entryKiB)) {
                // it takes all that it is given
            }
        }
        for (int restart = 0; restart < 2; restart++) {
            try (Journal journal = Journal.open(folder.resolve("agent.db"), limits, CLOCK)) {
                speak(journal);
                assertThat(isBeyondItsShare(journal, entryKiB)).as(how).isTrue();
            }
        }
        try (Journal journal = Journal.open(folder.resolve("agent.db"), limits, CLOCK)) {
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
        try (Database look = Database.reader(folder.resolve("agent.db"))) {
            assertThat(look.state().keySet()).noneMatch(name -> name.startsWith(Left.SHARE));
        }
    }

    /** As in a hall. */
    private static void speak(Journal journal) {
        for (int i = 0; i < Shares.SMALL_AGENT_KEYS; i++) {
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
