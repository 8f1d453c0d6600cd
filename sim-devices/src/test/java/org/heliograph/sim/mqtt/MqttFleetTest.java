package org.heliograph.sim.mqtt;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.heliograph.telemetry.security.Secret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Beside the lab's tests with a real broker. */
class MqttFleetTest {
    private static final int CONNECT = 1;
    private static final int PUBLISH = 3;
    private static final byte NOT_AUTHORIZED = (byte) 0x87;

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

    /** As one does whose access list has no such topic for the devices' user. */
    @Test
    void what_the_broker_refuses_is_heard_by_nobody() throws Exception {
        try (ServerSocket broker = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            broker.setSoTimeout((int) Duration.ofMinutes(2).toMillis());
            try (MqttFleet fleet = new MqttFleet(MqttBroker.at("tcp://127.0.0.1:" + broker.getLocalPort()), "sim")) {
                Thread.ofVirtual().start(() -> refuseAll(broker));
                fleet.publish("hg/casa1/pdu-a01a/senml", new byte[] {'[', ']'});
                fleet.awaitConfirmed();

                assertThat(fleet.refused()).isEqualTo(1);
                assertThat(fleet.confirmed()).isZero();
            }
        }
    }

    /** Closing interrupts a line in whatever it waits for. */
    @Test
    void whoever_ends_it_is_told_of_no_fault() throws Exception {
        ListAppender<ILoggingEvent> said = new ListAppender<>();
        said.start();
        Logger log = (Logger) LoggerFactory.getLogger(Line.class);
        log.addAppender(said);
        try (ServerSocket broker = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            broker.setSoTimeout((int) Duration.ofMinutes(2).toMillis());
            MqttFleet fleet = new MqttFleet(MqttBroker.at("tcp://127.0.0.1:" + broker.getLocalPort()), "ended");
            try (fleet;
                    Socket client = broker.accept()) {
                client.getInputStream().readNBytes(2); // it asks, and gets no answer
                fleet.close();
            }
        } finally {
            log.detachAppender(said);
        }
        assertThat(said.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .noneMatch(message -> message.contains("client=ended-"));
    }

    private static void refuseAll(ServerSocket broker) {
        while (true) {
            try {
                Socket client = broker.accept();
                Thread.ofVirtual().start(() -> refuse(client));
            } catch (IOException _) {
                return; // it was closed
            }
        }
    }

    /** All packets here are shorter than 128 bytes. */
    private static void refuse(Socket client) {
        try (client) {
            InputStream in = client.getInputStream();
            while (true) {
                byte[] head = in.readNBytes(2);
                if (head.length < 2) {
                    return;
                }
                byte[] rest = in.readNBytes(head[1]);
                switch ((head[0] & 0xF0) >> 4) {
                    case CONNECT -> client.getOutputStream().write(new byte[] {0x20, 3, 0, 0, 0});
                    case PUBLISH -> {
                        int id = 2 + rest[1]; // behind the topic and its length
                        client.getOutputStream().write(new byte[] {0x40, 4, rest[id], rest[id + 1], NOT_AUTHORIZED, 0});
                    }
                    default -> {
                        // pings and farewells
                    }
                }
            }
        } catch (IOException _) {
            // it is gone
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
