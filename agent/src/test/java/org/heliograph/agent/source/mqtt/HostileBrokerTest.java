package org.heliograph.agent.source.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.config.AgentConfig.Protocol;
import org.heliograph.agent.fuzz.Mutation;
import org.heliograph.agent.intake.Admission;
import org.heliograph.agent.intake.Arrival;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.agent.intake.NoIntake;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.reading.Stamp;
import org.heliograph.telemetry.security.Tls;
import org.heliograph.telemetry.wire.Presence;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Below the messages: a broker that breaks the protocol itself, to the agent's real clients. Broken by seed. */
@Timeout(1_800)
class HostileBrokerTest {
    private static final int ROUNDS = 40;
    /** Broken before the client has its answer: each of them costs it the time that it waits for one, so few. */
    private static final int EARLY_ROUNDS = 1;
    /** What goes on after a broken beginning, at most. */
    private static final int STREAM_BYTES = 1 << 20;
    /** Soon enough that a client whose reader is dead finds that out. */
    private static final int KEEP_ALIVE_SECONDS = 1;
    /** Of a broker that doesn't answer pings, but does nothing wrong either. */
    private static final int PATIENT_SECONDS = 600;

    private final Counted intake = new Counted();
    /** Empty for the site's own. */
    private List<String> topics = List.of();

    private boolean asksAgain;

    private @Nullable HostState host;
    /** Whether the host was, after each time that its state was published. */
    private final List<Boolean> unannounced = new ArrayList<>();

