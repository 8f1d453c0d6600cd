package org.heliograph.agent.config;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.heliograph.telemetry.security.Secret;
import org.heliograph.telemetry.security.Tls;
import org.heliograph.telemetry.yaml.AbsentException;
import org.heliograph.telemetry.yaml.HostPort;
import org.heliograph.telemetry.yaml.Section;
import org.jspecify.annotations.Nullable;

/** Reads the parts {@code coap} and {@code coapServer} of {@code agent.yaml}. */
final class CoapPart {
    private static final String PLAIN = "coap";
    private static final String SECURE = "coaps";
    private static final URI NO_URI = URI.create("coap://localhost");

    private static final int PORT = 5_683;
    private static final int SECURE_PORT = 5_684;

    /** A shorter key can be guessed by whoever recorded one handshake. */
    private static final int KEY_BYTES_MIN = 16;

    /** The first answer alone may take as long. */
    private static final Duration ASK_EVERY_MIN = Duration.ofSeconds(10);

    private static final Duration ASK_EVERY_MAX = Duration.ofHours(1);

    private static final int IDENTITY_BYTES_MAX = 128;

    private static final CoapPush.Rate RATE = new CoapPush.Rate(20, 200);
    private static final int RATE_MAX = 100_000;
    /** A body of the greatest size in blocks, and its beginning. */
    private static final int BURST_MIN = 65;

    private final Set<String> devices;

    /** @param devices the names that other parts have used */
    CoapPart(Set<String> devices) {
        this.devices = devices;
    }

    List<AgentConfig.Coap> observed(Section top) {
        List<AgentConfig.Coap> observed = new ArrayList<>();
        Set<String> resources = new HashSet<>();
        for (Section section : top.sections("coap")) {
            String device = AgentFile.device(section, devices);
            URI uri = section.parsed("uri", CoapPart::uri, NO_URI);
            CoapSecurity security = security(section, uri);
            if (section.has("uri") && !uri.equals(NO_URI) && !resources.add(resource(uri))) {
                section.flaw("uri", "is another device's too: each of its readings would count twice");
            }
            Duration askEvery = section.has("askEvery") ? section.duration("askEvery", ASK_EVERY_MIN) : null;
            if (askEvery != null && (askEvery.compareTo(ASK_EVERY_MIN) < 0 || askEvery.compareTo(ASK_EVERY_MAX) > 0)) {
                section.flaw("askEvery", askEvery + " is not between " + ASK_EVERY_MIN + " and " + ASK_EVERY_MAX);
            }
            section.finish();
            observed.add(new AgentConfig.Coap(device, uri, security, askEvery));
        }
        return observed;
    }

    @Nullable
    CoapPush server(Section top) {
        if (!top.has("coapServer")) {
            return null;
        }
        Section section = top.section("coapServer");
        CoapPush.Plain plain = section.has("plain") ? plain(section.section("plain")) : null;
        CoapPush.Dtls dtls = section.has("dtls") ? dtls(section.section("dtls")) : null;
        if (plain == null && dtls == null) {
            top.flaw("coapServer", "has no port; give it dtls, plain or both");
        }
        if (plain != null && dtls != null && isSame(plain.listen(), dtls.listen())) {
            section.flaw("plain", "listens on the port of dtls: only one of them would get it");
        }
        CoapPush.Rate rate = new CoapPush.Rate(
                section.integer("messagesPerSecond", RATE.messagesPerSecond(), 1, RATE_MAX),
                section.integer("burst", RATE.burst(), BURST_MIN, RATE_MAX));
        section.finish();
        return new CoapPush(plain, dtls, rate);
    }

    private @Nullable CoapSecurity security(Section section, URI uri) {
        boolean secure = SECURE.equals(uri.getScheme());
        if (secure && section.has("psk") == section.has("tls")) {
            section.flaw("uri", "is " + SECURE + "://: give the device either psk or tls");
        }
        if (!secure && (section.has("psk") || section.has("tls"))) {
            section.flaw(
                    section.has("psk") ? "psk" : "tls",
                    "is of no use with " + PLAIN + "://; make the uri " + SECURE + "://");
        }
        if (section.has("psk")) {
            Section psk = section.section("psk");
            String identity = psk.parsed("identity", CoapPart::identity, "");
            Secret key = key(psk);
            psk.finish();
            return key == null ? null : new CoapSecurity.Psk(identity, key);
        }
        String subject = section.text("subject", uri.getHost());
        Tls tls = Tls.of(section).orElse(null);
        if (section.has("subject") && tls == null) {
            section.flaw("subject", "needs tls: it is what the device's certificate must say");
        }
        complete(section, tls);
        return tls == null ? null : new CoapSecurity.Certificates(tls, subject);
    }

