package org.heliograph.agent.source.mqtt;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A broker that can't have the state of a Sparkplug host says so before there is a connection: the host's will is one, too. */
@Timeout(300)
class HostRefusedTest {
    @TempDir
    private Path folder = Path.of("");

    private static final HostState STATE = new HostState("heliograph", Instant.ofEpochMilli(1_000));

    @ParameterizedTest
    @CsvSource({
        "0x9A, 154 retain not supported: a Sparkplug host has to retain its state",
        // which Paho doesn't know
        "0x9B, '50001 Invalid Return code, most likely QoS not supported: a Sparkplug host has to publish its state at"
                + " QoS 1'",
        "0x87, 135 Not authorized."
    })
    void why_a_broker_refuses_a_host_says_what_it_lacks(int code, String reason) throws Exception {
        try (ServerSocket broker = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                Link link = new Mqtt5Link(
                        BrokerEntry.of(folder, "tcp://127.0.0.1:" + broker.getLocalPort(), ""), 10, 600)) {
            Thread.ofVirtual().start(() -> refuse(broker, (byte) code));
            assertThatThrownBy(() -> link.connect(STATE.offline(), new Nobody()))
                    .isInstanceOf(Link.LinkException.class)
                    .hasMessage(reason);
        }
    }

    private static void refuse(ServerSocket broker, byte code) {
        try (Socket socket = broker.accept()) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            Packets.packet(in, Packets.CONNECT);
            socket.getOutputStream().write(new byte[] {0x20, 3, 0, code, 0});
            in.readAllBytes();
        } catch (IOException _) {
            // the agent hung up first
        }
    }

    private static final class Nobody implements Link.Listener {
        @Override
        public void arrived(Link.Message message) {
            // there is no connection
        }

        @Override
        public void lost(String reason) {
            // nor was there
        }
    }
}
