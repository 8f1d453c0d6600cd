package org.heliograph.agent.journal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;

/** The tables, over one connection. A connection that only reads sees what the other one has committed. */
final class Database implements Store {
    private static final Logger log = LoggerFactory.getLogger(Database.class);

    /** Result codes of SQLite: the file's content is wrong, or it is no database at all. */
    private static final int DAMAGED = 11;

    private static final Set<Integer> DAMAGE = Set.of(DAMAGED, 26);

    static final String DEAD_LETTERS = "kind = " + Entry.Kind.DEAD_LETTER.number();
    static final String REPORTS = "kind = " + Entry.Kind.REPORT.number();
    private static final String ENTRY =
            "entry (offset, kind, key, timestamp_ms, headers, value, size, checksum) VALUES (?,?,?,?,?,?,?,?)";
    private static final String SELECT = "SELECT offset, kind, key, timestamp_ms, headers, value, checksum FROM entry";

    /** The reason of an entry whose checksum doesn't fit. */
    static final String SPOILT = "the disk has changed it in the journal";

    private static final int FULL = 13;
    private static final Set<Integer> BUSY = Set.of(5, 6);
    /** Mask for the primary code in an extended result code. */
    private static final int PRIMARY = 0xFF;

    private static final int PAGE_BYTES = 4_096;
    /** What a start reads whole, whatever was before: a tenth of a second from an SD card's cache, half a one without. */
    private static final long SMALL_BYTES = 16L << 20;
    /** What SQLite knows as no limit. */
    private static final long PAGES_MAX = 4_294_967_294L;

    private final Connection connection;
    private final Reserve reserve;
    private final Optional<Left> left;
    private boolean begun;
    private Prepared prepared;
    /** Not before it is needed: a journal that is only looked into may have an older schema. */
    private @Nullable PreparedStatement keep;

    private Database(Connection connection, Reserve reserve, Optional<Left> left) throws SQLException {
        this.left = left;
        this.connection = connection;
        this.reserve = reserve;
        this.prepared = Prepared.on(connection);
    }

    private record Prepared(PreparedStatement insert, PreparedStatement delete, PreparedStatement select) {
        static Prepared on(Connection connection) throws SQLException {
            return new Prepared(
                    connection.prepareStatement("INSERT INTO " + ENTRY),
                    connection.prepareStatement("DELETE FROM entry WHERE offset <= ?"),
                    connection.prepareStatement(SELECT + " WHERE offset > ? ORDER BY offset LIMIT ?"));
        }

        void close() throws SQLException {
            insert.close();
            delete.close();
            select.close();
        }
    }

    /** Opens for writing; creates the tables in a new file. */
    static Database writer(Path file, Reserve reserve, long logBytes) throws SQLException, JournalException {
        Connection connection = Tables.connect(file, SQLiteConfig.JournalMode.WAL);
        try (Statement statement = connection.createStatement()) {
            Optional<Left> left = left(statement);
            if (left.isEmpty()) {
                requireSound(statement);
            }
            Tables.create(file, statement);
            statement.executeUpdate("PRAGMA wal_autocheckpoint = " + Math.max(1, logBytes / PAGE_BYTES));
            reserve.hold();
            return new Database(connection, reserve, left);
        } catch (SQLException | JournalException e) {
            connection.close();
            throw e;
        }
    }

    /** A new file that needs no log, as nothing depends on it before it is whole; and that grows no larger for now. */
    static Database fresh(Path file, long bytesMax) throws SQLException, JournalException {
        Connection connection = Tables.connect(file, SQLiteConfig.JournalMode.MEMORY);
        try (Statement statement = connection.createStatement()) {
            Tables.create(file, statement);
            Database database = new Database(connection, Reserve.NONE, Optional.empty());
            database.limitPages(Math.max(1, bytesMax / PAGE_BYTES));
            return database;
        } catch (SQLException | JournalException e) {
            connection.close();
            throw e;
        }
    }

