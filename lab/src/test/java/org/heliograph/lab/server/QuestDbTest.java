package org.heliograph.lab.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuestDbTest {
    private static final String SELECT = "select * from device_point where device = 'crac-01'";

    @TempDir
    Path folder;

    @Test
    void writing_again_overwrites_and_rows_outlast_a_restart_and_no_process_is_left() throws Exception {
        QuestDb store = QuestDb.start(folder);
        try (store) {
            write(store, 1.5);
            write(store, 2.5);
            assertThat(awaitLast(store, 2.5)).satisfiesExactly(row -> {
                assertThat(row.time("timestamp")).isEqualTo(Instant.ofEpochSecond(60));
                assertThat(row.text("device")).isEqualTo("crac-01");
                assertThat(row.has("area")).isFalse();
            });
            store.restart();
            assertThat(awaitLast(store, 2.5)).hasSize(1);
            assertThatThrownBy(() -> store.query("nonsense")).isInstanceOf(ServerException.class);
        }
        assertThat(ProcessHandle.of(store.pid()).filter(ProcessHandle::isAlive)).isEmpty();
    }

    private static void write(QuestDb store, double last) throws Exception {
        Lines.post(
                store.url() + "/api/v2/write?org=o&bucket=heliograph&precision=ms",
                "device_point,site=casa1,device=crac-01,class=crac,point=power last=" + last + ",count=6 60000\n");
    }

    /** A write is applied to its table a moment after it was acknowledged. */
    private static List<Row> awaitLast(QuestDb store, double last) {
        long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        List<Row> rows = store.query(SELECT);
        while (System.nanoTime() < deadline
                && rows.stream().noneMatch(row -> row.number("last").orElse(0) == last)) {
            rows = store.query(SELECT);
        }
        return rows;
    }
}
