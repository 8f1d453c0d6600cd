package org.heliograph.lab.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrphanTest {
    @TempDir
    Path folder;

    @Test
    void no_server_outlives_a_killed_parent() throws Exception {
        assumeTrue(Mosquitto.available(), "mosquitto isn't installed");
        Process parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Parent.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader out = parent.inputReader()) {
            ProcessHandle mosquitto = process(out.readLine());
            ProcessHandle hiveMq = process(out.readLine());
            parent.destroyForcibly();
            mosquitto.onExit().get(2, TimeUnit.MINUTES);
            hiveMq.onExit().get(2, TimeUnit.MINUTES);
            assertThat(mosquitto.isAlive()).isFalse();
            assertThat(hiveMq.isAlive()).isFalse();
        } finally {
            parent.destroyForcibly();
        }
    }

    private static ProcessHandle process(String pid) {
        return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    }

    /** Starts a program of the system and a server in a JVM, says their ids and waits for its end. */
    static final class Parent {
        private Parent() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] arguments) throws Exception {
            try (Mosquitto mosquitto = Mosquitto.start(Path.of(arguments[0], "mosquitto"));
                    HiveMq hiveMq = HiveMq.start(Path.of(arguments[0], "hivemq"))) {
                System.out.println(mosquitto.pid());
                System.out.println(hiveMq.pid());
                Thread.currentThread().join();
            }
        }
    }
}
