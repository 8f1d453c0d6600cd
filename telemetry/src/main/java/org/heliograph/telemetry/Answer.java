package org.heliograph.telemetry;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What the programs' HTTP servers answer. They are only read from. */
public final class Answer {
    public static final int OK = 200;
    public static final int BAD_REQUEST = 400;
    public static final int NOT_FOUND = 404;
    public static final int UNAVAILABLE = 503;
    public static final String TEXT = "text/plain; charset=utf-8";
    public static final String JSON = "application/json";

    private static final int METHOD_NOT_ALLOWED = 405;
    private static final String METHODS = "GET, HEAD";

    private Answer() {}

    /** Whether it is a request to read something; another one is answered here. */
    public static boolean isToRead(HttpExchange exchange) throws IOException {
        String method = exchange.getRequestMethod();
        if (method.equals("GET") || isHead(exchange)) {
            return true;
        }
        exchange.getResponseHeaders().set("Allow", METHODS);
        give(exchange, METHOD_NOT_ALLOWED, TEXT, "read only: GET and HEAD\n");
        return false;
    }

    public static void give(HttpExchange exchange, int status, String type, String text) throws IOException {
        give(exchange, status, type, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Without the content itself for who asks for its head only. */
    public static void give(HttpExchange exchange, int status, String type, byte[] content) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        if (isHead(exchange)) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(content.length));
            exchange.sendResponseHeaders(status, -1);
        } else {
            exchange.sendResponseHeaders(status, content.length);
            exchange.getResponseBody().write(content);
        }
    }

    private static boolean isHead(HttpExchange exchange) {
        return exchange.getRequestMethod().equals("HEAD");
    }
}
