package org.heliograph.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody looks, and the agent goes on. */
class InspectionTest {
    private static final int ENTRIES = 2_500;
    private static final int PAGE_BYTES = 4_096;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void what_is_delivered_while_somebody_looks_leaves_no_gap_in_what_is_seen() throws Exception {
        assertThat(seen(Inspection::forEach)).isEqualTo(numbers(1, ENTRIES));
    }

    @Test
    void who_may_take_his_time_sees_no_more_what_was_delivered_meanwhile() throws Exception {
        List<Long> seen = seen(Inspection::walk);
        assertThat(seen)
                .startsWith(1L, 2L, 3L)
                .isSorted()
                .doesNotHaveDuplicates()
                .endsWith((long) ENTRIES);
        assertThat(seen).hasSizeLessThan(ENTRIES).containsAll(numbers(ENTRIES - 499, ENTRIES));
    }

    @Test
    void a_damaged_file_shows_what_its_checksums_prove() throws Exception {
        Path file = folder.resolve("agent.db");
        try (Journal journal =
                Journal.open(file, new Journal.Limits(Duration.ofMillis(2), 500, 64 << 20), InstantSource.system())) {
            for (int i = 0; i < ENTRIES; i++) {
                var _ = journal.append(new Entry(Entry.Kind.READINGS, "casa1/inv-01", i, Map.of(), new byte[50]));
            }
            journal.flush().get();
        }
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(bytes.length() / PAGE_BYTES / 2 * PAGE_BYTES);
            bytes.write(new byte[300]);
        }

        List<Long> seen = new ArrayList<>();
        try (Inspection inspection = Inspection.of(file)) {
            inspection.walk(stored -> seen.add(stored.offset()));
            assertThat(inspection.isDamaged()).isTrue();
        }
        assertThat(seen)
                .startsWith(1L, 2L, 3L)
                .endsWith((long) ENTRIES)
                .isSorted()
                .doesNotHaveDuplicates()
                .hasSizeBetween(ENTRIES - 100, ENTRIES - 1);
    }

    private interface Looking {
        void at(Inspection inspection, Consumer<Stored> visitor) throws JournalException;
    }

    /** What is seen of a journal all but 500 entries of which are delivered as soon as the first is seen. */
    private List<Long> seen(Looking looking) throws Exception {
        Path file = folder.resolve("agent.db");
        List<Long> seen = new ArrayList<>();
        try (Journal journal = Journal.open(
                        file, new Journal.Limits(Duration.ofMillis(2), 500, 64 << 20), InstantSource.system());
                Inspection inspection = Inspection.of(file)) {
            for (int i = 0; i < ENTRIES; i++) {
                var _ = journal.append(new Entry(Entry.Kind.READINGS, "casa1/inv-01", i, Map.of(), new byte[50]));
            }
            journal.flush().get();
            looking.at(inspection, stored -> {
                if (seen.isEmpty()) {
                    deliver(journal, ENTRIES - 500);
                }
                seen.add(stored.offset());
            });
        }
        return seen;
    }

    private static void deliver(Journal journal, int entries) {
        try {
            journal.confirm(journal.read(0, entries));
            journal.flush().get();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static List<Long> numbers(long from, long through) {
        return LongStream.rangeClosed(from, through).boxed().toList();
    }
}
