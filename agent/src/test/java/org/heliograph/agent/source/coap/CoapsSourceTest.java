package org.heliograph.agent.source.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.crypto.SecretKey;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.HandshakeResultHandler;
import org.eclipse.californium.scandium.dtls.PskPublicInformation;
import org.eclipse.californium.scandium.dtls.PskSecretResult;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedPskStore;
import org.eclipse.californium.scandium.util.ServerNames;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.config.CoapSecurity;
import org.heliograph.agent.intake.MachineClock;
import org.heliograph.telemetry.security.Secret;
import org.heliograph.telemetry.security.Tls;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Devices that are observed over DTLS. */
@Timeout(600)
class CoapsSourceTest {
    private static final int SENML_JSON = 110;
    private static final String KEY = "0123456789abcdef";
    private static final Patience PATIENCE = new Patience(
            Duration.ofSeconds(3),
            Duration.ofMillis(500),
            Duration.ofSeconds(4),
            Duration.ofMillis(50),
            Duration.ofSeconds(4),
            Duration.ofMillis(50),
            Duration.ofMillis(200),
            Duration.ofMillis(50),
            Duration.ofMillis(50));

    @TempDir
    private Path folder = Path.of("");

    private final RecordingIntake intake = new RecordingIntake();

    @Test
    void a_device_that_restarts_and_forgot_its_session_is_observed_again() throws Exception {
        Consumer<DtlsConnectorConfig.Builder> keyed = keyed(KEY);
        TestDevice first = TestDevice.secure(0, SENML_JSON, keyed);
        // looked up, too, in a session that the device has forgotten
        try (CoapSource _ = observing(first.uri(""), new CoapSecurity.Psk("edge-1", secret(KEY)))) {
            intake.awaitPower(1);
            first.close();
            try (TestDevice second = TestDevice.secure(first.port(), SENML_JSON, keyed)) {
                second.setQuietly(8);
                intake.awaitPower(8);
                second.reportPower(9);
                intake.awaitPower(9);
            }
        } finally {
            first.close();
        }
    }

    @Test
    void a_device_that_grants_no_observation_is_asked_again_in_the_same_session() throws Exception {
        try (TestDevice device = TestDevice.secure(0, SENML_JSON, keyed(KEY))) {
            device.refuseObservers();
            device.maxAgeSeconds = 0;
            CoapSecurity secured = new CoapSecurity.Psk("edge-1", secret(KEY));
            try (CoapSource _ = observing(device.uri("/senml"), secured, CoapSourceTest.UNHURRIED)) {
                for (double watts = 1; watts < 5; watts++) {
                    intake.awaitPower(watts);
                    device.setQuietly(watts + 1);
                }
            }
            assertThat(device.sessions).hasSize(1);
        }
    }

    @Test
    void a_device_without_the_right_key_is_not_believed() throws Exception {
        AskedKeys keys = new AskedKeys(new PreSharedKeys(Map.of("edge-1", secret("fedcba9876543210")), _ -> null));
        try (TestDevice impostor = TestDevice.secure(0, SENML_JSON, builder -> builder.setAdvancedPskStore(keys))) {
            // it fails by its timeouts alone, a minute later
            try (CoapSource _ = observing(impostor.uri("/senml"), new CoapSecurity.Psk("edge-1", secret(KEY)))) {
                assertThat(keys.asked.await(2, TimeUnit.MINUTES)).isTrue();
                assertThat(intake.awaitNothing(Duration.ofSeconds(1))).isTrue();
            }
        }
    }

    /** Keys that are asked for when the other side has sent its part of the exchange. */
    private record AskedKeys(AdvancedPskStore keys, CountDownLatch asked) implements AdvancedPskStore {
        AskedKeys(AdvancedPskStore keys) {
            this(keys, new CountDownLatch(1));
        }

        @Override
        public boolean hasEcdhePskSupported() {
            return keys.hasEcdhePskSupported();
        }

