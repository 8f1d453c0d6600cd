package org.heliograph.telemetry.yaml;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;

/** Addresses of servers, as a configuration or an option names them. They are printed and logged: none holds a login. */
public final class Address {
    private static final String PLAIN = "tcp://";
    private static final String SECURE = "ssl://";
    private static final String PORT = ":1883";
    private static final String SECURE_PORT = ":8883";
    private static final Pattern LOGIN = Pattern.compile("^[^/?#]*//[^/?#]*@");
    private static final Pattern HAS_PORT = Pattern.compile(":\\d+$");

    private Address() {}

    /**
     * Of an HTTP server.
     *
     * @param example of what is right
     * @throws IllegalArgumentException with a sentence, if the text is anything else
     */
    public static URI http(String text, String example) {
        if (LOGIN.matcher(text).find()) { // before anything quotes it
            throw holdsLogin();
        }
        URI url = URI.create(text);
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (url.getHost() == null || !(scheme.equals("http") || scheme.equals("https"))) {
            throw text.contains("@")
                    ? holdsLogin() // one with a '/' or a '#' in it
                    : new IllegalArgumentException("'" + text + "' is not an address such as " + example);
        }
        return url;
    }

    /**
     * Of an MQTT broker, with its port, as Paho's clients take it: {@code tcp://host:port} or {@code ssl://host:port}. The
     * names that most others have for the same mean that too.
     *
     * @throws IllegalArgumentException with a sentence, if the text is anything else
     */
    public static String mqtt(String text) {
        if (text.contains("@")) {
            throw holdsLogin();
        }
        String message = "'" + text + "' is not tcp://host:port or ssl://host:port";
        int end = Math.min(text.length(), text.indexOf("://") + "://".length());
        String scheme = switch (text.substring(0, end).toLowerCase(Locale.ROOT)) {
            case PLAIN, "mqtt://" -> PLAIN;
            case SECURE, "mqtts://" -> SECURE;
            default -> throw new IllegalArgumentException(message);
        };
        String place = text.substring(end);
        if (!HAS_PORT.matcher(place).find()) {
            place += scheme.equals(SECURE) ? SECURE_PORT : PORT;
        }
        var _ = HostPort.known(place, message);
        return scheme + place;
    }

    private static IllegalArgumentException holdsLogin() {
        return new IllegalArgumentException("carries a password, which belongs in a file of its own");
    }
}
