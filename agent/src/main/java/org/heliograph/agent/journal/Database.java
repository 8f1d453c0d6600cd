package org.heliograph.agent.journal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sqlite.SQLiteConfig;

/** A journal's file, over one connection. A connection that only reads sees what the other one has committed. */
final class Database implements Store {
    private static final int PAGE_BYTES = 4_096;
    /** What a start reads whole, whatever was before: a tenth of a second from an SD card's cache, half a one without. */
    private static final long SMALL_BYTES = 16L << 20;
    /** What SQLite knows as no limit. */
    private static final long PAGES_MAX = 4_294_967_294L;

    private final Connection connection;
    private final Reserve reserve;
    private final EntryTable entries;
    private final StateTable state;
    /** As long as nothing is added to it that wasn't there. */
    private Optional<Left> left;

    private boolean begun;

    private Database(Connection connection, Reserve reserve, Optional<Left> left) throws SQLException {
        this.left = left;
        this.connection = connection;
        this.reserve = reserve;
        this.entries = new EntryTable(connection);
        this.state = new StateTable(connection);
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
        if (bytes <= SMALL_BYTES || !Tables.areCurrent(statement)) {
            return Optional.empty();
        }
        Numbers numbers = StateTable.read(statement);
        // who has changed one of them may have changed anything
        return numbers.spoilt().isEmpty() ? Left.of(numbers.sound()) : Optional.empty();
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

    /** The whole file. A page that is damaged would otherwise stop the pump when it gets there. */
    private static void requireSound(Statement statement) throws SQLException {
        Optional<String> damage = damage(statement);
        if (damage.isPresent()) {
            throw new SQLException(damage.get(), "", ResultCode.CORRUPT);
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
        entries.insert(offset, entry);
    }

    /** Puts entries of a damaged file at their places, where those aren't taken. Says how many and how much that was. */
    Amount restore(List<Row> rows) throws SQLException {
        left = Optional.empty();
        begin();
        return entries.restore(rows);
    }

    @Override
    public void delete(long offset) throws SQLException {
        begin();
        entries.delete(offset);
    }

    @Override
    public void replace(long offset, Entry entry) throws SQLException {
        delete(offset);
        insert(offset, entry);
    }

    @Override
    public Amount deleteThrough(long after, long offset, long letters) throws SQLException {
        begin();
        return entries.deleteThrough(after, offset, letters);
    }

    @Override
    public Amount dropDeadLetters(long bytes) throws SQLException {
        begin();
        return entries.dropDeadLetters(bytes);
    }

    @Override
    public void keep(String name, long value) throws SQLException {
        begin();
        state.keep(name, value);
    }

    @Override
    public void forget(String name) throws SQLException {
        begin();
        state.forget(name);
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
        state.prepareAnew();
        entries.prepareAnew();
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
    public Numbers numbers() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return StateTable.read(statement);
        }
    }

    @Override
    public Amount deadLetters() throws SQLException {
        return entries.deadLetters();
    }

    Amount deadLettersThrough(long offset) throws SQLException {
        return entries.deadLettersThrough(offset);
    }

    @Override
    public Amount reports() throws SQLException {
        return entries.reports();
    }

    @Override
    public Map<String, Amount> readings() throws SQLException {
        return entries.readings();
    }

    @Override
    public long lastOffset() throws SQLException {
        return entries.lastOffset();
    }

    @Override
    public List<Stored> read(long after, int maxEntries, long maxBytes) throws SQLException {
        return entries.read(after, maxEntries, maxBytes);
    }

    @Override
    public List<Stored> letters(long after, long through, int maxEntries, long maxBytes) throws SQLException {
        return entries.letters(after, through, maxEntries, maxBytes);
    }

    @Override
    public List<Stored> reports(long after) throws SQLException {
        return entries.reports(after);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
