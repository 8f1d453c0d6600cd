package org.heliograph.telemetry.kafka;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;
import org.heliograph.telemetry.security.Tls;
import org.jspecify.annotations.Nullable;

/** How Kafka clients come by their secrets. */
public final class KafkaSecurity {
    /**
     * Properties of every client; an operator's go before them. A property may be {@code ${directory:/run/secrets:name}} or
     * {@code ${env:NAME}}, and is no secret then; renewed certificates are shown from the next connection on.
     */
    public static final Map<String, String> PROPERTIES = Map.of(
            "config.providers",
            "directory,env",
            "config.providers.directory.class",
            DirectoryConfigProvider.class.getName(),
            "config.providers.env.class",
            EnvVarConfigProvider.class.getName(),
            SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG,
            RenewedSslEngineFactory.class.getName());

    private static final String SECURITY_PROTOCOL = "security.protocol";
    /** Of {@link org.apache.kafka.common.security.ssl.DefaultSslEngineFactory}. */
    private static final Set<String> KEYS = Set.of("RSA", "EC", "DSA");

    private KafkaSecurity() {}

    /** Why Kafka's clients can't use what other connections can; empty when they can, as far as that goes. */
    public static Optional<String> trouble(Tls tls) {
        try {
            return tls.privateKey()
                    .map(PrivateKey::getAlgorithm)
                    .filter(algorithm -> !KEYS.contains(algorithm))
                    .map(algorithm -> "Kafka's clients know keys of RSA and EC, not of " + algorithm);
        } catch (IOException | GeneralSecurityException _) {
            return Optional.empty(); // nobody can use them, which is said already
        }
    }

    /**
     * Properties of a client whose PEM files lie apart, as in a Secret of Kubernetes: Kafka's own name one file that holds
     * certificate and key. With them the client speaks TLS, unless another property says otherwise.
     *
     * @param ca whom it trusts; null for the machine's own
     * @param certificate its own; null, as the key, for a client that is known by a password
     */
    public static Map<String, String> tls(@Nullable Path ca, @Nullable Path certificate, @Nullable Path key) {
        Map<String, String> properties = new HashMap<>(Map.of(SECURITY_PROTOCOL, "SSL"));
        if (ca != null) {
            properties.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
            properties.put(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG, ca.toString());
        }
        if (certificate != null && key != null) {
            properties.put(RenewedSslEngineFactory.CERTIFICATE, certificate.toString());
            properties.put(RenewedSslEngineFactory.KEY, key.toString());
        }
        return Map.copyOf(properties);
    }
}
