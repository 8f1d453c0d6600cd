package org.heliograph.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReserveTest {
    private static final int BYTES = 64 << 10;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void space_is_held_and_given_back() throws Exception {
        Reserve reserve = reserve();
        reserve.hold();
        assertThat(reserve.isHeld()).isTrue();
        assertThat(Files.size(file())).isGreaterThanOrEqualTo(BYTES);

        assertThat(reserve.release()).isTrue();
        assertThat(reserve.isHeld()).isFalse();
        assertThat(file()).doesNotExist();
    }

    @Test
    void one_that_is_there_and_can_not_be_written_to_is_not_held() throws Exception {
        // as on a file system that has become read-only: it can't be opened for writing, nor deleted
        Files.createDirectory(file());
        Files.createFile(file().resolve("something"));
        Reserve reserve = new Reserve(folder.resolve("agent.db"), 1, () -> Long.MAX_VALUE);

        reserve.hold();

        assertThat(reserve.isHeld()).isFalse();
    }

    private Reserve reserve() {
        return new Reserve(folder.resolve("agent.db"), BYTES, () -> Long.MAX_VALUE);
    }

    private Path file() {
        return folder.resolve("agent.db.reserve");
    }
}