    /** Not worth it for a small file: that is checked and counted at each start. */
    private static Optional<Left> left(Statement statement) throws SQLException {
        long bytes = PAGE_BYTES
                * (Tables.number(statement, "PRAGMA page_count") - Tables.number(statement, "PRAGMA freelist_count"));
        return bytes <= SMALL_BYTES || !Tables.areCurrent(statement) ? Optional.empty() : Left.of(state(statement));
    }

    static Database reader(Path file) throws SQLException {
        return new Database(Tables.look(file, false), Reserve.NONE, Optional.empty());
    }

    /**
     * For a look from outside. Whoever closes a file last brings what SQLite reads of its log into it and deletes the log:
     * with that, after a crash, what an agent's own start would have saved behind a wrong bit. Only who may not write
     * doesn't. Where there is no log there is nothing to lose, and what reading makes beside the file goes again.
     */
    static Database visitor(Path file) throws SQLException {
        boolean hasLog = Files.exists(JournalFile.part(file, JournalFile.LOG));
        return new Database(Tables.look(file, hasLog), Reserve.NONE, Optional.empty());
    }

    static boolean isFull(SQLException e) {
        return e.getErrorCode() == FULL;
    }

    /** Whether another try may be all that is needed, however often: a full disk can be emptied, another process ends. */
    static boolean mayPass(SQLException e) {
        return isFull(e) || isBusy(e);
    }

    static boolean isBusy(SQLException e) {
        return BUSY.contains(e.getErrorCode() & PRIMARY);
    }

