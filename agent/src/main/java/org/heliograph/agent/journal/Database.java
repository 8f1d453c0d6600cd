package org.heliograph.agent.journal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
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
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/** The tables, over one connection. A connection that only reads sees what the other one has committed. */
final class Database implements AutoCloseable {
    /** Names of rows in {@code state}. */
    static final String CONFIRMED = "confirmed";

    static final String BOOT = "boot";

    private static final int SCHEMA = 1;
    private static final int BUSY_MILLIS = 5_000;

    private final Connection connection;
    private final PreparedStatement insert;
    private final PreparedStatement delete;
    private final PreparedStatement keep;
    private final PreparedStatement select;

    private Database(Connection connection) throws SQLException {
        this.connection = connection;
        insert = connection.prepareStatement(
                "INSERT INTO entry (offset, kind, key, timestamp_ms, headers, value, size) VALUES (?,?,?,?,?,?,?)");
        delete = connection.prepareStatement("DELETE FROM entry WHERE offset <= ?");
        keep = connection.prepareStatement(
                "INSERT INTO state (name, value) VALUES (?,?) ON CONFLICT (name) DO UPDATE SET value = excluded.value");
        select = connection.prepareStatement("SELECT offset, kind, key, timestamp_ms, headers, value FROM entry"
                + " WHERE offset > ? ORDER BY offset LIMIT ?");
    }

    /** Opens for writing; creates the tables in a new file. */
    static Database writer(Path file) throws SQLException, JournalException {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout(BUSY_MILLIS);
        Connection connection = config.createConnection("jdbc:sqlite:" + file);
        try (Statement statement = connection.createStatement()) {
            try (ResultSet version = statement.executeQuery("PRAGMA user_version")) {
                int schema = version.getInt(1);
                if (schema > SCHEMA) {
                    throw new JournalException(file + " was written by a newer agent (schema " + schema + ")");
                }
            }
            statement.executeUpdate("CREATE TABLE IF NOT EXISTS entry (offset INTEGER PRIMARY KEY, kind INTEGER NOT"
                    + " NULL, key TEXT NOT NULL, timestamp_ms INTEGER NOT NULL, headers BLOB, value BLOB NOT NULL,"
                    + " size INTEGER NOT NULL)");
            statement.executeUpdate("CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value INTEGER NOT NULL)"
                    + " WITHOUT ROWID");
            statement.executeUpdate("PRAGMA user_version = " + SCHEMA);
            connection.setAutoCommit(false);
            return new Database(connection);
        } catch (SQLException | JournalException e) {
            connection.close();
            throw e;
        }
    }

    static Database reader(Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_MILLIS);
        config.enforceForeignKeys(false);
        Connection connection = config.createConnection("jdbc:sqlite:" + file);
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA query_only = true");
        }
        return new Database(connection);
    }

    void insert(long offset, Entry entry) throws SQLException {
        insert.setLong(1, offset);
        insert.setInt(2, entry.kind().number());
        insert.setString(3, entry.key());
        insert.setLong(4, entry.timestampMillis());
        insert.setBytes(5, encode(entry.headers()));
        insert.setBytes(6, entry.value());
        insert.setLong(7, entry.sizeBytes());
        insert.executeUpdate();
    }

    void deleteThrough(long offset) throws SQLException {
        delete.setLong(1, offset);
        delete.executeUpdate();
    }

    void keep(String name, long value) throws SQLException {
        keep.setString(1, name);
        keep.setLong(2, value);
        keep.executeUpdate();
    }

    void commit() throws SQLException {
        connection.commit();
    }

    void rollback() throws SQLException {
        connection.rollback();
    }

    Map<String, Long> state() throws SQLException {
        Map<String, Long> state = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT name, value FROM state")) {
            while (rows.next()) {
                state.put(rows.getString(1), rows.getLong(2));
            }
        }
        return state;
    }

    Backlog backlog() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*), coalesce(sum(size), 0) FROM entry")) {
            return new Backlog(row.getLong(1), row.getLong(2));
        }
    }

    /** The highest offset among the entries; 0 when there are none. */
    long lastOffset() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT coalesce(max(offset), 0) FROM entry")) {
            return row.getLong(1);
        }
    }

    /** The entries behind an offset, oldest first; stops before {@code maxBytes} are exceeded, but not before the first. */
    List<Stored> read(long after, int maxEntries, long maxBytes) throws SQLException {
        List<Stored> entries = new ArrayList<>();
        long bytes = 0;
        select.setLong(1, after);
        select.setInt(2, maxEntries);
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                Entry entry = new Entry(
                        Entry.Kind.numbered(rows.getInt(2)),
                        rows.getString(3),
                        rows.getLong(4),
                        decode(rows.getBytes(5)),
                        rows.getBytes(6));
                bytes += entry.sizeBytes();
                if (bytes > maxBytes && !entries.isEmpty()) {
                    break;
                }
                entries.add(new Stored(rows.getLong(1), entry));
            }
        }
        return entries;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private static byte @Nullable [] encode(Map<String, String> headers) {
        if (headers.isEmpty()) {
            return null;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(headers.size());
            for (Map.Entry<String, String> header : headers.entrySet()) {
                write(header.getKey(), out);
                write(header.getValue(), out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static Map<String, String> decode(byte @Nullable [] bytes) {
        if (bytes == null) {
            return Map.of();
        }
        Map<String, String> headers = new HashMap<>();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            for (int left = in.readInt(); left > 0; left--) {
                headers.put(read(in), read(in));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return headers;
    }

    private static void write(String text, DataOutputStream out) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }

    private static String read(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }
}
