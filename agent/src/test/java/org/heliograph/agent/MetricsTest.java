package org.heliograph.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.heliograph.agent.config.AgentFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus is told of doors. */
class MetricsTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int PACKET_BYTES_MAX = 2_048;
    /** Of DTLS 1.2: a fatal alert, {@code handshake_failure}. */
    private static final byte[] NO = {21, (byte) 0xFE, (byte) 0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 40};

    @TempDir
    private Path folder = Path.of("");

    @Test
    void handshakes_that_fail_are_counted_by_source() throws Exception {
        try (DatagramSocket device = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                Agent agent = Agent.start(AgentFile.read(config(device.getLocalPort())), InstantSource.system())) {
            var _ = Thread.ofVirtual().start(() -> refuseAll(device));
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (failed(agent, "coap") < 2) {
                assertThat(System.nanoTime()).as(metrics(agent)).isLessThan(deadline);
                LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            }
            assertThat(failed(agent, "coap server")).isZero();
        }
    }

    private Path config(int port) throws IOException {
        Files.writeString(folder.resolve("key.psk"), "0123456789abcdef");
        return Files.writeString(folder.resolve("agent.yaml"), """
                agent: edge-1
                site: casa1
                kafka: {bootstrap: "127.0.0.1:9"}
                journal: {path: j.db}
                coapServer:
                  dtls:
                    listen: 127.0.0.1:5684
                    devices: [{device: crac-09, identity: id-9, key: {file: key.psk}}]
                coap:
                  - device: crac-10
                    uri: "coaps://127.0.0.1:%d/senml"
                    psk: {identity: edge-1, key: {file: key.psk}}
                """.formatted(port));
    }

    private static void refuseAll(DatagramSocket device) {
        try {
            DatagramPacket hello = new DatagramPacket(new byte[PACKET_BYTES_MAX], PACKET_BYTES_MAX);
            while (true) {
                device.receive(hello);
                device.send(new DatagramPacket(NO, NO.length, hello.getSocketAddress()));
            }
        } catch (IOException _) {
            // closed at the end
        }
    }

    private static long failed(Agent agent, String source) {
        return Pattern.compile(
                        "^heliograph_agent_failed_handshakes_total\\{source=\"" + source + "\"} (\\d+)$",
                        Pattern.MULTILINE)
                .matcher(metrics(agent))
                .results()
                .mapToLong(line -> Long.parseLong(line.group(1)))
                .findFirst()
                .orElseThrow();
    }

    private static String metrics(Agent agent) {
        return agent.metrics();
    }
}
