package org.heliograph.lab.pki;

import java.util.List;

/**
 * Whom a certificate is for.
 *
 * @param name its common name; for a client the identity that a server knows it by
 * @param hosts DNS names and IP addresses that a server is reached by; none for a client
 */
public record Subject(String name, Use use, List<String> hosts) {
    /** What the certificate may be used for (RFC 5280, 4.2.1.12). */
    public enum Use {
        SERVER,
        CLIENT,
        /** Both: a broker is also a client of its fellows. */
        PEER
    }

    public Subject {
        hosts = List.copyOf(hosts);
    }

    public static Subject server(String name, List<String> hosts) {
        return new Subject(name, Use.SERVER, hosts);
    }

    public static Subject peer(String name, List<String> hosts) {
        return new Subject(name, Use.PEER, hosts);
    }

    public static Subject client(String name) {
        return new Subject(name, Use.CLIENT, List.of());
    }
}
