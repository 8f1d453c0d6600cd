package org.heliograph.agent.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Brings into a fresh file what its checksum proves of a damaged one, each entry at its place, with a report of what is
 * missing. What is there but changed becomes a dead letter.
 */
final class Salvage {
    private static final int PAGE_ENTRIES = 1_000;
    private static final long PAGE_BYTES = 1L << 20;
    /** The most entries that fit into a page: no damaged page had more. */
    private static final long PAGE_ENTRIES_MAX = 128;

    private final Damaged damaged;
    private final Cells cells;
    private final Database fresh;
    private final long bytesMax;
    private Amount restored = Amount.NONE;
    private long highest;
    private boolean full;
    /** The highest place of an entry for which there was no room. */
    private long leftOut;

    /**
     * What came of it.
     *
     * @param spoilt entries that became dead letters
     * @param gone places that are empty
     * @param isWhole false where the disk had no room for all: the rest is in the damaged file only
     */
    record Outcome(long saved, long spoilt, long gone, boolean isWhole) {}

    private Salvage(Damaged damaged, Database fresh, long bytesMax) {
        this.damaged = damaged;
        this.cells = new Cells(damaged);
        this.fresh = fresh;
        this.bytesMax = bytesMax;
    }

    /**
     * Saves.
     *
     * @param cut what was read of the log before SQLite cut it off
     * @param bytesMax what the journal may hold: no more of it can have waited
     */
    static Outcome of(Damaged damaged, CutLog cut, Database fresh, long bytesMax, Shedding shedding, long nowMillis)
            throws IOException, SQLException {
        return new Salvage(damaged, fresh, bytesMax).run(cut, shedding, nowMillis);
    }

    private Outcome run(CutLog cut, Shedding shedding, long nowMillis) throws IOException, SQLException {
        Map<String, Long> numbers = cells.numbers();
        cut.numbers().forEach((name, value) -> numbers.merge(name, value, Math::max));
        long boot = Opening.boot(numbers, nowMillis);
        numbers.put(Store.BOOT, boot);
        numbers.merge(Counters.stored(Counters.DAMAGED), 1L, Long::sum);
        for (Map.Entry<String, Long> number : numbers.entrySet()) {
            fresh.keep(number.getKey(), number.getValue());
        }
        fresh.commit();
        long confirmed = numbers.getOrDefault(Store.CONFIRMED, 0L);
        long letters = Opening.lettersThrough(numbers);
        Predicate<Row> waits = row -> row.offset() > (row.isDeadLetter() ? letters : confirmed);
        write(cut.rows().stream().filter(waits).toList());
        restore(waits.and(Row::isProven));
        long saved = restored.entries();
        // a place that no proven row makes likely is as wrong as the row may be
        long end = Math.max(fresh.lastOffset(), confirmed) + damaged.looks() * PAGE_ENTRIES_MAX;
        restore(waits.and(row -> !row.isProven() && row.offset() <= end));
        long spoilt = restored.entries() - saved;
        long gone = gone(confirmed);
        fresh.growAtWill();
        tell(shedding.survey(boot, nowMillis), gone + spoilt);
        return new Outcome(saved, spoilt, gone, !full);
    }

    private void restore(Predicate<Row> which) throws IOException, SQLException {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < damaged.looks() && restored.bytes() < bytesMax; i++) {
            ByteBuffer page = damaged.look(i);
            if (page == null) {
                continue;
            }
            highest = Math.max(highest, cells.highest(page));
            cells.rows(page).stream().filter(which).forEach(rows::add);
            if (rows.size() >= PAGE_ENTRIES) {
                write(rows);
                rows.clear();
            }
        }
        write(rows);
    }

    /** As many as there is room for. */
    private void write(List<Row> rows) throws SQLException {
        if (rows.isEmpty() || (!full && fit(rows))) {
            return;
        }
        if (full) {
            rows.forEach(row -> leftOut = Math.max(leftOut, row.offset()));
            return;
        }
        int half = rows.size() / 2;
        if (half == 0) {
            full = true;
            write(rows);
        } else {
            write(rows.subList(0, half));
            write(rows.subList(half, rows.size()));
        }
    }

    private boolean fit(List<Row> rows) throws SQLException {
        try {
            restored = restored.plus(fresh.restore(rows));
            fresh.commit();
            return true;
        } catch (SQLException e) {
            if (!ResultCode.isFull(e)) {
                throw e;
            }
            fresh.rollback();
            return false;
        }
    }

    /** Places up to the last that is known of. Where it isn't by an entry, it is no farther than the damaged pages reach. */
    private long gone(long confirmed) throws SQLException {
        List<Stored> first = fresh.read(confirmed, 1, PAGE_BYTES);
        long from =
                confirmed > 0 || first.isEmpty() ? confirmed : first.getFirst().offset() - 1;
        long last = Math.max(Math.max(fresh.lastOffset(), leftOut), from);
        if (highest - last <= damaged.looks() * PAGE_ENTRIES_MAX) {
            last = Math.max(last, highest);
        }
        // dead letters that had to wait are before all these places
        long before = fresh.deadLettersThrough(confirmed).entries();
        return Math.max(0, last - from - (restored.entries() - before));
    }

    private void tell(Survey survey, long gone) throws SQLException {
        long last = 0;
        for (List<Stored> page = fresh.read(0, PAGE_ENTRIES, PAGE_BYTES);
                !page.isEmpty();
                page = fresh.read(last, PAGE_ENTRIES, PAGE_BYTES)) {
            page.forEach(survey::saved);
            last = page.getLast().offset();
        }
        long offset = Math.max(Math.max(last, leftOut), highest) + 1;
        for (Entry report : survey.reports(gone, offset)) {
            fresh.insert(offset++, report);
        }
        fresh.commit();
    }
}
