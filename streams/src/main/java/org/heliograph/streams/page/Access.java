package org.heliograph.streams.page;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.heliograph.telemetry.security.Secret;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may read the figures: whoever sends the token, as {@code Authorization: Bearer}. A browser's event stream can send
 * no such header, so a browser that has shown the token once gets a cookie that only a holder of the token could have
 * made. It is good until the token changes, which is seen at the next request; scripts can't read it.
 */
final class Access {
    private static final Logger log = LoggerFactory.getLogger(Access.class);
    private static final String COOKIE = "heliograph";
    private static final String SCHEME = "Bearer ";
    private static final int MOST_COOKIES = 50;

    private final Optional<Secret> token;
    private final boolean isSecure;

    /**
     * @param token empty when everybody may read
     * @param isSecure whether readers come over TLS
     */
    Access(Optional<Secret> token, boolean isSecure) {
        this.token = token;
        this.isSecure = isSecure;
    }

    boolean isOpen() {
        return token.isEmpty();
    }

    boolean admits(HttpExchange exchange) {
        return isOpen() || hasToken(exchange) || hasCookie(exchange);
    }

    /** Whether this request itself shows the token. */
    boolean hasToken(HttpExchange exchange) {
        String header = exchange.getRequestHeaders().getFirst("Authorization");
        return header != null
                && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                && expected()
                        .filter(secret ->
                                isEqual(header.substring(SCHEME.length()).strip(), secret))
                        .isPresent();
    }

    /** Spares a browser showing the token again; empty when nobody knows the token now. */
    Optional<String> cookie() {
        return expected()
                .map(secret -> COOKIE + "=" + pass(secret) + "; Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000"
                        + (isSecure ? "; Secure" : ""));
    }

    private boolean hasCookie(HttpExchange exchange) {
        List<String> headers = exchange.getRequestHeaders().getOrDefault("Cookie", List.of());
        return expected()
                .map(secret -> pass(secret).getBytes(StandardCharsets.UTF_8))
                .filter(pass -> headers.stream().anyMatch(header -> holds(header, pass)))
                .isPresent();
    }

    private static boolean holds(String header, byte[] pass) {
        for (String pair : header.split(";", MOST_COOKIES)) {
            String[] parts = pair.strip().split("=", 2);
            if (parts.length == 2 && parts[0].equals(COOKIE) && isEqual(parts[1], pass)) {
                return true;
            }
        }
        return false;
    }

    /** The token as it is now. One that can't be read, or is empty, admits nobody. */
    private Optional<byte[]> expected() {
        try {
            return Optional.of(token.orElseThrow().read()).filter(secret -> secret.length > 0);
        } catch (IOException e) {
            log.warn("page-token=unreadable reason=\"{}\"", e.toString());
            return Optional.empty();
        }
    }

    /** In a time that doesn't tell how much of it was right. */
    private static boolean isEqual(String shown, byte[] expected) {
        return MessageDigest.isEqual(shown.getBytes(StandardCharsets.UTF_8), expected);
    }

    private static String pass(byte[] token) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(token, mac.getAlgorithm()));
            byte[] code = mac.doFinal("heliograph page".getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(code);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
