package org.heliograph.telemetry.kafka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.auth.SslEngineFactory;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.heliograph.telemetry.security.Tls;
import org.jspecify.annotations.Nullable;

/**
 * Kafka's own TLS for clients ({@code ssl.engine.factory.class}), which reads the key store and the trust store again when
 * their files have changed: the next connection shows the renewed certificate, and no client has to be made anew. Kafka
 * reads them once, when a client is made (KIP-519 has only brokers read them again).
 *
 * <p>Certificate and key may also lie in files of their own ({@value #CERTIFICATE}, {@value #KEY}; PEM, PKCS#8).
 *
 * <p>Files that can't be used, as when they are being written, leave the former ones in force; the next connection tries
 * again.
 */
public final class RenewedSslEngineFactory implements SslEngineFactory {
    /** Where the client's own certificate lies, followed by its issuers. */
    static final String CERTIFICATE = "heliograph.ssl.certificate.location";
    /** Where its private key lies, unencrypted. */
    static final String KEY = "heliograph.ssl.key.location";

    private static final String[] FILES = {
        SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG, SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG, CERTIFICATE, KEY
    };

    private static final System.Logger log = System.getLogger(RenewedSslEngineFactory.class.getName());

    private Map<String, ?> settings = Map.of();
    private Map<Path, FileTime> read = Map.of();
    private @Nullable DefaultSslEngineFactory current;

    @Override
    public void configure(Map<String, ?> configs) {
        settings = Map.copyOf(withoutNulls(configs));
        read = times();
        current = made();
    }

    private static Map<String, Object> withoutNulls(Map<String, ?> configs) {
        Map<String, Object> all = new HashMap<>();
        configs.forEach((name, value) -> {
            if (value != null) {
                all.put(name, value);
            }
        });
        return all;
    }

    /** @throws KafkaException if the files can't be used */
    private DefaultSslEngineFactory made() {
        Map<String, Object> all = new HashMap<>(settings);
        boolean isApart = settings.containsKey(CERTIFICATE) && settings.containsKey(KEY);
        if (isApart) {
            all.put(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG, "PEM");
            all.put(SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG, text(CERTIFICATE));
            all.put(SslConfigs.SSL_KEYSTORE_KEY_CONFIG, text(KEY));
        }
        DefaultSslEngineFactory factory = new DefaultSslEngineFactory();
        factory.configure(all);
        if (isApart && !isPair(factory.keystore())) {
            throw new KafkaException(
                    settings.get(KEY) + " isn't the key of the certificate in " + settings.get(CERTIFICATE));
        }
        return factory;
    }

    private Password text(String setting) {
        Path file = Path.of(String.valueOf(settings.get(setting)));
        try {
            return new Password(Files.readString(file));
        } catch (IOException e) {
            throw new KafkaException(file + " can't be read", e);
        }
    }

    /** Two files are replaced one after the other: a new certificate with the old key would be refused by every broker. */
    private static boolean isPair(KeyStore store) {
        try {
            String alias = store.aliases().nextElement();
            PrivateKey own = (PrivateKey) store.getKey(alias, null);
            return Tls.isPair(own, store.getCertificate(alias).getPublicKey());
        } catch (GeneralSecurityException e) {
            throw new KafkaException(e);
        }
    }

    private Map<Path, FileTime> times() {
        Map<Path, FileTime> times = new HashMap<>();
        for (String name : FILES) {
            if (settings.get(name) instanceof String location) {
                Path file = Path.of(location);
                try {
                    times.put(file, Files.getLastModifiedTime(file));
                } catch (IOException _) {
                    // as good as one that has not changed: it is being replaced
                }
            }
        }
        return times;
    }

    private synchronized DefaultSslEngineFactory fresh() {
        DefaultSslEngineFactory before = current;
        if (before == null) {
            throw new IllegalStateException("not configured");
        }
        Map<Path, FileTime> now = times();
        if (now.equals(read)) {
            return before;
        }
        try {
            DefaultSslEngineFactory renewed = made();
            current = renewed;
            read = now;
            log.log(System.Logger.Level.INFO, "kafka-certificates=renewed files={0}", now.keySet());
            return renewed;
        } catch (KafkaException e) {
            log.log(System.Logger.Level.WARNING, "kafka-certificates=kept reason={0}", e.getMessage());
            return before;
        }
    }

    @Override
    public SSLEngine createClientSslEngine(String peerHost, int peerPort, String endpointIdentification) {
        return fresh().createClientSslEngine(peerHost, peerPort, endpointIdentification);
    }

    @Override
    public SSLEngine createServerSslEngine(String peerHost, int peerPort) {
        return fresh().createServerSslEngine(peerHost, peerPort);
    }

    @Override
    public boolean shouldBeRebuilt(Map<String, Object> nextConfigs) {
        return fresh().shouldBeRebuilt(nextConfigs);
    }

    @Override
    public Set<String> reconfigurableConfigs() {
        return SslConfigs.RECONFIGURABLE_CONFIGS;
    }

    @Override
    public @Nullable KeyStore keystore() {
        return fresh().keystore();
    }

    @Override
    public @Nullable KeyStore truststore() {
        return fresh().truststore();
    }

    @Override
    public void close() {
        // nothing is held open
    }
}
