package org.heliograph.agent.source.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.config.AgentConfig.Protocol;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.agent.intake.NoIntake;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A broker takes the connection, and grants less than what "loses nothing" rests on. */
@Timeout(300)
class LesserGrantTest {
    private static final String TOPICS = "[hg/casa1/+/senml, \"plant/#\"]";

    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void a_topic_that_is_granted_at_QoS_0_is_told_and_asked_for_again_on_the_next_connection(Protocol protocol)
            throws Exception {
        try (GrantingBroker broker = new GrantingBroker(protocol);
                MqttSource source = source(protocol, broker)) {
            broker.grants(new Answer(Packets.connack(protocol), 1, 0));
            source.start(new NoIntake());
            assertThat(broker.asked()).contains("hg/casa1/+/senml", "plant/#");
            awaitConnected(source);
            assertThat(source.refusals())
                    .containsExactly("the broker grants plant/# at QoS 0 only: what it can't deliver at once is lost");

            broker.grants(new Answer(withItsSession(protocol), 1, 1));
            broker.hangUp();
            assertThat(broker.asked()).contains("hg/casa1/+/senml", "plant/#");
            awaitRefusals(source, List.of());
        }
    }

    @Test
    void a_session_that_the_broker_keeps_for_less_than_was_asked_for_is_told() throws Exception {
        try (GrantingBroker broker = new GrantingBroker(Protocol.V5);
                MqttSource source = source(Protocol.V5, broker)) {
            broker.grants(new Answer(keepingFor(Duration.ofHours(1)), 1, 1));
            source.start(new NoIntake());
            awaitRefusals(
                    source,
                    List.of("the broker keeps the session for PT1H without a connection, not for sessionExpiry, PT24H:"
                            + " what comes later is lost"));

            broker.grants(new Answer(keepingFor(Duration.ofHours(24)), 1, 1));
            broker.hangUp();
            awaitRefusals(source, List.of());
        }
    }

    /** @param codes of a SUBACK */
    @SuppressWarnings("ArrayRecordComponent") // bytes that are handed on, never compared
    private record Answer(byte[] connack, int... codes) {}

    private static byte[] withItsSession(Protocol protocol) {
        byte[] connack = Packets.connack(protocol);
        connack[2] = 1;
        return connack;
    }

    private static byte[] keepingFor(Duration time) {
        return ByteBuffer.allocate(10)
                .put(new byte[] {0x20, 8, 0, 0, 5, 0x11})
                .putInt(Math.toIntExact(time.toSeconds()))
                .array();
    }

    private static void awaitConnected(MqttSource source) {
        while (source.unconnected().isPresent()) {
            Thread.onSpinWait();
        }
    }

    private static void awaitRefusals(MqttSource source, List<String> expected) {
        while (source.unconnected().isPresent() || !source.refusals().equals(expected)) {
            Thread.onSpinWait();
        }
    }

    private MqttSource source(Protocol protocol, GrantingBroker broker) throws Exception {
        AgentConfig.Mqtt config = BrokerEntry.of(
                folder, "tcp://127.0.0.1:" + broker.listening.getLocalPort(), protocol, "topics: " + TOPICS);
        return new MqttSource(
                config,
                "casa1",
                MachineClock.of(InstantSource.system()),
                1 << 20,
                Names.NONE,
                Duration.ofMinutes(10),
                _ -> {});
    }

    /** Answers each connection and its subscriptions as it is told to. */
    private static final class GrantingBroker implements AutoCloseable {
        private final ServerSocket listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
        private final BlockingQueue<Socket> connections = new LinkedBlockingQueue<>();
        private final Protocol protocol;

        GrantingBroker(Protocol protocol) throws IOException {
            this.protocol = protocol;
            Thread.ofVirtual().start(this::accept);
        }

        void grants(Answer answer) {
            answers.add(answer);
        }

        /** What was subscribed to, as it was said. */
        String asked() throws InterruptedException {
            return Objects.requireNonNull(asked.poll(2, TimeUnit.MINUTES));
        }

        void hangUp() throws IOException, InterruptedException {
            Objects.requireNonNull(connections.poll(2, TimeUnit.MINUTES)).close();
        }

        private void accept() {
            while (!listening.isClosed()) {
                try (Socket socket = listening.accept()) {
                    connections.add(socket);
                    serve(socket, answers.take());
                } catch (IOException _) {
                    // it was hung up on, or the test is over
                } catch (InterruptedException _) {
                    return;
                }
            }
        }

        private void serve(Socket socket, Answer answer) throws IOException {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            Packets.packet(in, Packets.CONNECT);
            socket.getOutputStream().write(answer.connack);
            ByteBuffer subscribe = Packets.packet(in, Packets.SUBSCRIBE);
            asked.add(StandardCharsets.ISO_8859_1.decode(subscribe.duplicate()).toString());
            socket.getOutputStream().write(Packets.suback(protocol, subscribe.getShort(0), answer.codes));
            in.readAllBytes();
        }

        @Override
        public void close() throws IOException {
            listening.close();
        }
    }
}
