package org.heliograph.streams.page;

import com.sun.net.httpserver.HttpExchange;
import java.util.List;
import java.util.Locale;
import java.util.Locale.LanguageRange;

/** Which of the page's languages a browser asks for. */
final class Languages {
    private static final List<Locale> SPOKEN = List.of(Locale.ENGLISH, Locale.FRENCH);

    private Languages() {}

    static boolean prefersFrench(HttpExchange exchange) {
        String asked = exchange.getRequestHeaders().getFirst("Accept-Language");
        return asked != null && prefersFrench(asked);
    }

    static boolean prefersFrench(String acceptLanguage) {
        try {
            return Locale.FRENCH.equals(Locale.lookup(LanguageRange.parse(acceptLanguage), SPOKEN));
        } catch (IllegalArgumentException _) {
            return false; // no list of languages
        }
    }
}