        @Override
        public @Nullable PskSecretResult requestPskSecretResult(
                ConnectionId cid,
                ServerNames serverName,
                PskPublicInformation identity,
                String hmacAlgorithm,
                SecretKey otherSecret,
                byte[] seed,
                boolean useExtendedMasterSecret) {
            asked.countDown();
            return keys.requestPskSecretResult(
                    cid, serverName, identity, hmacAlgorithm, otherSecret, seed, useExtendedMasterSecret);
        }

        @Override
        public @Nullable PskPublicInformation getIdentity(InetSocketAddress peerAddress, ServerNames virtualHost) {
            return keys.getIdentity(peerAddress, virtualHost);
        }

        @Override
        public void setResultHandler(HandshakeResultHandler resultHandler) {
            keys.setResultHandler(resultHandler);
        }
    }

    @Test
    void a_device_is_believed_when_its_certificate_names_it(@TempDir Path authorities) throws Exception {
        TestAuthority authority = new TestAuthority(authorities);
        Tls agent = authority.issue("agent", "-dname", "CN=edge-1");
        Tls own = authority.issue("device", "-dname", "CN=crac-01");
        try (TestDevice device =
                TestDevice.secure(0, SENML_JSON, builder -> Dtls.certify(builder, own, (_, _) -> true))) {
            try (CoapSource source = observing(device.uri("/senml"), new CoapSecurity.Certificates(agent, "crac-02"))) {
                FailedHandshakes.await(source, 0);
                assertThat(intake.isEmpty()).isTrue();
            }
            try (CoapSource _ = observing(device.uri("/senml"), new CoapSecurity.Certificates(agent, "crac-01"))) {
                intake.awaitPower(1);
            }
        }
    }

    @Test
    void devices_share_a_socket_as_far_as_identities_tell_their_keys_apart() throws Exception {
        Secret one = secret("0123456789abcdef");
        Secret other = secret("fedcba9876543210");
        AgentConfig.Coap plain = device("a", "coap://10.0.0.1", null);
        AgentConfig.Coap alsoPlain = device("b", "coap://10.0.0.2", null);
        AgentConfig.Coap first = device("c", "coaps://10.0.0.3", new CoapSecurity.Psk("edge-1", one));
        AgentConfig.Coap same = device("d", "coaps://10.0.0.4", new CoapSecurity.Psk("edge-1", one));
        AgentConfig.Coap otherKey = device("e", "coaps://10.0.0.5", new CoapSecurity.Psk("edge-1", other));
        AgentConfig.Coap otherIdentity = device("f", "coaps://10.0.0.6", new CoapSecurity.Psk("edge-f", other));

        assertThat(DeviceSocket.of(List.of(plain, first, alsoPlain, same, otherKey, otherIdentity)))
                .containsExactly(
                        new DeviceSocket(List.of(plain, alsoPlain)),
                        new DeviceSocket(List.of(first, same, otherIdentity)),
                        new DeviceSocket(List.of(otherKey)));
    }

    private Consumer<DtlsConnectorConfig.Builder> keyed(String key) throws Exception {
        PreSharedKeys keys = new PreSharedKeys(Map.of("edge-1", secret(key)), _ -> null);
        return builder -> builder.setAdvancedPskStore(keys);
    }

    private Secret secret(String key) throws Exception {
        return new Secret.InFile(Files.writeString(Files.createTempFile(folder, "key", ".psk"), key));
    }

    private static AgentConfig.Coap device(String name, String uri, @Nullable CoapSecurity security) {
        return new AgentConfig.Coap(name, URI.create(uri), security, null);
    }

    private CoapSource observing(URI uri, CoapSecurity security) {
        return observing(uri, security, PATIENCE);
    }

    private CoapSource observing(URI uri, CoapSecurity security, Patience patience) {
        CoapSource source = new CoapSource(
                List.of(new AgentConfig.Coap("crac-01", uri, security, null)),
                "casa1",
                MachineClock.of(InstantSource.system()),
                patience,
                CoapEndpoint::builder);
        source.start(intake);
        return source;
    }
}
