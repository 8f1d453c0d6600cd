package org.heliograph.streams.page;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.heliograph.telemetry.security.Secret;
import org.heliograph.telemetry.security.Tls;
import org.heliograph.telemetry.yaml.HostPort;
import org.heliograph.telemetry.yaml.Section;

/**
 * The {@code page:} section of streams.yaml.
 *
 * @param host the address to listen on: this machine's own unless set otherwise, and then only with a token, with client
 *     certificates, or said to be open to everybody
 * @param port 0 for any free port
 * @param token what a reader has to know; empty for nothing
 * @param tls with which the page is served over HTTPS; with authorities in it, readers have to bring a certificate
 * @param anonymous whether it is said to be open to everybody who reaches it
 */
public record PageSettings(
        boolean enabled, String host, int port, Optional<Secret> token, Optional<Tls> tls, boolean anonymous) {
    public static final PageSettings DEFAULT = new PageSettings(true, "127.0.0.1", 8080);

    /** Fewer random characters than that could be guessed. */
    private static final int SHORTEST_TOKEN = 16;

    /** Without a login. */
    public PageSettings(boolean enabled, String host, int port) {
        this(enabled, host, port, Optional.empty(), Optional.empty());
    }

    /** Not open beyond what the rest of it says. */
    public PageSettings(boolean enabled, String host, int port, Optional<Secret> token, Optional<Tls> tls) {
        this(enabled, host, port, token, tls, false);
    }

    /** Reads the section, noting its faults there. */
    public static PageSettings read(Section section) {
        PageSettings settings = new PageSettings(
                section.flag("enabled", DEFAULT.enabled),
                section.optional("host", PageSettings::host).orElse(DEFAULT.host),
                section.integer("port", DEFAULT.port, 0, HostPort.PORT_MAX),
                Secret.of(section, "token"),
                Tls.of(section),
                section.flag("anonymous", false));
        Optional<InetAddress> address = address(settings.host);
        if (settings.enabled && address.isEmpty()) {
            section.absent("host", "'" + settings.host + "' has no address");
        } else if (settings.enabled
                && !settings.anonymous
                && !settings.asksWho()
                && !address.get().isLoopbackAddress()) {
            section.flaw(
                    "host",
                    "'" + settings.host + "' can be reached from outside: set token or tls.ca, or anonymous: true"
                            + " if a proxy before the page checks who is there");
        }
        settings.tls
                .filter(tls -> tls.certificate() == null)
                .ifPresent(_ -> section.flaw("tls", "needs certificate and key"));
        settings.token.ifPresent(token -> judge(section, token));
        section.finish();
        return settings;
    }

    boolean asksForCertificates() {
        return tls.map(identity -> identity.ca() != null).orElse(false);
    }

    /** Whether readers have to show something: a token or a certificate. */
    boolean asksWho() {
        return token.isPresent() || asksForCertificates();
    }

    private static void judge(Section section, Secret token) {
        try {
            if (!token.text().matches("[A-Za-z0-9._~+/=-]{" + SHORTEST_TOKEN + ",1000}")) {
                section.flaw(
                        "token",
                        "has at least " + SHORTEST_TOKEN
                                + " characters, of A-Z a-z 0-9 . _ ~ + / = - (openssl rand -hex 32 makes one)");
            }
        } catch (IOException _) {
            // said already
        }
    }

    private static String host(String text) {
        if (!text.matches("[A-Za-z0-9:._%-]+")) {
            throw new IllegalArgumentException("'" + text + "' is not a host name or address");
        }
        return text;
    }

    private static Optional<InetAddress> address(String host) {
        try {
            return Optional.of(InetAddress.getByName(host));
        } catch (UnknownHostException _) {
            return Optional.empty();
        }
    }
}
