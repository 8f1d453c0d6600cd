package org.heliograph.agent.source.coap;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.config.CoapSecurity;
import org.heliograph.telemetry.security.Secret;
import org.heliograph.telemetry.security.Tls;
import org.jspecify.annotations.Nullable;

/**
 * Which devices the agent reaches through one socket: all without encryption, all under one certificate of its own, and
 * all whose keys an identity tells apart. Where one identity has several keys, each has a socket of its own, as a
 * handshake asks for the key by the identity alone.
 */
record DeviceSocket(List<AgentConfig.Coap> devices) {
    DeviceSocket {
        devices = List.copyOf(devices);
    }

    static List<DeviceSocket> of(List<AgentConfig.Coap> devices) {
        List<List<AgentConfig.Coap>> groups = new ArrayList<>();
        for (AgentConfig.Coap device : devices) {
            groups.stream()
                    .filter(group -> group.stream().allMatch(other -> sharesWith(device, other)))
                    .findFirst()
                    .orElseGet(() -> {
                        groups.add(new ArrayList<>());
                        return groups.getLast();
                    })
                    .add(device);
        }
        return groups.stream().map(DeviceSocket::new).toList();
    }

    private static boolean sharesWith(AgentConfig.Coap one, AgentConfig.Coap other) {
        return switch (one.security()) {
            case null -> other.security() == null;
            case CoapSecurity.Psk(String identity, Secret key) ->
                other.security() instanceof CoapSecurity.Psk(String otherIdentity, Secret otherKey)
                        && (!identity.equals(otherIdentity) || key.equals(otherKey));
            case CoapSecurity.Certificates(Tls tls, String _) ->
                other.security() instanceof CoapSecurity.Certificates(Tls otherTls, String _) && tls.equals(otherTls);
        };
    }

    boolean isSecure() {
        return devices.getFirst().security() != null;
    }

    /**
     * For a socket that is secure.
     *
     * @param addressed which device was found at an address. Handshakes ask for it on the connector's only thread: a name that is
     *     looked up there, and nobody answers, would hold up every device
     */
    DTLSConnector connector(
            Configuration configuration,
            Handshakes handshakes,
            Function<InetSocketAddress, AgentConfig.@Nullable Coap> addressed) {
        DtlsConnectorConfig.Builder dtls = Dtls.client(Dtls.limits(configuration))
                .setAddress(new InetSocketAddress(0))
                .setSessionListener(handshakes);
        switch (Objects.requireNonNull(devices.getFirst().security())) {
            case CoapSecurity.Psk _ -> dtls.setAdvancedPskStore(keys(addressed));
            case CoapSecurity.Certificates(Tls tls, String _) ->
                Dtls.certify(dtls, tls, (certificate, peer) -> {
                    AgentConfig.Coap device = addressed.apply(peer);
                    String subject = device == null ? null : subject(device);
                    return subject != null && Subjects.of(certificate).contains(subject);
                });
        }
        return Dtls.connector(dtls.build());
    }

    PreSharedKeys keys(Function<InetSocketAddress, AgentConfig.@Nullable Coap> addressed) {
        Map<String, Secret> keys = new HashMap<>();
        for (AgentConfig.Coap device : devices) {
            if (device.security() instanceof CoapSecurity.Psk(String identity, Secret key)) {
                keys.put(identity, key);
            }
        }
        return new PreSharedKeys(keys, peer -> {
            AgentConfig.Coap device = addressed.apply(peer);
            return device == null ? null : identity(device);
        });
    }

    private static @Nullable String identity(AgentConfig.Coap device) {
        return device.security() instanceof CoapSecurity.Psk(String identity, Secret _) ? identity : null;
    }

    private static @Nullable String subject(AgentConfig.Coap device) {
        return device.security() instanceof CoapSecurity.Certificates(Tls _, String subject) ? subject : null;
    }

    /** Looked up anew. */
    static InetSocketAddress address(URI uri) {
        return new InetSocketAddress(uri.getHost(), uri.getPort() < 0 ? CoAP.DEFAULT_COAP_SECURE_PORT : uri.getPort());
    }
}
