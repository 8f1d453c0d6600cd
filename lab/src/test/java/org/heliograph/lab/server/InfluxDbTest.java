package org.heliograph.lab.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InfluxDbTest {
    @TempDir
    Path folder;

    @Test
    void it_answers_keeps_its_rows_over_a_kill_and_leaves_no_process() throws Exception {
        assumeTrue(InfluxDb.available(), "influxd isn't installed");
        InfluxDb store = InfluxDb.start(folder);
        try (store) {
            store.query("", "CREATE DATABASE heliograph");
            Lines.post(store.url() + "/write?db=heliograph&precision=ms", """
                    m,site=casa1 a=1.5,s="x" 1000
                    m,site=casa1 a=2 2000
                    """);
            store.kill();
            assertThat(store.isAlive()).isFalse();
            store.restart();
            assertThat(store.query("heliograph", "select * from m"))
                    .satisfiesExactly(
                            row -> {
                                assertThat(row.time("time")).isEqualTo(Instant.ofEpochSecond(1));
                                assertThat(row.number("a")).hasValue(1.5);
                                assertThat(row.text("s")).isEqualTo("x");
                                assertThat(row.text("site")).isEqualTo("casa1");
                            },
                            row -> {
                                assertThat(row.number("a")).hasValue(2);
                                assertThat(row.has("s")).isFalse();
                            });
            assertThatThrownBy(() -> store.query("heliograph", "nonsense")).isInstanceOf(ServerException.class);
        }
        assertThat(ProcessHandle.of(store.pid()).filter(ProcessHandle::isAlive)).isEmpty();
    }
}
