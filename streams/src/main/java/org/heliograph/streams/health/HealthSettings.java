package org.heliograph.streams.health;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.heliograph.telemetry.yaml.Section;

/**
 * The {@code health:} section of streams.yaml.
 *
 * @param host the address to listen on
 * @param port 0 for any free port
 */
public record HealthSettings(String host, int port) {
    public static final HealthSettings DEFAULT = new HealthSettings("127.0.0.1", 9465);

    private static final String FIELD = "health";
    private static final Pattern ADDRESS =
            Pattern.compile("(?<host>[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.%]+]):(?<port>\\d{1,5})");
    private static final int MAX_PORT = 65_535;

    /** Reads the section, noting its faults; empty when there is none: then nothing listens. */
    public static Optional<HealthSettings> read(Section top) {
        if (!top.has(FIELD)) {
            return Optional.empty();
        }
        Section section = top.section(FIELD);
        HealthSettings settings =
                section.optional("listen", HealthSettings::address).orElse(DEFAULT);
        section.finish();
        return Optional.of(settings);
    }

    private static HealthSettings address(String text) {
        Matcher address = ADDRESS.matcher(text);
        if (!address.matches() || Integer.parseInt(address.group("port")) > MAX_PORT) {
            throw new IllegalArgumentException("'" + text + "' is not address:port, such as 0.0.0.0:9465");
        }
        String host = address.group("host");
        try {
            var _ = InetAddress.getByName(host);
        } catch (UnknownHostException _) {
            throw new IllegalArgumentException("'" + host + "' is no address");
        }
        return new HealthSettings(host, Integer.parseInt(address.group("port")));
    }
}
