package org.heliograph.agent.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The table of entries, by offset. What changes it is done within the database's transaction. */
final class EntryTable {
    static final String DEAD_LETTERS = "kind = " + Entry.Kind.DEAD_LETTER.number();
    static final String REPORTS = "kind = " + Entry.Kind.REPORT.number();

    /** The reason of an entry whose checksum doesn't fit. */
    static final String SPOILT = "the disk has changed it in the journal";

    private static final String READINGS =
            "kind IN (" + Entry.Kind.READINGS.number() + ", " + Entry.Kind.HELD.number() + ")";
    private static final String ENTRY =
            "entry (offset, kind, key, timestamp_ms, headers, value, size, checksum) VALUES (?,?,?,?,?,?,?,?)";
    private static final String SELECT = "SELECT offset, kind, key, timestamp_ms, headers, value, checksum FROM entry";

    private final Connection connection;
    private Prepared prepared;

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

    EntryTable(Connection connection) throws SQLException {
        this.connection = connection;
        this.prepared = Prepared.on(connection);
    }

    /** A statement that failed can't be used again. */
    void prepareAnew() throws SQLException {
        prepared.close();
        prepared = Prepared.on(connection);
    }

    void insert(long offset, Entry entry) throws SQLException {
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

    /** Puts entries of a damaged file at their places, where those aren't taken. Says how many and how much that was. */
    Amount restore(List<Row> rows) throws SQLException {
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

    void delete(long offset) throws SQLException {
        deleteWhere("offset = " + offset);
    }

    /** See {@link Store#deleteThrough}. */
    Amount deleteThrough(long after, long offset, long letters) throws SQLException {
        Amount deadLetters = deadLettersThrough(letters);
        if (letters >= offset) {
            prepared.delete().setLong(1, offset);
            prepared.delete().executeUpdate();
        } else {
            deleteWhere(DEAD_LETTERS + " AND offset <= " + letters);
            deleteWhere("offset > " + after + " AND offset <= " + offset + " AND NOT (" + DEAD_LETTERS + ")");
        }
        return deadLetters;
    }

    /** See {@link Store#dropDeadLetters}. */
    Amount dropDeadLetters(long bytes) throws SQLException {
        Amount dropped = Amount.NONE;
        long last = 0;
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT offset, size FROM entry WHERE " + DEAD_LETTERS
                        + " AND offset < (SELECT max(offset) FROM entry WHERE " + DEAD_LETTERS + ") ORDER BY offset")) {
            while (dropped.bytes() < bytes && rows.next()) {
                last = rows.getLong(1);
                dropped = dropped.plus(new Amount(1, rows.getLong(2)));
            }
        }
        deleteWhere(DEAD_LETTERS + " AND offset <= " + last);
        return dropped;
    }

    private void deleteWhere(String which) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("DELETE FROM entry WHERE " + which);
        }
    }

    Amount deadLetters() throws SQLException {
        return amount(DEAD_LETTERS);
    }

    Amount deadLettersThrough(long offset) throws SQLException {
        return amount(DEAD_LETTERS + " AND offset <= " + offset);
    }

    Amount reports() throws SQLException {
        return amount(REPORTS);
    }

    private Amount amount(String which) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT count(*), coalesce(sum(size), 0) FROM entry WHERE " + which)) {
            return new Amount(row.getLong(1), row.getLong(2));
        }
    }

    /** What is there of readings, by key. */
    Map<String, Amount> readings() throws SQLException {
        Map<String, Amount> amounts = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT key, count(*), sum(size) FROM entry WHERE " + READINGS + " GROUP BY key")) {
            while (rows.next()) {
                amounts.put(rows.getString(1), new Amount(rows.getLong(2), rows.getLong(3)));
            }
        }
        return amounts;
    }

    /** 0 when there are none. */
    long lastOffset() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT coalesce(max(offset), 0) FROM entry")) {
            return row.getLong(1);
        }
    }

    List<Stored> read(long after, int maxEntries, long maxBytes) throws SQLException {
        prepared.select().setLong(1, after);
        prepared.select().setInt(2, maxEntries);
        try (ResultSet rows = prepared.select().executeQuery()) {
            return entries(rows, maxBytes);
        }
    }

    List<Stored> letters(long after, long through, int maxEntries, long maxBytes) throws SQLException {
        return select(
                DEAD_LETTERS + " AND offset > " + after + " AND offset <= " + through + " ORDER BY offset LIMIT "
                        + maxEntries,
                maxBytes);
    }

    List<Stored> reports(long after) throws SQLException {
        return select(REPORTS + " AND offset > " + after + " ORDER BY offset", Long.MAX_VALUE);
    }

    private List<Stored> select(String which, long maxBytes) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(SELECT + " WHERE " + which)) {
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
}
