package org.heliograph.agent.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code host:port}. */
final class Server {
    static final int PORT_MAX = 65_535;

    private static final Pattern SERVER = Pattern.compile("(\\[[0-9a-fA-F:]+]|[A-Za-z0-9._-]+):(\\d{1,5})");

    private Server() {}

    /** @throws IllegalArgumentException with the message, if the text is anything else */
    static void require(String text, String message) {
        Matcher server = SERVER.matcher(text);
        int port = server.matches() ? Integer.parseInt(server.group(2)) : 0;
        if (port == 0 || port > PORT_MAX) {
            throw new IllegalArgumentException(message);
        }
    }
}