    private List<String> denied = List.of();

    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void whatever_a_broker_says_the_connection_ends_and_a_right_broker_is_served_afterwards(Protocol protocol)
            throws Exception {
        long seconds = Long.getLong("fuzz.seconds", 0);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        SplittableRandom random = new SplittableRandom(seconds == 0 ? 9 : System.nanoTime());
        for (int i = 0; i < ROUNDS || (seconds > 0 && System.nanoTime() < end); i++) {
            byte[] said = said(protocol, random);
            boolean isConnected = i >= EARLY_ROUNDS;
            boolean isSubscribed = i >= 2 * EARLY_ROUNDS;
            String loss = meet(protocol, KEEP_ALIVE_SECONDS, socket -> {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                OutputStream out = socket.getOutputStream();
                Packets.packet(in, Packets.CONNECT);
                if (isConnected) {
                    out.write(Packets.connack(protocol));
                }
                if (isSubscribed) {
                    out.write(Packets.suback(
                            protocol, Packets.packet(in, Packets.SUBSCRIBE).getShort(0)));
                }
                out.write(said);
                out.flush();
            });
            assertThat(loss).isNotEmpty();
        }
        assertServed(protocol);
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void a_packet_that_claims_to_be_huge_takes_no_memory(Protocol protocol) throws Exception {
        assertTakesNoMemory(protocol, null);
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void nor_does_it_with_tls(Protocol protocol) throws Exception {
        assertTakesNoMemory(protocol, SelfSigned.tls(folder, "127.0.0.1"));
    }

    private void assertTakesNoMemory(Protocol protocol, @Nullable Tls tls) throws Exception {
        String loss = meet(protocol, tls, PATIENT_SECONDS, socket -> {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            Packets.packet(in, Packets.CONNECT);
            OutputStream out = socket.getOutputStream();
            out.write(Packets.connack(protocol));
            out.write(Packets.suback(
                    protocol, Packets.packet(in, Packets.SUBSCRIBE).getShort(0)));
            out.write(new byte[] {(byte) 0x90, -1, -1, -1, 0x7F});
            out.flush();
            in.readAllBytes();
        });
        assertThat(loss).contains("a packet of 268435455 bytes");
        assertServed(protocol);
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void a_topic_that_a_broker_refuses_takes_none_of_the_others_with_it(Protocol protocol) throws Exception {
        BlockingQueue<Short> acknowledged = new LinkedBlockingQueue<>();
        topics = List.of("secret/+/senml", "hg/casa1/+/senml");
        int before = intake.offered.get();
        String loss = meet(protocol, PATIENT_SECONDS, socket -> {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            Packets.packet(in, Packets.CONNECT);
            OutputStream out = socket.getOutputStream();
            out.write(Packets.connack(protocol));
            out.write(Packets.suback(
                    protocol, Packets.packet(in, Packets.SUBSCRIBE).getShort(0), 0x80, 1));
            out.write(Packets.publish(protocol, "hg/casa1/util-1/senml", "[{\"n\":\"power\",\"u\":\"W\",\"v\":1}]"));
            out.flush();
            acknowledged.add(Packets.packet(in, Packets.PUBACK).getShort(0));
        });
        assertThat(acknowledged).as(loss).containsExactly((short) Packets.ID);
        assertThat(intake.offered).hasValue(before + 1);
        assertThat(denied).containsExactly("secret/+/senml");

        loss = meet(protocol, PATIENT_SECONDS, socket -> {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            Packets.packet(in, Packets.CONNECT);
            OutputStream out = socket.getOutputStream();
            out.write(Packets.connack(protocol));
            out.write(Packets.suback(
                    protocol, Packets.packet(in, Packets.SUBSCRIBE).getShort(0), 0x80, 0x80));
            out.flush();
            in.readAllBytes();
        });
        assertThat(loss).isEqualTo("the broker refuses each subscription: secret/+/senml, hg/casa1/+/senml");
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void a_topic_that_a_broker_refused_is_asked_for_again_alone_while_the_connection_holds(Protocol protocol)
            throws Exception {
        topics = List.of("secret/+/senml", "hg/casa1/+/senml");
        asksAgain = true;
        BlockingQueue<String> asked = new LinkedBlockingQueue<>();
        var _ = meet(protocol, PATIENT_SECONDS, socket -> {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            Packets.packet(in, Packets.CONNECT);
            OutputStream out = socket.getOutputStream();
            out.write(Packets.connack(protocol));
            out.write(Packets.suback(
                    protocol, Packets.packet(in, Packets.SUBSCRIBE).getShort(0), 0x80, 1));
            out.flush();
            ByteBuffer again = Packets.packet(in, Packets.SUBSCRIBE);
            asked.add(StandardCharsets.ISO_8859_1.decode(again.duplicate()).toString());
            out.write(Packets.suback(protocol, again.getShort(0), 1));
            out.flush();
        });
        assertThat(asked).singleElement().asString().contains("secret/+/senml").doesNotContain("hg/casa1");
        assertThat(denied).isEmpty();
    }

    /** Its edge nodes would wait for their primary host, and nobody would know why. */
    @Test
    void a_host_whose_state_the_broker_drops_knows_it_and_publishes_it_again() throws Exception {
        topics = List.of("secret/+/senml", "hg/casa1/+/senml");
        asksAgain = true;
        host = new HostState("heliograph", Instant.ofEpochMilli(1_000));
        String loss = meet(Protocol.V5, PATIENT_SECONDS, socket -> {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            Packets.packet(in, Packets.CONNECT);
            OutputStream out = socket.getOutputStream();
            out.write(Packets.connack(Protocol.V5));
            out.write(Packets.suback(
                    Protocol.V5, Packets.packet(in, Packets.SUBSCRIBE).getShort(0), 0x80, 1));
            out.write(Packets.puback(Packets.packet(in, Packets.PUBLISH), 0x87));
            out.write(Packets.suback(
                    Protocol.V5, Packets.packet(in, Packets.SUBSCRIBE).getShort(0), 1));
            out.write(Packets.puback(Packets.packet(in, Packets.PUBLISH), 0x10));
            out.flush();
        });

        assertThat(unannounced).as(loss).containsExactly(true, false);
    }

    /** Its edge nodes would go on for a host that isn't there: a DISCONNECT takes back the will, which tells them. */
    @ParameterizedTest
    @EnumSource(Protocol.class)
    void a_host_whose_farewell_the_broker_does_not_confirm_leaves_it_to_its_will(Protocol protocol) throws Exception {
        assertThat(afterTheLastState(protocol, true)).startsWith((byte) 0xE0);
        assertThat(afterTheLastState(protocol, false)).isEmpty();
    }

    /** What a host sends after it has published that it goes, which the broker confirms or doesn't. */
    private byte[] afterTheLastState(Protocol protocol, boolean confirms) throws Exception {
        CompletableFuture<byte[]> sent = new CompletableFuture<>();
        try (ServerSocket broker = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (Socket socket = broker.accept()) {
                    DataInputStream in = new DataInputStream(socket.getInputStream());
                    OutputStream out = socket.getOutputStream();
                    Packets.packet(in, Packets.CONNECT);
                    out.write(Packets.connack(protocol));
                    out.write(Packets.suback(
                            protocol, Packets.packet(in, Packets.SUBSCRIBE).getShort(0)));
                    out.write(Packets.puback(protocol, Packets.packet(in, Packets.PUBLISH)));
                    ByteBuffer last = Packets.packet(in, Packets.PUBLISH);
                    if (confirms) {
                        out.write(Packets.puback(protocol, last));
                    }
                    sent.complete(in.readAllBytes());
                } catch (IOException e) {
                    sent.completeExceptionally(e);
                }
            });
            AgentConfig.Mqtt config = config(protocol, null, broker.getLocalPort());
            try (Session session = new Session(
                    link(protocol, config, PATIENT_SECONDS),
                    new Reception(config, "casa1"),
                    new Unacknowledged(),
                    intake,
                    MachineClock.of(InstantSource.system()),
                    new HostState("heliograph", Instant.ofEpochMilli(1_000)),
                    new Denials(config))) {
                session.open(false);
            }
            return sent.get(2, TimeUnit.MINUTES);
        }
    }

    @Test
    void a_broker_that_ends_each_connection_at_once_is_left_alone_ever_longer_and_its_reason_is_told()
            throws Exception {
        List<Met> met = connections(5, socket -> {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            Packets.packet(in, Packets.CONNECT);
            OutputStream out = socket.getOutputStream();
            out.write(Packets.connack(Protocol.V5));
            out.write(Packets.suback(
                    Protocol.V5, Packets.packet(in, Packets.SUBSCRIBE).getShort(0)));
            out.write(new byte[] {(byte) 0xE0, 2, (byte) 0x8E, 0});
            out.flush();
            in.readAllBytes();
        });

        assertThat(met)
                .extracting(Met::unconnected)
                .containsOnly("the broker has ended the connection: 142 session taken over: another client connects"
                        + " with this clientId");
        for (int i = 0; i < met.size(); i++) {
            // between half of a step and all of it, and each step is twice the one before
            assertThat(met.get(i).pause()).isGreaterThanOrEqualTo(Duration.ofMillis(250L << i));
        }
    }

    @Test
    void why_a_broker_is_not_connected_is_what_it_said_last() throws Exception {
        AtomicInteger number = new AtomicInteger();
        List<Met> met = connections(2, socket -> {
            if (number.getAndIncrement() > 0) {
                Packets.packet(new DataInputStream(socket.getInputStream()), Packets.CONNECT);
                socket.getOutputStream().write(new byte[] {0x20, 3, 0, (byte) 0x87, 0});
                socket.getOutputStream().flush();
                socket.getInputStream().readAllBytes();
            }
        });

        assertThat(met.getFirst().unconnected()).doesNotContain("135");
        assertThat(met.getLast().unconnected()).startsWith("135 ");
    }

    /**
     * A connection that a source had.
     *
     * @param unconnected why it has none, as it says
     * @param pause before the next one
     */
    private record Met(String unconnected, Duration pause) {}

    /** So many connections of a source with a broker that plays the same script each time; the source doesn't wait between them. */
    private List<Met> connections(int count, Script script) throws Exception {
        ServerSocket broker = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread playing = Thread.ofVirtual().start(() -> {
            while (!broker.isClosed()) {
                try (Socket socket = broker.accept()) {
                    script.play(socket);
                } catch (IOException _) {
                    // the agent hung up first, or the test is over
                }
            }
        });
        BlockingQueue<Duration> pauses = new LinkedBlockingQueue<>();
        Semaphore next = new Semaphore(0);
        List<Met> met = new ArrayList<>();
        try (broker;
                MqttSource source = new MqttSource(
                        config(Protocol.V5, null, broker.getLocalPort()),
                        "casa1",
                        MachineClock.of(InstantSource.system()),
                        1 << 20,
                        Names.NONE,
                        Duration.ofSeconds(PATIENT_SECONDS),
                        length -> {
                            pauses.add(length);
                            next.acquire();
                        })) {
            assertThat(source.unconnected()).contains("it hasn't answered yet");
            source.start(intake);
            for (int i = 0; i < count; i++) {
                Duration pause = Objects.requireNonNull(pauses.poll(2, TimeUnit.MINUTES));
                met.add(new Met(source.unconnected().orElse("connected"), pause));
                next.release();
            }
        }
        playing.join();
        return met;
    }

    private interface Script {
        void play(Socket socket) throws IOException;
    }

    /** A connection with a broker that plays a script and hangs up; why it was lost. */
    private String meet(Protocol protocol, int keepAliveSeconds, Script script) throws Exception {
        return meet(protocol, null, keepAliveSeconds, script);
    }

    private String meet(Protocol protocol, @Nullable Tls tls, int keepAliveSeconds, Script script) throws Exception {
        ServerSocketFactory sockets =
                tls == null ? ServerSocketFactory.getDefault() : tls.context().getServerSocketFactory();
        ServerSocket broker = sockets.createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread playing = Thread.ofVirtual().start(() -> {
            try (Socket socket = broker.accept()) {
                script.play(socket);
            } catch (IOException _) {
                // the agent hung up first
            }
        });
        AgentConfig.Mqtt config = config(protocol, tls, broker.getLocalPort());
        Denials denials = new Denials(config);
        String loss;
        try (broker;
                Session session = new Session(
                        link(protocol, config, keepAliveSeconds),
                        new Reception(config, "casa1"),
                        new Unacknowledged(),
                        intake,
                        MachineClock.of(InstantSource.system()),
                        host,
                        denials)) {
            session.open(false);
            unannounced.add(denials.isUnannounced());
            if (asksAgain) {
                assertThat(denials.refused()).containsExactly("secret/+/senml");
                session.askAgain();
                unannounced.add(denials.isUnannounced());
            }
            denied = denials.refused();
            loss = session.awaitLoss();
        } catch (Link.LinkException | RuntimeException e) {
            // as MqttSource takes both
            loss = String.valueOf(e.getMessage());
        }
        playing.join();
        return loss;
    }

    private void assertServed(Protocol protocol) throws Exception {
        BlockingQueue<Short> acknowledged = new LinkedBlockingQueue<>();
        int before = intake.offered.get();
        var _ = meet(protocol, PATIENT_SECONDS, socket -> {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            Packets.packet(in, Packets.CONNECT);
            OutputStream out = socket.getOutputStream();
            out.write(Packets.connack(protocol));
            out.write(Packets.suback(
                    protocol, Packets.packet(in, Packets.SUBSCRIBE).getShort(0)));
            out.write(Packets.publish(protocol, "hg/casa1/util-1/senml", "[{\"n\":\"power\",\"u\":\"W\",\"v\":1}]"));
            out.flush();
            acknowledged.add(Packets.packet(in, Packets.PUBACK).getShort(0));
        });
        assertThat(acknowledged).containsExactly((short) Packets.ID);
        assertThat(intake.offered).hasValue(before + 1);
    }

    private static byte[] said(Protocol protocol, SplittableRandom random) {
        byte[] connack = Packets.connack(protocol);
        byte[] suback = Packets.suback(protocol, (short) 1);
        byte[] publish = Packets.publish(protocol, "hg/casa1/util-1/senml", "[{\"n\":\"power\",\"u\":\"W\",\"v\":1}]");
        List<byte[]> seeds = List.of(
                connack,
                suback,
                publish,
                Packets.joined(connack, suback, publish),
                Packets.joined(publish, publish),
                new byte[] {(byte) 0xD0, 0},
                new byte[] {0x40, 2, 0, 1},
                new byte[] {0x62, 2, 0, 1},
                new byte[] {(byte) 0xE0, 0},
                new byte[] {(byte) 0xE0, 2, (byte) 0x81, 0},
                new byte[] {(byte) 0xF0, 2, 0x18, 0},
                new byte[] {0x30, -1, -1, -1, 0x7F},
                new byte[] {0x30, -1, -1, -1, -1, -1});
        byte[] broken = Mutation.of(seeds, random);
        return random.nextInt(10) > 0 ? broken : Packets.joined(broken, repeated(broken));
    }

    private static byte[] repeated(byte[] piece) {
        ByteBuffer all = ByteBuffer.allocate(STREAM_BYTES);
        while (piece.length > 0 && all.remaining() >= piece.length) {
            all.put(piece);
        }
        return all.array();
    }

    private static Link link(Protocol protocol, AgentConfig.Mqtt config, int keepAliveSeconds)
            throws Link.LinkException {
        return switch (protocol) {
            case V5 -> new Mqtt5Link(config, 10, keepAliveSeconds);
            case V3_1_1 -> new Mqtt3Link(config, keepAliveSeconds);
        };
    }

    private AgentConfig.Mqtt config(Protocol protocol, @Nullable Tls tls, int port) {
        return new AgentConfig.Mqtt(
                (tls == null ? "tcp" : "ssl") + "://127.0.0.1:" + port,
                protocol,
                "heliograph-edge-1",
                Duration.ofDays(1),
                10,
                topics,
                List.of(),
                null,
                Set.of(),
                null,
                tls);
    }

    private static final class Counted extends NoIntake {
        private final AtomicInteger offered = new AtomicInteger();

        @Override
        public CompletableFuture<Admission> offer(Readings readings, Stamp stamp, Arrival arrival) {
            return CompletableFuture.completedFuture(new Admission.Kept(offered.incrementAndGet()));
        }

        @Override
        public CompletableFuture<Admission> refuse(String reason, Arrival arrival) {
            return CompletableFuture.completedFuture(new Admission.Refused(reason));
        }

        @Override
        public CompletableFuture<Admission> announce(DeviceId device, Presence presence) {
            return CompletableFuture.completedFuture(new Admission.Kept(0));
        }

        @Override
        public void lost(DeviceId device, String reason, long packs, long readings) {
            // of no consequence
        }
    }
}
