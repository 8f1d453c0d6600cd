package org.heliograph.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CutLogTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-07-01T10:00:00Z"));
    private static final Journal.Limits LIMITS = new Journal.Limits(Duration.ofMillis(2), 500, 64 << 20);
    private static final int ENTRY_BYTES = 64 << 10;
    /** More than is read at each start. */
    private static final int LARGE = 300;

    private static final int LOG_HEADER_BYTES = 32;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void what_is_restored_to_a_large_journal_that_was_left_on_purpose_is_counted_with_it() throws Exception {
        Path file = folder.resolve("agent.db");
        try (Journal journal = Journal.open(file, LIMITS, CLOCK)) {
            for (int i = 0; i < LARGE; i++) {
                write(journal);
            }
        }
        Path killed = Files.createDirectory(folder.resolve("killed")).resolve("agent.db");
        Backlog waiting;
        try (Journal journal = Journal.open(file, LIMITS, CLOCK)) {
            write(journal);
            waiting = journal.backlog();
            Files.copy(file, killed);
            byte[] log = Files.readAllBytes(JournalFile.part(file, JournalFile.LOG));
            log[LOG_HEADER_BYTES] ^= 1;
            Files.write(JournalFile.part(killed, JournalFile.LOG), log);
        }
        assertThat(waiting.entries()).isEqualTo(LARGE + 1);

        try (Journal journal = Journal.open(killed, LIMITS, CLOCK)) {
            assertThat(journal.read(LARGE, 10)).hasSize(1);
            assertThat(journal.backlog()).isEqualTo(waiting);
        }
    }

    private static void write(Journal journal) throws Exception {
        Entry entry = new Entry(Entry.Kind.READINGS, "casa1/inv-01", 42, Map.of(), new byte[ENTRY_BYTES]);
        ((Append.Taken) journal.append(entry)).onDisk().get();
    }
}
