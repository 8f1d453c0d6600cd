package org.heliograph.streams.page;

import com.sun.net.httpserver.HttpExchange;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names under which a page that nobody has to log in to answers. Whoever runs a web site can have its name mean this
 * machine as soon as a browser here has loaded it, and read the page with its scripts then: for the browser it is still that
 * site. It can't make the browser ask under another name than its own, though.
 */
final class OwnNames {
    private static final Pattern HOST = Pattern.compile("(\\[[^\\]]*\\]|[^:]*)(:[0-9]*)?");

    static final String REFUSAL =
            "this page answers to localhost, 127.0.0.1, [::1] and page.host only. For another name set"
                    + " page.token, or page.anonymous: true if a proxy before the page checks who is there\n";

    /** As a browser writes them, without the port; empty for a page that answers to all. */
    private final Set<String> names;

    private OwnNames(Set<String> names) {
        this.names = names;
    }

    /** @param isLoopback whether it listens for this machine alone: who opens it further has said who may read */
    static OwnNames of(PageSettings settings, boolean isLoopback) {
        if (!isLoopback || settings.asksWho() || settings.anonymous()) {
            return new OwnNames(Set.of());
        }
        Set<String> names = new HashSet<>(Set.of("localhost", "127.0.0.1", "[::1]"));
        names.add(asHeader(settings.host()));
        return new OwnNames(names);
    }

    /** Every browser says which host it asks. */
    boolean include(HttpExchange exchange) {
        String host = exchange.getRequestHeaders().getFirst("Host");
        if (names.isEmpty() || host == null) {
            return true;
        }
        Matcher parts = HOST.matcher(host.strip().toLowerCase(Locale.ROOT));
        return parts.matches() && names.contains(parts.group(1));
    }

    private static String asHeader(String host) {
        return host.contains(":") ? "[" + host + "]" : host.toLowerCase(Locale.ROOT);
    }
}
