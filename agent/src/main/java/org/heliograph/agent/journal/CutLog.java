package org.heliograph.agent.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What SQLite cuts off a write-ahead log, as far as checksums prove it: a file that is sound but for that is as of the cut.
 *
 * @param rows of the whole log, which shows some of them more than once
 * @param numbers the journal's own, the highest of each behind the cut
 */
record CutLog(List<Row> rows, Map<String, Long> numbers) {
    private static final Logger log = LoggerFactory.getLogger(CutLog.class);

    static final CutLog NONE = new CutLog(List.of(), Map.of());

    private static final long BYTES_MAX = 16L << 20;

    static CutLog of(Damaged damaged) throws IOException {
        int frames = damaged.framesGivenUp();
        if (frames == 0) {
            return NONE;
        }
        Cells cells = new Cells(damaged);
        CutLog cut = new CutLog(rows(damaged, cells), numbers(damaged, cells, frames));
        log.warn("journal=log-cut frames={} looksFor={} numbers={}", frames, cut.rows.size(), cut.numbers.size());
        return cut;
    }

    private static List<Row> rows(Damaged damaged, Cells cells) throws IOException {
        List<Row> rows = new ArrayList<>();
        long bytes = 0;
        for (int i = 0; i < damaged.looks() && bytes < BYTES_MAX; i++) {
            ByteBuffer frame = damaged.frame(i);
            for (Row row : frame == null ? List.<Row>of() : cells.rows(frame)) {
                if (row.isProven()) {
                    rows.add(row);
                    bytes += row.value().length;
                }
            }
        }
        return rows;
    }

    private static Map<String, Long> numbers(Damaged damaged, Cells cells, int frames) throws IOException {
        Map<String, Long> numbers = new HashMap<>();
        for (int i = 0; i < frames; i++) {
            ByteBuffer frame = damaged.frame(i);
            if (frame != null) {
                cells.numbers(frame).forEach(number -> numbers.merge(number.name(), number.value(), Math::max));
            }
        }
        return numbers;
    }

    /** Puts it back into what SQLite has made of the file. */
    void restore(Database database) throws SQLException {
        if (rows.isEmpty() && numbers.isEmpty()) {
            return;
        }
        Map<String, Long> state = database.state();
        long last = Math.max(database.lastOffset(), state.getOrDefault(Store.CONFIRMED, 0L));
        List<Row> behind = rows.stream().filter(row -> row.offset() > last).toList();
        Amount restored = behind.isEmpty() ? Amount.NONE : database.restore(behind);
        Map<String, Long> ahead = new HashMap<>(numbers);
        // as of the cut: they belong to the entries that are there, and what was delivered may come again
        ahead.keySet().removeAll(List.of(Store.CONFIRMED, Store.WAITING));
        ahead.entrySet().removeIf(number -> number.getValue() <= state.getOrDefault(number.getKey(), 0L));
        for (Map.Entry<String, Long> number : ahead.entrySet()) {
            database.keep(number.getKey(), number.getValue());
        }
        database.commit();
        if (restored.entries() > 0 || !ahead.isEmpty()) {
            log.warn(
                    "journal=log-restored entries={} bytes={} numbers={}",
                    restored.entries(),
                    restored.bytes(),
                    ahead.size());
        }
    }
}