    private CoapPush.Plain plain(Section section) {
        InetSocketAddress listen = listen(section, PORT);
        Map<InetAddress, String> byAddress = new HashMap<>();
        for (Section one : section.sections("devices")) {
            String device = AgentFile.device(one, devices);
            InetAddress address = one.parsed("address", CoapPart::address, InetAddress.getLoopbackAddress());
            if (one.has("address") && byAddress.putIfAbsent(address, device) != null) {
                one.flaw("address", "is another device's too");
            }
            one.finish();
        }
        boolean insecure = section.flag("insecure", false);
        if (byAddress.isEmpty() && !insecure) {
            section.flaw(
                    "devices",
                    "is empty: name each device by its address, or say insecure: true and believe whatever anyone sends");
        }
        section.finish();
        return new CoapPush.Plain(listen, byAddress, insecure);
    }

    private CoapPush.Dtls dtls(Section section) {
        InetSocketAddress listen = listen(section, SECURE_PORT);
        Map<String, CoapPush.Psk> keys = new HashMap<>();
        Map<String, String> subjects = new HashMap<>();
        for (Section one : section.sections("devices")) {
            String device = AgentFile.device(one, devices);
            if (one.has("subject") == (one.has("identity") || one.has("key"))) {
                one.flaw("device", "needs either identity and key, or the subject of its certificate");
            } else if (one.has("subject")) {
                if (subjects.putIfAbsent(one.text("subject"), device) != null) {
                    one.flaw("subject", "is another device's too");
                }
            } else {
                String identity = one.parsed("identity", CoapPart::identity, "");
                Secret key = key(one);
                if (key != null && keys.putIfAbsent(identity, new CoapPush.Psk(device, key)) != null) {
                    one.flaw("identity", "is another device's too");
                }
            }
            one.finish();
        }
        Tls tls = Tls.of(section).orElse(null);
        complete(section, tls);
        if (section.sections("devices").isEmpty()) {
            section.flaw("devices", "is empty: nobody could get in");
        }
        if (!subjects.isEmpty() && tls == null) {
            section.flaw("tls", "is missing: devices with a subject need {ca: ..., certificate: ..., key: ...}");
        }
        section.finish();
        return new CoapPush.Dtls(listen, keys, subjects, tls);
    }

    /** The machine's own authorities are the web's: they prove nothing about a device. */
    private static void complete(Section section, @Nullable Tls tls) {
        if (tls != null && (tls.ca() == null || tls.certificate() == null)) {
            section.flaw("tls", "needs ca, certificate and key: both sides prove who they are");
        }
    }

    private @Nullable Secret key(Section section) {
        if (!section.has("key")) {
            section.flaw("key", "is missing: {file: ...} or {env: ...}");
            return null;
        }
        Secret key = Secret.of(section, "key").orElse(null);
        try {
            if (key != null && key.read().length < KEY_BYTES_MIN) {
                section.flaw("key", "is shorter than " + KEY_BYTES_MIN + " bytes");
            }
        } catch (IOException _) {
            // noted already
        }
        return key;
    }

    private static String identity(String text) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > IDENTITY_BYTES_MAX) {
            throw new IllegalArgumentException("an identity has 1 to " + IDENTITY_BYTES_MAX + " bytes");
        }
        return text;
    }

    private static InetSocketAddress listen(Section section, int port) {
        return section.optional("listen", text -> {
                    HostPort named = HostPort.known(text, "'" + text + "' is not host:port");
                    InetSocketAddress address = new InetSocketAddress(named.host(), named.port());
                    if (address.isUnresolved()) {
                        throw new AbsentException("'" + text + "' has no address");
                    }
                    return address;
                })
                .orElseGet(() -> new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    private static boolean isSame(InetSocketAddress one, InetSocketAddress other) {
        return one.getPort() == other.getPort()
                && (one.getAddress().equals(other.getAddress())
                        || one.getAddress().isAnyLocalAddress()
                        || other.getAddress().isAnyLocalAddress());
    }

    /** Only literal addresses: a name's address may change, and who a device is with it. */
    private static InetAddress address(String text) {
        String message = "'" + text + "' is not an address such as 10.0.3.31";
        if (!text.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
            throw new IllegalArgumentException(message);
        }
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(message, e);
        }
    }

    /** However it is written. */
    private static String resource(URI uri) {
        boolean secure = SECURE.equals(uri.getScheme());
        int port = uri.getPort() < 0 ? secure ? SECURE_PORT : PORT : uri.getPort();
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return uri.getScheme() + " " + uri.getHost().toLowerCase(Locale.ROOT) + " " + port + " " + path + " "
                + uri.getRawQuery();
    }

    private static URI uri(String text) {
        String message = "'" + text + "' is not coap://host[:port][/path] or coaps://host[:port][/path]";
        try {
            URI uri = new URI(text);
            if (uri.getHost() == null
                    && uri.getAuthority() != null
                    && uri.getAuthority().contains("_")) {
                throw new IllegalArgumentException(
                        "'" + text + "': the name of a host has no '_'; give the device another name, or its address");
            }
            if (!(PLAIN.equals(uri.getScheme()) || SECURE.equals(uri.getScheme()))
                    || uri.getHost() == null
                    || uri.getRawFragment() != null
                    || uri.getPort() == 0
                    || uri.getPort() > HostPort.PORT_MAX) {
                throw new IllegalArgumentException(message);
            }
            return uri;
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(message, e);
        }
    }
}
