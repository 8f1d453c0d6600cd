package org.heliograph.agent.source.coap;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.elements.config.CertificateAuthenticationMode;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConfig.DtlsRole;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.SignatureAndHashAlgorithm;
import org.heliograph.telemetry.security.Tls;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** DTLS 1.2 in the measure of a small board. */
final class Dtls {
    private static final Logger log = LoggerFactory.getLogger(Dtls.class);

    /** A device whose address changes, behind a NAT or a new lease, keeps its session. */
    private static final int CONNECTION_ID_BYTES = 6;

    /**
     * How many devices may be connected.
     *
     * @param staleAfter when all connections are taken, one that was silent for so long gives way
     */
    record Capacity(int connections, Duration staleAfter) {
        private static final int LEAST = 1_000;
        private static final Duration STALE_AFTER = Duration.ofMinutes(5);

        static final Capacity DEFAULT = new Capacity(LEAST, STALE_AFTER);

        /** For so many that may prove themselves: all of their sessions find room, and as many strangers' handshakes. */
        static Capacity of(int devices) {
            return new Capacity(
                    Math.max(
                            LEAST,
                            devices * Connections.SESSIONS_OF_A_DEVICE_MAX + Connections.HANDSHAKES_OF_A_NETWORK_MAX),
                    STALE_AFTER);
        }
    }

    /** What goes no further is forgotten after 14 s, not after a minute. */
    private static final int SAID_AGAIN_MAX = 2;

    private static final int HANDSHAKES_MAX = 100;
    private static final int MESSAGES_WAITING_MAX = 1_000;
    private static final int HANDSHAKE_MESSAGE_BYTES_MAX = 8_192;

    private static final List<SignatureAndHashAlgorithm> SIGNATURES = List.of(
            SignatureAndHashAlgorithm.SHA256_WITH_ECDSA,
            SignatureAndHashAlgorithm.SHA384_WITH_ECDSA,
            SignatureAndHashAlgorithm.SHA256_WITH_RSA);

    private Dtls() {}

    static Configuration limits(Configuration configuration) {
        return limits(configuration, Capacity.DEFAULT);
    }

    static Configuration limits(Configuration configuration, Capacity capacity) {
        DtlsConfig.register();
        return configuration
                .set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, CONNECTION_ID_BYTES)
                .set(DtlsConfig.DTLS_USE_HELLO_VERIFY_REQUEST, true)
                .set(DtlsConfig.DTLS_USE_ANTI_REPLAY_FILTER, true)
                .set(DtlsConfig.DTLS_USE_SERVER_NAME_INDICATION, false)
                // nobody resumes a session with a key that was withdrawn since
                .set(DtlsConfig.DTLS_SERVER_USE_SESSION_ID, false)
                .set(DtlsConfig.DTLS_CLIENT_AUTHENTICATION_MODE, CertificateAuthenticationMode.NEEDED)
                .set(DtlsConfig.DTLS_MAX_CONNECTIONS, capacity.connections())
                .set(
                        DtlsConfig.DTLS_STALE_CONNECTION_THRESHOLD,
                        capacity.staleAfter().toSeconds(),
                        TimeUnit.SECONDS)
                .set(DtlsConfig.DTLS_MAX_PENDING_HANDSHAKE_RESULT_JOBS, HANDSHAKES_MAX)
                .set(DtlsConfig.DTLS_MAX_PENDING_INBOUND_JOBS, MESSAGES_WAITING_MAX)
                .set(DtlsConfig.DTLS_MAX_PENDING_OUTBOUND_JOBS, MESSAGES_WAITING_MAX)
                .set(DtlsConfig.DTLS_MAX_FRAGMENTED_HANDSHAKE_MESSAGE_LENGTH, HANDSHAKE_MESSAGE_BYTES_MAX)
                .set(DtlsConfig.DTLS_RECEIVER_THREAD_COUNT, 1)
                .set(DtlsConfig.DTLS_CONNECTOR_THREAD_COUNT, 1);
    }

    static DtlsConnectorConfig.Builder server(Configuration limits, InetSocketAddress listen) {
        return DtlsConnectorConfig.builder(limits)
                .set(DtlsConfig.DTLS_ROLE, DtlsRole.SERVER_ONLY)
                .set(DtlsConfig.DTLS_MAX_RETRANSMISSIONS, SAID_AGAIN_MAX)
                .setAddress(listen);
    }

    static DtlsConnectorConfig.Builder client(Configuration limits) {
        return DtlsConnectorConfig.builder(limits).set(DtlsConfig.DTLS_ROLE, DtlsRole.CLIENT_ONLY);
    }

    /** Proves itself by a certificate, and wants one. */
    static void certify(DtlsConnectorConfig.Builder builder, Tls tls, TrustedCertificates.Acquaintance acquaintance) {
        // Scandium's own list leaves SHA-384 out, which the JDK's keytool signs with
        builder.set(DtlsConfig.DTLS_SIGNATURE_AND_HASH_ALGORITHMS, SIGNATURES)
                .setCertificateIdentityProvider(new OwnCertificate(tls))
                .setAdvancedCertificateVerifier(new TrustedCertificates(tls, acquaintance));
    }

    static DTLSConnector connector(DtlsConnectorConfig config) {
        return telling(new DTLSConnector(config));
    }

    /** For whoever comes. */
    static DTLSConnector door(DtlsConnectorConfig config) {
        return telling(new DTLSConnector(config, new Connections(config)) {});
    }

    private static DTLSConnector telling(DTLSConnector connector) {
        connector.setAlertHandler((peer, alert) -> log.debug(
                "coap=alert peer={} level={} description={}", peer, alert.getLevel(), alert.getDescription()));
        return connector;
    }
}
