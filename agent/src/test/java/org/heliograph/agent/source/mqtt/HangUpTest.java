package org.heliograph.agent.source.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ServerSocketFactory;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.config.AgentConfig.Protocol;
import org.heliograph.telemetry.security.Tls;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A broker ends the connection and says nothing: what the operator reads then. */
@Timeout(300)
class HangUpTest {
    private static final String HOST = "sparkplug: {host: heliograph}";

    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void a_broker_that_hangs_up_on_a_host_sends_the_operator_to_the_host_and_its_will(Protocol protocol)
            throws Exception {
        try (Broker broker = new Broker(ServerSocketFactory.getDefault());
                Link link = link(BrokerEntry.of(folder, broker.url("tcp"), protocol, HOST))) {
            assertThatThrownBy(() -> link.connect(null, new Heard()))
                    .isInstanceOf(Link.LinkException.class)
                    .hasMessageStartingWith("the broker closed the connection without an answer: its log may say why."
                            + " Settings to look at: sparkplug.host (does it take a will that is retained and of QoS"
                            + " 1?), url (does this port want TLS, ssl://?)")
                    .hasMessageEndingWith(
                            "clientId and user (may this client connect, and is there room for one more?)");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "tcp://b:1, 5, 'url, protocol, clientId and user'",
        "tcp://b:1, 3.1.1, 'url, clientId and user'",
        "ssl://b:1, 3.1.1, 'url, tls, clientId and user'"
    })
    void only_settings_that_the_broker_has_are_named(String url, String protocol, String settings) throws Exception {
        String said = HangUp.unanswered(BrokerEntry.of(folder, url, "protocol: " + protocol));
        assertThat(said.replaceAll("\\(.*?\\)", "").replace(" ,", ",").strip()).endsWith(": " + settings);
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void a_connection_that_is_closed_later_may_be_another_clients_doing(Protocol protocol) throws Exception {
        try (ServerSocket broker = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                Link link = link(BrokerEntry.of(folder, "tcp://127.0.0.1:" + broker.getLocalPort(), protocol, ""))) {
            CountDownLatch connected = new CountDownLatch(1);
            Thread.ofVirtual().start(() -> acceptAndHangUp(broker, protocol, connected));
            Heard heard = new Heard();
            link.connect(null, heard);
            connected.countDown();
            assertThat(heard.loss())
                    .isEqualTo("the broker closed the connection without saying why: it has ended, or another client"
                            + " connects as 'heliograph-edge-1' (clientId), or this one may not subscribe to a topic");
        }
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void plain_mqtt_to_a_port_for_TLS_sends_the_operator_to_the_url(Protocol protocol) throws Exception {
        Tls tls = SelfSigned.tls(folder, "127.0.0.1");
        try (Broker broker = new Broker(tls.context().getServerSocketFactory());
                Link link = link(BrokerEntry.of(folder, broker.url("tcp"), protocol, ""))) {
            assertThatThrownBy(() -> link.connect(null, new Heard()))
                    .isInstanceOf(Link.LinkException.class)
                    .hasMessageContaining("url (does this port want TLS, ssl://?)");
        }
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void TLS_to_a_port_for_plain_mqtt_sends_the_operator_to_the_url(Protocol protocol) throws Exception {
        try (Broker broker = new Broker(ServerSocketFactory.getDefault());
                Link link = link(BrokerEntry.of(folder, broker.url("ssl"), protocol, ""))) {
            assertThatThrownBy(() -> link.connect(null, new Heard()))
                    .isInstanceOf(Link.LinkException.class)
                    .hasMessageContaining("url (does this port want no TLS, tcp://?)");
        }
    }

    @Test
    void a_network_that_is_away_is_no_hanging_up() {
        assertThat(HangUp.isOne(new SocketException("Network is unreachable"))).isFalse();
        assertThat(HangUp.isOne(new SocketException("Connection reset"))).isTrue();
        assertThat(HangUp.isOne(new SocketException("Broken pipe"))).isTrue();
        assertThat(HangUp.isOne(null)).isFalse();
    }

    private static Link link(AgentConfig.Mqtt config) throws Link.LinkException {
        return switch (config.protocol()) {
            case V5 -> new Mqtt5Link(config, 10, 600);
            case V3_1_1 -> new Mqtt3Link(config, 600);
        };
    }

    private static void acceptAndHangUp(ServerSocket broker, Protocol protocol, CountDownLatch connected) {
        try (Socket socket = broker.accept()) {
            Packets.packet(new DataInputStream(socket.getInputStream()), Packets.CONNECT);
            socket.getOutputStream().write(Packets.connack(protocol));
            connected.await();
        } catch (IOException | InterruptedException _) {
            // the agent hung up first, and the test fails
        }
    }

    private static final class Heard implements Link.Listener {
        private final BlockingQueue<String> losses = new LinkedBlockingQueue<>();

        String loss() throws InterruptedException {
            return Objects.requireNonNull(losses.poll(2, TimeUnit.MINUTES));
        }

        @Override
        public void arrived(Link.Message message) {
            // none comes
        }

        @Override
        public void lost(String reason) {
            losses.add(reason);
        }
    }
}
