package org.heliograph.agent.source.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.paho.mqttv5.common.packet.MqttDataTypes;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.config.AgentConfig.Protocol;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.agent.intake.NoIntake;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A broker keeps a session's subscriptions, whatever is configured by the time of its next connection. */
@Timeout(300)
class KeptSubscriptionTest {
    private static final int REFUSED = 0x87;

    @TempDir
    private Path folder = Path.of("");

    private final Set<String> kept = ConcurrentHashMap.newKeySet();
    private final Names names = new Names() {
        @Override
        public Set<String> beginning(String prefix) {
            return kept.stream().filter(name -> name.startsWith(prefix)).collect(Collectors.toSet());
        }

        @Override
        public void keep(String name) {
            kept.add(name);
        }

        @Override
        public void forget(String name) {
            kept.remove(name);
        }
    };

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void a_filter_that_is_configured_no_more_is_unsubscribed_once_the_others_are_there(Protocol protocol)
            throws Exception {
        try (KeepingBroker broker = new KeepingBroker(protocol)) {
            try (MqttSource source = source(protocol, broker, "old/+/senml", "hg/#")) {
                assertThat(broker.next()).isEqualTo("subscribed old/+/senml hg/#");
                awaitConnected(source);
            }
            assertThat(broker.next()).isEqualTo("disconnected");
            try (MqttSource source = source(protocol, broker, "hg/#", "new/+/senml")) {
                assertThat(broker.next()).isEqualTo("subscribed hg/# new/+/senml");
                assertThat(broker.next()).isEqualTo("unsubscribed old/+/senml");
                awaitConnected(source);
            }
            assertThat(broker.next()).isEqualTo("disconnected");
            try (MqttSource source = source(protocol, broker, "hg/#", "new/+/senml")) {
                assertThat(broker.next()).isEqualTo("subscribed hg/# new/+/senml");
                awaitConnected(source);
            }
            assertThat(broker.next()).as("nothing is left to unsubscribe").isEqualTo("disconnected");
        }
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void a_source_that_is_configured_no_more_leaves_nothing_subscribed(Protocol protocol) throws Exception {
        try (KeepingBroker broker = new KeepingBroker(protocol)) {
            MqttSource source = source(protocol, broker, "hg/#");
            assertThat(broker.next()).isEqualTo("subscribed hg/#");
            awaitConnected(source);

            source.retire();

            assertThat(broker.next()).isEqualTo("unsubscribed hg/#");
            assertThat(broker.next()).isEqualTo("disconnected");
            assertThat(kept).isEmpty();
        }
    }

    @Test
    void what_a_broker_refuses_to_unsubscribe_is_tried_again_on_the_next_connection() throws Exception {
        try (KeepingBroker broker = new KeepingBroker(Protocol.V5)) {
            try (MqttSource source = source(Protocol.V5, broker, "old/+/senml")) {
                assertThat(broker.next()).isEqualTo("subscribed old/+/senml");
                awaitConnected(source);
            }
            assertThat(broker.next()).isEqualTo("disconnected");
            broker.answer = REFUSED;
            for (int i = 0; i < 2; i++) {
                try (MqttSource source = source(Protocol.V5, broker, "hg/#")) {
                    assertThat(broker.next()).isEqualTo("subscribed hg/#");
                    assertThat(broker.next()).isEqualTo("unsubscribed old/+/senml");
                    awaitConnected(source);
                }
                assertThat(broker.next()).isEqualTo("disconnected");
            }
        }
    }

    @Test
    void a_session_that_the_broker_has_lost_has_nothing_to_unsubscribe() throws Exception {
        try (KeepingBroker broker = new KeepingBroker(Protocol.V5)) {
            try (MqttSource source = source(Protocol.V5, broker, "old/+/senml")) {
                assertThat(broker.next()).isEqualTo("subscribed old/+/senml");
                awaitConnected(source);
            }
            assertThat(broker.next()).isEqualTo("disconnected");
            broker.hasSession = false;
            try (MqttSource source = source(Protocol.V5, broker, "hg/#")) {
                assertThat(broker.next()).isEqualTo("subscribed hg/#");
                awaitConnected(source);
            }
            assertThat(broker.next()).isEqualTo("disconnected");
            assertThat(names.beginning("subscribed/"))
                    .singleElement()
                    .asString()
                    .endsWith("hg/#");
        }
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void a_session_that_the_broker_has_lost_while_the_agent_was_down_is_counted(Protocol protocol) throws Exception {
        try (KeepingBroker broker = new KeepingBroker(protocol)) {
            assertThat(lostSessions(protocol, broker)).as("the first of all").isZero();
            broker.hasSession = true;
            assertThat(lostSessions(protocol, broker)).as("kept").isZero();

            broker.loses = true;
            assertThat(lostSessions(protocol, broker)).isEqualTo(1);
            broker.loses = false;
            assertThat(lostSessions(protocol, broker)).as("kept again").isZero();
        }
    }

    @Test
    void a_session_that_was_never_begun_or_was_ended_on_purpose_is_not_lost() throws Exception {
        try (KeepingBroker broker = new KeepingBroker(Protocol.V5)) {
            kept.add("subscribed/tcp://127.0.0.1:" + broker.listening.getLocalPort() + "\theliograph-edge-1\thg/#");
            assertThat(lostSessions(Protocol.V5, broker))
                    .as("asked for by an agent that didn't get through")
                    .isZero();

            MqttSource source = source(Protocol.V5, broker, "hg/#");
            awaitConnected(source);
            source.retire();
            broker.loses = true;
            assertThat(lostSessions(Protocol.V5, broker)).isZero();
        }
    }

    private long lostSessions(Protocol protocol, KeepingBroker broker) throws Exception {
        try (MqttSource source = source(protocol, broker, "hg/#")) {
            awaitConnected(source);
            return source.lostSessions();
        }
    }

    /** Else closing might interrupt it while it waits for an answer. */
    private static void awaitConnected(MqttSource source) {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (source.unconnected().isPresent()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private MqttSource source(Protocol protocol, KeepingBroker broker, String... topics) throws Exception {
        String filters = Stream.of(topics).collect(Collectors.joining("\", \"", "topics: [\"", "\"]"));
        AgentConfig.Mqtt config =
                BrokerEntry.of(folder, "tcp://127.0.0.1:" + broker.listening.getLocalPort(), protocol, filters);
        MqttSource source = new MqttSource(config, "casa1", MachineClock.of(InstantSource.system()), 1 << 20, names);
        source.start(new NoIntake());
        return source;
    }

    /** Tells what a client asks for, and grants it. */
    private static final class KeepingBroker implements AutoCloseable {
        private final ServerSocket listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
        private final boolean isFive;
        private volatile boolean hasSession;
        private volatile boolean loses;
        private volatile int answer;

        KeepingBroker(Protocol protocol) throws IOException {
            isFive = protocol == Protocol.V5;
            Thread.ofVirtual().start(this::accept);
        }

        String next() throws InterruptedException {
            return Objects.requireNonNull(asked.poll(2, TimeUnit.MINUTES));
        }

        private void accept() {
            while (!listening.isClosed()) {
                try (Socket socket = listening.accept()) {
                    serve(socket);
                } catch (IOException _) {
                    // the client is gone, or the test is over
                }
            }
        }

        private void serve(Socket socket) throws IOException {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            while (true) {
                int type = in.readUnsignedByte() >> 4;
                ByteBuffer body = ByteBuffer.wrap(
                        in.readNBytes(MqttDataTypes.readVariableByteInteger(in).getValue()));
                byte[] said = switch (type) {
                    case Packets.CONNECT -> {
                        int present = hasSession && !loses ? 1 : 0;
                        yield packet(0x20, isFive ? new int[] {present, 0, 0} : new int[] {present, 0});
                    }
                    case Packets.SUBSCRIBE -> acknowledgement(0x90, body, "subscribed", true);
                    case Packets.UNSUBSCRIBE -> acknowledgement(0xB0, body, "unsubscribed", false);
                    default -> new byte[0];
                };
                if (type == Packets.DISCONNECT) {
                    hasSession = true;
                    asked.add("disconnected");
                    return;
                }
                socket.getOutputStream().write(said);
                socket.getOutputStream().flush();
            }
        }

        private byte[] acknowledgement(int type, ByteBuffer body, String what, boolean hasOptions) {
            byte high = body.get();
            byte low = body.get();
            if (isFive) {
                body.position(body.position() + 1 + body.get(body.position()));
            }
            List<String> filters = new ArrayList<>();
            while (body.hasRemaining()) {
                byte[] filter = new byte[body.getShort()];
                body.get(filter);
                filters.add(new String(filter, StandardCharsets.UTF_8));
                if (hasOptions) {
                    body.get();
                }
            }
            asked.add(what + " " + String.join(" ", filters));
            ByteArrayOutputStream answered = new ByteArrayOutputStream();
            answered.write(high);
            answered.write(low);
            if (isFive) {
                answered.write(0);
            }
            if (hasOptions || isFive) {
                filters.forEach(_ -> answered.write(hasOptions ? 1 : answer));
            }
            byte[] all = answered.toByteArray();
            int[] bytes = new int[all.length];
            for (int i = 0; i < all.length; i++) {
                bytes[i] = all[i];
            }
            return packet(type, bytes);
        }

        private static byte[] packet(int type, int... body) {
            byte[] packet = new byte[2 + body.length];
            packet[0] = (byte) type;
            packet[1] = (byte) body.length;
            for (int i = 0; i < body.length; i++) {
                packet[2 + i] = (byte) body[i];
            }
            return packet;
        }

        @Override
        public void close() throws IOException {
            listening.close();
        }
    }
}
