package org.heliograph.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.heliograph.agent.config.Operation;
import org.heliograph.agent.health.Health;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class HealthDoorTest {
    @Test
    void an_address_that_can_not_be_had_at_the_start_is_opened_once_it_can() throws Exception {
        ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        int port = other.getLocalPort();
        try (other;
                HealthDoor door = door(port)) {
            door.open();
            assertThat(door.isOpen()).isFalse();

            other.close();
            long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
            while (!door.isOpen()) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
            try (InputStream answer =
                    URI.create("http://127.0.0.1:" + port + "/metrics").toURL().openStream()) {
                assertThat(new String(answer.readAllBytes(), StandardCharsets.UTF_8))
                        .isEqualTo("metrics");
            }
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void tries_in_vain_leave_no_sockets_behind() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                HealthDoor door = door(other.getLocalPort())) {
            door.isDone();
            long before = openFiles();
            for (int i = 0; i < 100; i++) {
                assertThat(door.isDone()).isFalse();
            }
            assertThat(openFiles() - before).isLessThan(50);
        }
    }

    private static long openFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    @Test
    void one_that_was_closed_is_opened_no_more() throws Exception {
        ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        HealthDoor door = door(other.getLocalPort());
        door.open();
        door.close();
        other.close();

        door.open();

        assertThat(door.isOpen()).isFalse();
    }

    private static HealthDoor door(int port) {
        return new HealthDoor(
                new Operation.Health("127.0.0.1", port),
                () -> new Health(List.of()),
                () -> "metrics",
                Duration.ofMillis(20));
    }
}
