package org.heliograph.telemetry.kafka;

import java.util.Map;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;

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

    private KafkaSecurity() {}
}
