package org.heliograph.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command in a process of its own, as only that can be told to stop. */
@Timeout(300)
class StoppedOnceTest {
    private static final int TERMINATED = 128 + 15;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void one_that_is_stopped_while_a_device_is_asked_closes_in_order_and_says_what_is_missing() throws Exception {
        try (DatagramSocket device = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            Path config = Files.writeString(
                    folder.resolve("agent.yaml"), """
                    agent: edge-1
                    site: casa1
                    kafka: {bootstrap: "127.0.0.1:1"}
                    journal: {path: %s}
                    coap: [{device: crac-01, uri: "coap://127.0.0.1:%d/senml"}]
                    """.formatted(folder.resolve("edge.journal"), device.getLocalPort()));
            Process once = new ProcessBuilder(command("once", "--within", "10m", config.toString())).start();
            CompletableFuture<String> said = CompletableFuture.supplyAsync(() -> text(once));
            try {
                device.setSoTimeout(120_000);
                device.receive(new DatagramPacket(new byte[1_500], 1_500));

                // not SIGINT, which whatever was started in the background ignores
                assertThat(new ProcessBuilder("kill", "-TERM", Long.toString(once.pid()))
                                .start()
                                .waitFor())
                        .isZero();

                assertThat(once.waitFor()).isEqualTo(TERMINATED);
            } finally {
                once.destroyForcibly();
            }
            assertThat(said.get(1, TimeUnit.MINUTES))
                    .contains("agent: stopped before it was done", "agent: no reading of crac-01")
                    .contains("agent=stopped left=");
        }
    }

    private static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    private static String text(Process process) {
        try {
            return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
