package org.heliograph.streams.health;

import java.util.Optional;
import org.heliograph.telemetry.yaml.HostPort;
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
        HostPort named = HostPort.parse(text, "'" + text + "' is not address:port, such as 0.0.0.0:9465")
                .requireAddress();
        return new HealthSettings(named.host(), named.port());
    }
}
