package org.heliograph.sim.mqtt;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.heliograph.telemetry.security.Secret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Beside the lab's tests with a real broker. */
class MqttFleetTest {
    /** Its second byte is the length of what follows: what a login makes of it is shorter than 128 bytes. */
    @Test
    void the_devices_log_in_with_the_password_of_the_moment(@TempDir Path folder) throws Exception {
        Path password = folder.resolve("password");
        Files.writeString(password, "first\n");
        try (ServerSocket broker = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                MqttFleet _ = new MqttFleet(
                        new MqttBroker(
                                "tcp://127.0.0.1:" + broker.getLocalPort(),
                                new MqttBroker.Login("devices", new Secret.InFile(password)),
                                null),
                        "sim")) {
            broker.setSoTimeout((int) Duration.ofMinutes(2).toMillis());
            assertThat(connect(broker)).contains("devices", "first");

            Files.writeString(password, "second\n");
            String renewed;
            do { // attempts that were under way have the old one
                renewed = connect(broker);
            } while (renewed.contains("first"));
            assertThat(renewed).contains("devices", "second");
        }
    }

    /** The packet by which a client connects; it is hung up on. */
    private static String connect(ServerSocket broker) throws Exception {
        try (Socket client = broker.accept()) {
            byte[] head = client.getInputStream().readNBytes(2);
            return new String(client.getInputStream().readNBytes(head[1]), ISO_8859_1);
        }
    }
}
