package org.heliograph.sim.mqtt;

import org.heliograph.telemetry.security.Secret;
import org.heliograph.telemetry.security.Tls;
import org.jspecify.annotations.Nullable;

/**
 * Where the devices publish, and as whom.
 *
 * @param url {@code tcp://127.0.0.1:1883}, or {@code ssl://...}
 * @param login null for a broker that asks for none
 * @param tls null for the machine's own authorities, if the URL asks for TLS
 */
public record MqttBroker(
        String url, @Nullable Login login, @Nullable Tls tls) {
    /** Whom the broker takes the devices for. */
    public record Login(String user, Secret password) {}

    /** One that asks nobody who they are. */
    public static MqttBroker at(String url) {
        return new MqttBroker(url, null, null);
    }
}
