package org.heliograph.agent.source.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.eclipse.californium.scandium.dtls.PskPublicInformation;
import org.eclipse.californium.scandium.util.ServerNames;
import org.heliograph.agent.config.AgentConfig;
import org.heliograph.agent.config.CoapSecurity;
import org.heliograph.telemetry.security.Secret;
import org.junit.jupiter.api.Test;

class DeviceSocketTest {
    private static final InetSocketAddress THERE = new InetSocketAddress("192.0.2.7", 5684);

    @Test
    void a_handshake_knows_its_device_by_where_it_was_found_and_looks_no_name_up() {
        AgentConfig.Coap first = device("crac-01", "192.0.2.1");
        // a name that nobody knows any more: the DNS is away, or gives another of its addresses now
        AgentConfig.Coap second = device("crac-02", "crac-02.invalid");
        PreSharedKeys keys = new DeviceSocket(List.of(first, second)).keys(Map.of(THERE, second)::get);

        assertThat(keys.getIdentity(THERE, ServerNames.newInstance()))
                .extracting(PskPublicInformation::getPublicInfoAsString)
                .isEqualTo("of-crac-02");
        assertThat(keys.getIdentity(new InetSocketAddress("192.0.2.8", 5684), ServerNames.newInstance()))
                .isNull();
    }

    private static AgentConfig.Coap device(String name, String host) {
        return new AgentConfig.Coap(
                name,
                URI.create("coaps://" + host + "/senml"),
                new CoapSecurity.Psk("of-" + name, new Secret.InFile(Path.of(name + ".psk"))),
                null);
    }
}
