package org.heliograph.agent.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import org.sqlite.SQLiteConfig;

/** The tables of a journal's file, made in a new one and brought to what this agent knows in an older one; and the way to them. */
final class Tables {
    /** 1: as it began. 2: checksums of entries. 3: of offsets and the journal's own numbers, too. */
    private static final int SCHEMA = 3;

    /** Who wrote the file, in its head: "hgjl". */
    private static final int APPLICATION = 0x68676A6C;

    /** SQLite's own head. */
    static final int HEAD_BYTES = 100;

    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    private static final int SCHEMA_AT = 60;
    private static final int APPLICATION_AT = 68;

    private static final int BUSY_MILLIS = 5_000;

    private Tables() {}

    /** Whether a file that begins like this is a journal, also one of before they said so. */
    static boolean areIn(byte[] head) {
        if (head.length < HEAD_BYTES || !Arrays.equals(MAGIC, Arrays.copyOf(head, MAGIC.length))) {
            return false;
        }
        int schema = ByteBuffer.wrap(head).getInt(SCHEMA_AT);
        int application = ByteBuffer.wrap(head).getInt(APPLICATION_AT);
        return application == APPLICATION || (application == 0 && schema > 0 && schema <= SCHEMA);
    }

    /** Whether a file is a journal together with its log; what else reads it is not to be there. */
    static boolean areSeenIn(Path file) {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        try (Connection connection = config.createConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT user_version FROM pragma_user_version"
                        + " WHERE EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'entry')")) {
            int schema = found.next() ? found.getInt(1) : 0;
            return schema > 0 && schema <= SCHEMA;
        } catch (SQLException _) {
            return false;
        }
    }

    /** In the file itself, and not in its log: from its head one sees whose it is from the first moment on. */
    private static void mark(Path file) throws SQLException {
        if (file.toFile().length() > 0) {
            return;
        }
        try (Connection connection = new SQLiteConfig().createConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("PRAGMA application_id = " + APPLICATION);
        }
    }

    /** For who writes. */
    static Connection connect(Path file, SQLiteConfig.JournalMode mode) throws SQLException {
        mark(file);
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(mode);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout(BUSY_MILLIS);
        config.setGetGeneratedKeys(false); // else each insert is followed by a question for its rowid
        return config.createConnection("jdbc:sqlite:" + file);
    }

    /** For who changes nothing of the journal. */
    static Connection look(Path file, boolean readOnly) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_MILLIS);
        config.enforceForeignKeys(false);
        config.setReadOnly(readOnly);
        Connection connection = config.createConnection("jdbc:sqlite:" + file);
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA query_only = true");
        }
        return connection;
    }

    static void create(Path file, Statement statement) throws SQLException, JournalException {
        migrate(file, statement);
        // with their sizes: what is counted, or dropped, is found without reading the entries
        statement.executeUpdate(
                "CREATE INDEX IF NOT EXISTS dead_letter ON entry (offset, size) WHERE " + EntryTable.DEAD_LETTERS);
        statement.executeUpdate("CREATE INDEX IF NOT EXISTS report ON entry (offset) WHERE " + EntryTable.REPORTS);
    }

    static boolean areCurrent(Statement statement) throws SQLException {
        return number(statement, "PRAGMA user_version") == SCHEMA;
    }

    static long number(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            return row.getLong(1);
        }
    }

    /** Brings the tables to what this agent knows, whole or not at all. */
    private static void migrate(Path file, Statement statement) throws SQLException, JournalException {
        long schema = number(statement, "PRAGMA user_version");
        if (schema > SCHEMA) {
            throw new JournalException(file + " was written by a newer agent (schema " + schema
                    + ", this one knows up to " + SCHEMA + "): run that one, or give this one another file");
        }
        if (schema == SCHEMA) {
            return;
        }
        statement.executeUpdate("BEGIN IMMEDIATE");
        statement.executeUpdate("CREATE TABLE IF NOT EXISTS entry (offset INTEGER PRIMARY KEY, kind INTEGER NOT"
                + " NULL, key TEXT NOT NULL, timestamp_ms INTEGER NOT NULL, headers BLOB, value BLOB NOT NULL,"
                + " size INTEGER NOT NULL)");
        statement.executeUpdate(
                "CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID");
        if (schema < 2) {
            statement.executeUpdate("ALTER TABLE entry ADD COLUMN checksum INTEGER");
        }
        statement.executeUpdate("ALTER TABLE state ADD COLUMN checksum INTEGER");
        statement.executeUpdate("PRAGMA user_version = " + SCHEMA);
        statement.executeUpdate("COMMIT");
    }
}
