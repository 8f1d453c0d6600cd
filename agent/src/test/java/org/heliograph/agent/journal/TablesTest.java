package org.heliograph.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig;

final class TablesTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void a_connection_keeps_little_of_the_file_in_memory() throws SQLException {
        Path file = folder.resolve("agent.db");
        try (Connection writer = Tables.connect(file, SQLiteConfig.JournalMode.WAL);
                Connection reader = Tables.look(file, false)) {
            assertThat(cacheSize(writer)).isEqualTo(Tables.WRITER_CACHE);
            assertThat(cacheSize(reader)).isEqualTo(Tables.LOOK_CACHE);
        }
    }

    private static long cacheSize(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return Tables.number(statement, "PRAGMA cache_size");
        }
    }
}
