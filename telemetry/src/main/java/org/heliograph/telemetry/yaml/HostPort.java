package org.heliograph.telemetry.yaml;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where something listens, as {@code host:port}.
 *
 * @param host a name or an address, without the brackets of an IPv6 one
 * @param port 0 for any free one
 */
public record HostPort(String host, int port) {
    public static final int PORT_MAX = 65_535;

    private static final Pattern TEXT = Pattern.compile(
            "(?:\\[(?<ipv6>[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._-]+)?)]|(?<name>[A-Za-z0-9._-]+)):(?<port>\\d{1,5})");

    /** Kafka's clients pass over a listener's protocol before its address, as its broker shows it. */
    private static final Pattern PROTOCOL = Pattern.compile("^[A-Za-z0-9._%-]*://");

    /** @throws IllegalArgumentException with the message, if the text is anything else */
    public static HostPort parse(String text, String message) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches() || Integer.parseInt(parts.group("port")) > PORT_MAX) {
            throw new IllegalArgumentException(message);
        }
        String host = parts.group("ipv6") == null ? parts.group("name") : parts.group("ipv6");
        return new HostPort(host, Integer.parseInt(parts.group("port")));
    }

    /**
     * The same of something that is there already, so that its port is known.
     *
     * @throws IllegalArgumentException with the message, if the text is anything else
     */
    public static HostPort known(String text, String message) {
        HostPort parsed = parse(text, message);
        if (parsed.port == 0) {
            throw new IllegalArgumentException(message);
        }
        return parsed;
    }

    /**
     * The same, for what has to listen there.
     *
     * @throws AbsentException if it has no address, which may come
     */
    public HostPort requireAddress() {
        try {
            var _ = InetAddress.getByName(host);
            return this;
        } catch (UnknownHostException _) {
            throw new AbsentException("'" + host + "' is no address");
        }
    }

    /**
     * Several that are there already, as Kafka's clients are told their brokers: {@code host:port,host:port}.
     *
     * @return the text, as it was
     * @throws IllegalArgumentException which of them is anything else
     */
    public static String knownList(String text) {
        for (String server : text.split(",", -1)) {
            String address = PROTOCOL.matcher(server.trim()).replaceFirst("");
            var _ = known(address, "'" + server + "' is not host:port");
        }
        return text;
    }
}