    @Override
    public void makeRoom() throws SQLException {
        reserve.release();
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA wal_checkpoint(RESTART)");
            try (ResultSet pages = statement.executeQuery("PRAGMA page_count")) {
                limitPages(pages.getLong(1));
            }
        }
    }

    @Override
    public boolean recover() throws SQLException {
        if (!reserve.isHeld()) {
            reserve.hold();
            if (reserve.isHeld()) {
                limitPages(PAGES_MAX);
            }
        }
        return reserve.isHeld();
    }

    /** Ends what {@link #fresh} has set. */
    void growAtWill() throws SQLException {
        limitPages(PAGES_MAX);
    }

    private void limitPages(long pages) throws SQLException {
        execute("PRAGMA max_page_count = " + pages);
    }

    /** Whether the file itself is at fault, so that trying again is of no use. */
    static boolean isDamage(SQLException e) {
        return DAMAGE.contains(e.getErrorCode());
    }

    /** The whole file. A page that is damaged would otherwise stop the pump when it gets there. */
    private static void requireSound(Statement statement) throws SQLException {
        Optional<String> damage = damage(statement);
        if (damage.isPresent()) {
            throw new SQLException(damage.get(), "", DAMAGED);
        }
    }

    private static Optional<String> damage(Statement statement) throws SQLException {
        try (ResultSet verdict = statement.executeQuery("PRAGMA integrity_check(1)")) {
            String said = verdict.getString(1);
            return "ok".equals(said) ? Optional.empty() : Optional.of(said);
        }
    }

    /** What SQLite finds wrong with the file. */
    Optional<String> damage() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return damage(statement);
        }
    }

    @Override
    public void insert(long offset, Entry entry) throws SQLException {
        begin();
        fill(prepared.insert(), offset, entry);
        prepared.insert().executeUpdate();
    }

    private static void fill(PreparedStatement insert, long offset, Entry entry) throws SQLException {
        byte[] headers = Headers.encode(entry.headers());
        insert.setLong(1, offset);
        insert.setInt(2, entry.kind().number());
        insert.setString(3, entry.key());
        insert.setLong(4, entry.timestampMillis());
        insert.setBytes(5, headers);
        insert.setBytes(6, entry.value());
        insert.setLong(7, entry.sizeBytes());
        insert.setLong(8, Checksum.of(offset, entry.kind().number(), entry, headers));
    }

    @Override
    public void delete(long offset) throws SQLException {
        begin();
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("DELETE FROM entry WHERE offset = " + offset);
        }
    }

    @Override
    public void replace(long offset, Entry entry) throws SQLException {
        delete(offset);
        insert(offset, entry);
    }

    @Override
    public Amount deleteThrough(long after, long offset, long letters) throws SQLException {
        begin();
        Amount deadLetters = deadLettersThrough(letters);
        if (letters >= offset) {
            prepared.delete().setLong(1, offset);
            prepared.delete().executeUpdate();
            return deadLetters;
        }
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("DELETE FROM entry WHERE " + DEAD_LETTERS + " AND offset <= " + letters);
            statement.executeUpdate("DELETE FROM entry WHERE offset > " + after + " AND offset <= " + offset
                    + " AND NOT (" + DEAD_LETTERS + ")");
        }
        return deadLetters;
    }

    Amount deadLettersThrough(long offset) throws SQLException {
        return amount(DEAD_LETTERS + " AND offset <= " + offset);
    }

    @Override
    public Amount dropDeadLetters(long bytes) throws SQLException {
        begin();
        Amount dropped = Amount.NONE;
        long last = 0;
        try (Statement statement = connection.createStatement()) {
            try (ResultSet rows = statement.executeQuery("SELECT offset, size FROM entry WHERE " + DEAD_LETTERS
                    + " AND offset < (SELECT max(offset) FROM entry WHERE " + DEAD_LETTERS + ") ORDER BY offset")) {
                while (dropped.bytes() < bytes && rows.next()) {
                    last = rows.getLong(1);
                    dropped = dropped.plus(new Amount(1, rows.getLong(2)));
                }
            }
            statement.executeUpdate("DELETE FROM entry WHERE " + DEAD_LETTERS + " AND offset <= " + last);
        }
        return dropped;
    }

    @Override
    public void keep(String name, long value) throws SQLException {
        begin();
        if (value == 0 && name.startsWith(COUNTER)) {
            try (PreparedStatement forget = connection.prepareStatement("DELETE FROM state WHERE name = ?")) {
                forget.setString(1, name);
                forget.executeUpdate();
            }
            return;
        }
        if (keep == null) {
            keep = connection.prepareStatement("INSERT INTO state (name, value, checksum) VALUES (?,?,?)"
                    + " ON CONFLICT (name) DO UPDATE SET value = excluded.value, checksum = excluded.checksum");
        }
        keep.setString(1, name);
        keep.setLong(2, value);
        keep.setLong(3, Checksum.of(name, value));
        keep.executeUpdate();
    }

    @Override
    public void commit() throws SQLException {
        if (begun) {
            execute("COMMIT");
            begun = false;
        }
    }

    @Override
    public void rollback() throws SQLException {
        begun = false;
        // a statement that failed can't be used again
        prepared.close();
        if (keep != null) {
            keep.close();
            keep = null;
        }
        prepared = Prepared.on(connection);
        if (isInTransaction()) {
            execute("ROLLBACK");
        }
    }

    /** By hand: on a full disk SQLite ends a transaction by itself, and the driver would go on without one. */
    private void begin() throws SQLException {
        if (!begun) {
            execute("BEGIN IMMEDIATE");
            begun = true;
        }
    }

    /** SQLite ends it by itself when the disk is full. */
    private boolean isInTransaction() {
        try {
            execute("BEGIN");
            execute("ROLLBACK");
            return false;
        } catch (SQLException _) {
            return true;
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** From the next question on, until {@link #endReading}, nothing changes for this connection. */
    void beginReading() throws SQLException {
        execute("BEGIN");
    }

    void endReading() throws SQLException {
        execute("ROLLBACK");
    }

    @Override
    public Optional<Left> left() {
        return left;
    }

    @Override
    public Map<String, Long> state() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return state(statement);
        }
    }

    private static Map<String, Long> state(Statement statement) throws SQLException {
        Map<String, Long> state = new HashMap<>();
        try (ResultSet rows = statement.executeQuery("SELECT * FROM state")) {
            boolean checked = rows.getMetaData().getColumnCount() > 2; // an older journal is looked into as it is
            while (rows.next()) {
                String name = rows.getString(1);
                long value = rows.getLong(2);
                if (checked && rows.getLong(3) != Checksum.of(name, value) && !rows.wasNull()) {
                    log.error("journal=spoilt number={} value={}", name, value);
                } else {
                    state.put(name, value);
                }
            }
        }
        return state;
    }

    /** Puts entries of a damaged file at their places, where those aren't taken. Says how many and how much that was. */
    Amount restore(List<Row> rows) throws SQLException {
        begin();
        Amount restored = Amount.NONE;
        try (PreparedStatement insert = connection.prepareStatement("INSERT OR IGNORE INTO " + ENTRY)) {
            for (Row row : rows) {
                Entry entry = row.salvaged();
                fill(insert, row.offset(), entry);
                restored = insert.executeUpdate() == 0 ? restored : restored.plus(entry);
            }
        }
        return restored;
    }

    @Override
    public Amount deadLetters() throws SQLException {
        return amount(DEAD_LETTERS);
    }

    @Override
    public Amount reports() throws SQLException {
        return amount(REPORTS);
    }

    private Amount amount(String which) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT count(*), coalesce(sum(size), 0) FROM entry WHERE " + which)) {
            return new Amount(row.getLong(1), row.getLong(2));
        }
    }

    @Override
    public Map<String, Amount> readings() throws SQLException {
        Map<String, Amount> amounts = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT key, count(*), sum(size) FROM entry WHERE kind IN ("
                        + Entry.Kind.READINGS.number() + ", " + Entry.Kind.HELD.number() + ") GROUP BY key")) {
            while (rows.next()) {
                amounts.put(rows.getString(1), new Amount(rows.getLong(2), rows.getLong(3)));
            }
        }
        return amounts;
    }

    @Override
    public long lastOffset() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT coalesce(max(offset), 0) FROM entry")) {
            return row.getLong(1);
        }
    }

    @Override
    public List<Stored> read(long after, int maxEntries, long maxBytes) throws SQLException {
        prepared.select().setLong(1, after);
        prepared.select().setInt(2, maxEntries);
        try (ResultSet rows = prepared.select().executeQuery()) {
            return entries(rows, maxBytes);
        }
    }

    @Override
    public List<Stored> letters(long after, long through, int maxEntries, long maxBytes) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(SELECT + " WHERE " + DEAD_LETTERS + " AND offset > " + after
                        + " AND offset <= " + through + " ORDER BY offset LIMIT " + maxEntries)) {
            return entries(rows, maxBytes);
        }
    }

    private static List<Stored> entries(ResultSet rows, long maxBytes) throws SQLException {
        List<Stored> entries = new ArrayList<>();
        long bytes = 0;
        while (rows.next()) {
            Stored stored = stored(rows);
            bytes += stored.entry().sizeBytes();
            if (bytes > maxBytes && !entries.isEmpty()) {
                break;
            }
            entries.add(stored);
        }
        return entries;
    }

    @Override
    public List<Stored> reports(long after) throws SQLException {
        List<Stored> reports = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        SELECT + " WHERE " + REPORTS + " AND offset > " + after + " ORDER BY offset")) {
            while (rows.next()) {
                reports.add(stored(rows));
            }
        }
        return reports;
    }

    private static Stored stored(ResultSet row) throws SQLException {
        byte[] value = row.getBytes(6);
        long checksum = row.getLong(7);
        boolean isChecked = !row.wasNull();
        return new Row(
                        row.getLong(1),
                        row.getInt(2),
                        row.getString(3),
                        row.getLong(4),
                        row.getBytes(5),
                        value == null ? new byte[0] : value,
                        isChecked ? checksum : null)
                .stored();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
