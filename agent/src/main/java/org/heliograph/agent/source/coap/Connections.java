package org.heliograph.agent.source.coap;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.Principal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.Connection;
import org.eclipse.californium.scandium.dtls.InMemoryReadWriteLockConnectionStore;

/**
 * The places of the secure door, shared out so that nobody takes them all: neither a host that begins handshakes which it
 * can't end, as it has no key, nor a device that makes a session for each message and closes none.
 */
final class Connections extends InMemoryReadWriteLockConnectionStore {
    /** Those of a fleet behind one address, which all start at once, are through within moments, and make room for the next. */
    static final int HANDSHAKES_OF_AN_ADDRESS_MAX = 50;

    /** Handshakes of all addresses of an IPv6 network: who has one may have all of them, and so may a whole hall. */
    static final int HANDSHAKES_OF_A_NETWORK_MAX = 5 * HANDSHAKES_OF_AN_ADDRESS_MAX;

    /** For a few programs of one machine, and for sessions before them, whose end nobody has told. */
    static final int SESSIONS_OF_A_DEVICE_MAX = 4;

    private static final int IPV6_NETWORK_BYTES = 8;

    Connections(DtlsConnectorConfig config) {
        super(
                config.get(DtlsConfig.DTLS_MAX_CONNECTIONS),
                config.get(DtlsConfig.DTLS_STALE_CONNECTION_THRESHOLD, TimeUnit.SECONDS),
                config.getSessionStore(),
                config.get(DtlsConfig.DTLS_REMOVE_STALE_DOUBLE_PRINCIPALS));
    }

    /** A hello whose sender has shown that the address is its own; one too many isn't answered, and so comes again. */
    @Override
    public boolean put(Connection connection) {
        InetSocketAddress peer = connection.getPeerAddress();
        return (peer == null || hasRoom(peer.getAddress())) && super.put(connection);
    }

    private boolean hasRoom(InetAddress newcomer) {
        int ofAddress = 0;
        int ofNetwork = 0;
        for (Connection connection : this) {
            InetSocketAddress peer = connection.getPeerAddress();
            if (peer != null && !connection.hasEstablishedDtlsContext()) {
                ofAddress += peer.getAddress().equals(newcomer) ? 1 : 0;
                ofNetwork += network(peer.getAddress()).equals(network(newcomer)) ? 1 : 0;
            }
        }
        return ofAddress < HANDSHAKES_OF_AN_ADDRESS_MAX && ofNetwork < HANDSHAKES_OF_A_NETWORK_MAX;
    }

    private static ByteBuffer network(InetAddress address) {
        byte[] bytes = address.getAddress();
        return ByteBuffer.wrap(address instanceof Inet6Address ? Arrays.copyOf(bytes, IPV6_NETWORK_BYTES) : bytes);
    }

    /** Of a device's sessions beyond its few, those that were silent for longest end. */
    @Override
    public void putEstablishedSession(Connection connection) {
        super.putEstablishedSession(connection);
        Principal device = connection.getEstablishedPeerIdentity();
        if (device == null) {
            return;
        }
        List<Connection> others = new ArrayList<>();
        for (Connection other : this) {
            if (!other.equals(connection) && device.equals(other.getEstablishedPeerIdentity())) {
                others.add(other);
            }
        }
        others.sort(Comparator.comparingLong(Connection::getLastMessageNanos).reversed());
        others.stream().skip(SESSIONS_OF_A_DEVICE_MAX - 1).forEach(other -> remove(other, true));
    }
}
