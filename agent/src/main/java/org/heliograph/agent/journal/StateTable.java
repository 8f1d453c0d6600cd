package org.heliograph.agent.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The table of numbers by name. What changes it is done within the database's transaction. */
final class StateTable {
    private static final Logger log = LoggerFactory.getLogger(StateTable.class);

    private final Connection connection;

    /** Not before it is needed: a journal that is only looked into may have an older schema. */
    private @Nullable PreparedStatement keep;

    StateTable(Connection connection) {
        this.connection = connection;
    }

    /** See {@link Store#keep}. */
    void keep(String name, long value) throws SQLException {
        if (Store.isNone(name, value)) {
            forget(name);
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

    void forget(String name) throws SQLException {
        try (PreparedStatement forget = connection.prepareStatement("DELETE FROM state WHERE name = ?")) {
            forget.setString(1, name);
            forget.executeUpdate();
        }
    }

    /** A statement that failed can't be used again. */
    void prepareAnew() throws SQLException {
        if (keep != null) {
            keep.close();
            keep = null;
        }
    }

    static Store.Numbers read(Statement statement) throws SQLException {
        Map<String, Long> sound = new HashMap<>();
        Set<String> spoilt = new HashSet<>();
        try (ResultSet rows = statement.executeQuery("SELECT * FROM state")) {
            boolean isChecked = rows.getMetaData().getColumnCount() > 2; // an older journal is looked into as it is
            while (rows.next()) {
                String name = String.valueOf(rows.getString(1));
                long value = rows.getLong(2);
                if (isChecked && !isProven(name, value, rows)) {
                    log.error("journal=spoilt number={} value={}", name, value);
                    spoilt.add(name);
                } else {
                    sound.put(name, value);
                }
            }
        }
        return new Store.Numbers(sound, spoilt);
    }

    /** An earlier agent has left its numbers without a checksum; it left no notes. */
    private static boolean isProven(String name, long value, ResultSet row) throws SQLException {
        long checksum = row.getLong(3);
        return row.wasNull() ? !name.startsWith(Left.NOTES) : checksum == Checksum.of(name, value);
    }
}
