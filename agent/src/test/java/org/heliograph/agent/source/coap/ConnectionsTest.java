package org.heliograph.agent.source.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.eclipse.californium.scandium.dtls.Connection;
import org.heliograph.agent.source.coap.Dtls.Capacity;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Handshakes that are under way: how many places hosts get that have shown no more than where they are. */
class ConnectionsTest {
    private final Connections connections = new Connections(Dtls.server(
                    Dtls.limits(CoapSource.configuration(Patience.DEFAULT), Capacity.DEFAULT), new InetSocketAddress(0))
            .setAdvancedPskStore(new PreSharedKeys(Map.of(), _ -> null))
            .build());

    @BeforeEach
    void attach() {
        connections.attach(null);
    }

    @Test
    void an_address_has_its_places_and_another_one_beside_it_too() throws Exception {
        assertThat(begun("192.0.2.1", 0, 60)).isEqualTo(Connections.HANDSHAKES_OF_AN_ADDRESS_MAX);
        assertThat(begun("192.0.2.2", 0, 1)).isEqualTo(1);
    }

    /** Who has a network of IPv6 has an address for each handshake. */
    @Test
    void all_addresses_of_an_ipv6_network_share_their_places_and_leave_the_others_theirs() throws Exception {
        int begun = 0;
        for (int host = 1; host <= 300; host++) {
            begun += begun("2001:db8:1:1::" + Integer.toHexString(host), host, 1);
        }
        assertThat(begun).isEqualTo(Connections.HANDSHAKES_OF_A_NETWORK_MAX);
        assertThat(begun("2001:db8:1:2::1", 0, 1)).isEqualTo(1);
        assertThat(begun("192.0.2.1", 0, 1)).isEqualTo(1);
    }

    /** How many of its handshakes find room. */
    private int begun(String address, int firstPort, int handshakes) throws Exception {
        int begun = 0;
        for (int i = 0; i < handshakes; i++) {
            Connection connection =
                    new Connection(new InetSocketAddress(InetAddress.getByName(address), 10_000 + firstPort + i));
            begun += connections.put(connection.setConnectorContext(Runnable::run, null)) ? 1 : 0;
        }
        return begun;
    }
}
