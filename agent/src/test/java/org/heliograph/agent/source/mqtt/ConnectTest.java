package org.heliograph.agent.source.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLServerSocket;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.agent.intake.NoIntake;
import org.heliograph.telemetry.security.Secret;
import org.heliograph.telemetry.security.Tls;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectTest {
    @TempDir
    private Path folder = Path.of("");

    private static final int CLEAN_START = 2;
    private static final int SESSION_EXPIRY = 0x11;
    private static final int RECEIVE_MAXIMUM = 0x21;
    private static final int PACKET_SIZE_MAXIMUM = 0x27;

    @Test
    void a_broker_may_have_no_more_bytes_under_way_than_the_budget_holds() throws Exception {
        try (Broker broker = new Broker(ServerSocketFactory.getDefault());
                MqttSource source = source(config(broker.url("tcp")), 12 << 20)) {
            source.start(new NoIntake());
            Map<Integer, Long> properties = properties(broker.awaitConnect());

            assertThat(properties.getOrDefault(RECEIVE_MAXIMUM, 65_535L)
                            * properties.getOrDefault(PACKET_SIZE_MAXIMUM, 256L << 20))
                    .isLessThanOrEqualTo(12 << 20)
                    .isGreaterThan(8 << 20);
        }
    }

    @Test
    void a_large_budget_doesnt_raise_what_is_configured() throws Exception {
        try (Broker broker = new Broker(ServerSocketFactory.getDefault());
                MqttSource source = source(config(broker.url("tcp")), 1L << 30)) {
            source.start(new NoIntake());

            assertThat(properties(broker.awaitConnect()).get(RECEIVE_MAXIMUM)).isEqualTo(1_000L);
        }
    }

    @Test
    void a_sparkplug_host_has_a_clean_session_and_who_hears_others_too_has_one_that_is_kept() throws Exception {
        for (AgentConfig.Protocol protocol : AgentConfig.Protocol.values()) {
            assertThat(isCleanStart(protocol, "sparkplug: {host: heliograph}")).isTrue();
            assertThat(isCleanStart(protocol, "sparkplug: {host: heliograph}, topics: [hg/casa1/+/senml]"))
                    .isFalse();
            assertThat(isCleanStart(protocol, "sparkplug: {}")).isFalse();
        }
    }

    private boolean isCleanStart(AgentConfig.Protocol protocol, String keys) throws Exception {
        try (Broker broker = new Broker(ServerSocketFactory.getDefault());
                MqttSource source = source(BrokerEntry.of(folder, broker.url("tcp"), protocol, keys), 1 << 20)) {
            source.start(new NoIntake());
            ByteBuffer connect = broker.awaitConnect();
            boolean clean = (connect.get(2 + connect.getShort(0) + 1) & CLEAN_START) != 0;
            if (protocol == AgentConfig.Protocol.V5) {
                assertThat(properties(connect).getOrDefault(SESSION_EXPIRY, 0L)).isEqualTo(clean ? 0 : 86_400);
            }
            return clean;
        }
    }

    @Test
    void user_and_password_are_told_to_the_broker() throws Exception {
        Path password = Files.writeString(folder.resolve("password"), "s3cret\n");
        try (Broker broker = new Broker(ServerSocketFactory.getDefault());
                MqttSource source = source(
                        config(
                                broker.url("tcp"),
                                new AgentConfig.Login("edge-user", new Secret.InFile(password)),
                                null),
                        1 << 20)) {
            source.start(new NoIntake());

            // the last two fields, each with its length before it
            assertThat(new String(broker.awaitConnect().array(), StandardCharsets.ISO_8859_1))
                    .endsWith("\0\tedge-user\0\6s3cret");
        }
    }

    @Test
    void a_password_that_is_missing_is_waited_for() throws Exception {
        Path password = folder.resolve("password");
        try (Broker broker = new Broker(ServerSocketFactory.getDefault());
                MqttSource source = source(
                        config(broker.url("tcp"), new AgentConfig.Login("u", new Secret.InFile(password)), null),
                        1 << 20)) {
            source.start(new NoIntake());
            // at once: half of it would be told to the broker, too
            Files.move(Files.writeString(folder.resolve("new"), "later"), password, StandardCopyOption.ATOMIC_MOVE);

            assertThat(new String(broker.awaitConnect().array(), StandardCharsets.ISO_8859_1))
                    .endsWith("\0\5later");
        }
    }

    @Test
    void tls_proves_both_sides() throws Exception {
        Tls tls = SelfSigned.tls(folder, "127.0.0.1");
        try (Broker broker = new Broker(tls.context().getServerSocketFactory());
                MqttSource source = source(config(broker.url("ssl"), null, tls), 1 << 20)) {
            ((SSLServerSocket) broker.socket()).setNeedClientAuth(true);
            source.start(new NoIntake());

            assertThat(properties(broker.awaitConnect())).containsKey(RECEIVE_MAXIMUM);
        }
    }

    @Test
    void a_broker_of_another_name_is_told_nothing() throws Exception {
        Tls tls = SelfSigned.tls(folder, "10.1.2.3");
        try (Broker broker = new Broker(tls.context().getServerSocketFactory());
                MqttSource source = source(config(broker.url("ssl"), null, tls), 1 << 20)) {
            source.start(new NoIntake());

            // its alert says why, unless its connection is gone before that is read
            assertThat(broker.awaitRefusal()).isInstanceOf(IOException.class);
            assertThat(broker.heardNothing()).isTrue();
        }
    }

    private static MqttSource source(AgentConfig.Mqtt config, long bytesUnderWayMax) {
        return new MqttSource(config, "casa1", MachineClock.of(InstantSource.system()), bytesUnderWayMax, Names.NONE);
    }

    private static AgentConfig.Mqtt config(String url) {
        return config(url, null, null);
    }

    private static AgentConfig.Mqtt config(String url, AgentConfig.@Nullable Login login, @Nullable Tls tls) {
        return new AgentConfig.Mqtt(
                url,
                AgentConfig.Protocol.V5,
                "heliograph-edge-1",
                Duration.ofDays(1),
                1_000,
                List.of(),
                List.of(),
                null,
                Set.of(),
                login,
                tls);
    }

    /** Of a CONNECT: protocol name, version, flags, keep-alive, then the properties. */
    private static Map<Integer, Long> properties(ByteBuffer connect) {
        connect.position(2 + connect.getShort(0) + 1 + 1 + 2);
        int end = connect.get() + connect.position();
        Map<Integer, Long> properties = new HashMap<>();
        while (connect.position() < end) {
            int id = connect.get();
            properties.put(
                    id,
                    switch (id) {
                        case SESSION_EXPIRY, PACKET_SIZE_MAXIMUM -> (long) connect.getInt();
                        case RECEIVE_MAXIMUM -> (long) connect.getShort();
                        default -> (long) connect.get();
                    });
        }
        return properties;
    }
}
