package org.heliograph.agent.config;

import org.heliograph.telemetry.security.Secret;
import org.heliograph.telemetry.security.Tls;

/** How the agent and a CoAP device prove to each other over DTLS who they are. */
public sealed interface CoapSecurity {
    /**
     * A key that both have.
     *
     * @param identity the name under which the device knows the agent
     */
    record Psk(String identity, Secret key) implements CoapSecurity {}

    /**
     * Certificates of both.
     *
     * @param tls all three parts of it
     * @param subject what the device's certificate must say, as DNS name or common name; the URI's host by default
     */
    record Certificates(Tls tls, String subject) implements CoapSecurity {}
}
