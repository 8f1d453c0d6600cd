package org.heliograph.agent.journal;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A disk that a schedule fills up, and cuts from its power: what wasn't synced is gone then, and of a commit under way
 * nobody knows. Journals over it have no thread; the schedule says when they write.
 */
public final class ModelDisk {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-07-01T10:00:00Z"));
    private static final int SQLITE_FULL = 13;
    private static final int SQLITE_IOERR = 10;

    private Content synced = new Content(new TreeMap<>(), new HashMap<>());
    /** What another connection sees: everything that was committed. */
    private Content committed = synced.copy();

    private int pageEntries = Integer.MAX_VALUE;
    private boolean full;
    private boolean failsToWrite;
    private boolean failsToRead;
    private boolean takesNothing;
    private boolean syncs = true;
    private boolean reportsNothing;
    private Fall fall = Fall.NONE;

    /** What becomes of the next commit. */
    public enum Fall {
        NONE,
        BEFORE_COMMIT,
        AFTER_COMMIT
    }

    /** Thrown out of a commit during which the power fell. */
    public static final class PowerCut extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private record Content(TreeMap<Long, Entry> entries, Map<String, Long> state) {
        Content copy() {
            return new Content(new TreeMap<>(entries), new HashMap<>(state));
        }
    }

    public Journal open(long maxBytes) throws SQLException {
        return open(maxBytes, Shedding.NOTHING);
    }

    public Journal open(long maxBytes, Shedding shedding) throws SQLException {
        Journal.Limits limits = new Journal.Limits(Duration.ZERO, 20, maxBytes);
        return Opening.over(new Connection(true), new Connection(false), () -> {}, limits, shedding, CLOCK);
    }

    /** What waits goes to disk, if the disk takes it. */
    public static void write(Journal journal) {
        journal.writer().writeQueued();
    }

    /** What the writer is given at once, at most: a small journal is of several pages, as a large one is. */
    public void setPageEntries(int pageEntries) {
        this.pageEntries = pageEntries;
    }

    public void setFull(boolean full) {
        this.full = full;
    }

    /** Errors of its electronics, not of its space. */
    public void setFailing(boolean reads, boolean writes) {
        failsToRead = reads;
        failsToWrite = writes;
    }

    /** It takes nothing, and calls it an error: a quota that is used up, say. A deletion needs room, too. */
    public void setTakingNothing(boolean takesNothing) {
        this.takesNothing = takesNothing;
        failsToWrite = takesNothing;
    }

    public void fallAtNextCommit(Fall how) {
        fall = how;
    }

    /** A mutation: commits are no longer synced. */
    public void forgetToSync() {
        syncs = false;
    }

    /** A mutation: what was lost isn't told. */
    public void forgetToReport() {
        reportsNothing = true;
    }

    public void cutPower() {
        committed = synced.copy();
        fall = Fall.NONE;
    }

    private final class Connection implements Store {
        private final boolean writes;
        private Content open = committed.copy();
        private boolean hasRoomToDelete;

        Connection(boolean writes) {
            this.writes = writes;
        }

        @Override
        public void insert(long offset, Entry entry) throws SQLException {
            if (full) {
                throw new SQLException("database or disk is full", "", SQLITE_FULL);
            }
            if (failsToWrite) {
                throw new SQLException("disk I/O error", "", SQLITE_IOERR);
            }
            if (reportsNothing && entry.kind() == Entry.Kind.REPORT) {
                return;
            }
            if (open.entries().put(offset, entry) != null) {
                throw new AssertionError("offset " + offset + " is used twice");
            }
        }

        @Override
        public Amount deleteThrough(long after, long offset, long letters) throws SQLException {
            if (takesNothing && !hasRoomToDelete) {
                throw new SQLException("disk I/O error", "", SQLITE_IOERR);
            }
            Map<Long, Entry> delivered = new TreeMap<>(open.entries().headMap(offset, true));
            delivered
                    .entrySet()
                    .removeIf(
                            stored -> stored.getValue().kind() == Entry.Kind.DEAD_LETTER && stored.getKey() > letters);
            open.entries().keySet().removeAll(delivered.keySet());
            return amount(delivered, Entry.Kind.DEAD_LETTER);
        }

        @Override
        public void delete(long offset) {
            if (open.entries().remove(offset) == null) {
                throw new AssertionError("nothing is at " + offset);
            }
        }

