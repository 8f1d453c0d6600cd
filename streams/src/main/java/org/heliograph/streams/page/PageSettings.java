package org.heliograph.streams.page;

import org.heliograph.telemetry.yaml.Section;

/**
 * The {@code page:} section of streams.yaml.
 *
 * @param host the address to listen on; the page has no login, so it is this machine's own unless set otherwise
 * @param port 0 for any free port
 */
public record PageSettings(boolean enabled, String host, int port) {
    public static final PageSettings DEFAULT = new PageSettings(true, "127.0.0.1", 8080);

    private static final int MAX_PORT = 65_535;

    public static PageSettings read(Section section) {
        PageSettings settings = new PageSettings(
                section.flag("enabled", DEFAULT.enabled),
                section.optional("host", PageSettings::host).orElse(DEFAULT.host),
                section.integer("port", DEFAULT.port, 0, MAX_PORT));
        section.finish();
        return settings;
    }

    private static String host(String text) {
        if (!text.matches("[A-Za-z0-9:._%-]+")) {
            throw new IllegalArgumentException("'" + text + "' is not a host name or address");
        }
        return text;
    }
}