        @Override
        public void replace(long offset, Entry entry) throws SQLException {
            if (reportsNothing && entry.kind() == Entry.Kind.REPORT) {
                return;
            }
            delete(offset);
            insert(offset, entry);
        }

        @Override
        public List<Stored> reports(long after) {
            return open.entries().tailMap(after, false).entrySet().stream()
                    .filter(stored -> stored.getValue().kind() == Entry.Kind.REPORT)
                    .map(stored -> new Stored(stored.getKey(), stored.getValue()))
                    .toList();
        }

        @Override
        public Amount dropDeadLetters(long bytes) {
            Amount dropped = Amount.NONE;
            List<Map.Entry<Long, Entry>> letters =
                    new ArrayList<>(open.entries().entrySet());
            letters.removeIf(stored -> stored.getValue().kind() != Entry.Kind.DEAD_LETTER);
            for (Map.Entry<Long, Entry> oldest : letters.subList(0, letters.size() - 1)) {
                if (dropped.bytes() < bytes) {
                    dropped = dropped.plus(oldest.getValue());
                    open.entries().remove(oldest.getKey());
                }
            }
            return dropped;
        }

        @Override
        public void keep(String name, long value) {
            if (Store.isNone(name, value)) {
                open.state().remove(name);
            } else {
                open.state().put(name, value);
            }
        }

        @Override
        public void forget(String name) {
            open.state().remove(name);
        }

        @Override
        public void commit() {
            if (fall == Fall.BEFORE_COMMIT) {
                throw new PowerCut();
            }
            committed = open.copy();
            if (syncs) {
                synced = open.copy();
            }
            if (fall == Fall.AFTER_COMMIT) {
                throw new PowerCut();
            }
        }

        @Override
        public void rollback() {
            open = committed.copy();
        }

        @Override
        public void makeRoom() {
            hasRoomToDelete = true;
        }

        @Override
        public boolean recover() {
            return !takesNothing;
        }

        @Override
        public Optional<Left> left() {
            return Optional.empty();
        }

        @Override
        public Numbers numbers() {
            return new Numbers(Map.copyOf(committed.state()), Set.of());
        }

        @Override
        public Amount deadLetters() {
            return amount(committed.entries(), Entry.Kind.DEAD_LETTER);
        }

        @Override
        public Amount reports() {
            Amount amount = Amount.NONE;
            for (Entry entry : committed.entries().values()) {
                amount = entry.kind() == Entry.Kind.REPORT ? amount.plus(entry) : amount;
            }
            return amount;
        }

        @Override
        public Map<String, Amount> readings() {
            Map<String, Amount> amounts = new HashMap<>();
            for (Entry entry : committed.entries().values()) {
                if (entry.kind().isReadings()) {
                    amounts.merge(entry.key(), Amount.NONE.plus(entry), Amount::plus);
                }
            }
            return amounts;
        }

        @Override
        public long lastOffset() {
            return committed.entries().isEmpty() ? 0 : committed.entries().lastKey();
        }

        @Override
        public List<Stored> read(long after, int maxEntries, long maxBytes) throws SQLException {
            if (failsToRead && !writes) {
                throw new SQLException("disk I/O error", "", SQLITE_IOERR);
            }
            // the writer sees what it is about to commit, as its connection does
            Content seen = writes ? open : committed;
            return seen.entries().tailMap(after, false).entrySet().stream()
                    .limit(writes ? Math.min(maxEntries, pageEntries) : maxEntries)
                    .map(stored -> new Stored(stored.getKey(), stored.getValue()))
                    .toList();
        }

        @Override
        public List<Stored> letters(long after, long through, int maxEntries, long maxBytes) {
            return committed.entries().subMap(after, false, Math.max(after, through), true).entrySet().stream()
                    .filter(stored -> stored.getValue().kind() == Entry.Kind.DEAD_LETTER)
                    .limit(maxEntries)
                    .map(stored -> new Stored(stored.getKey(), stored.getValue()))
                    .toList();
        }

        @Override
        public void close() {
            // nothing is held
        }

        private static Amount amount(Map<Long, Entry> entries, Entry.Kind kind) {
            Amount amount = Amount.NONE;
            for (Entry entry : entries.values()) {
                amount = entry.kind() == kind ? amount.plus(entry) : amount;
            }
            return amount;
        }
    }
}
