package org.heliograph.agent.health;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.heliograph.telemetry.Exposition;
import org.heliograph.telemetry.Listening;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /health} and {@code /ready} (503 while readings aren't kept), {@code /live} (503 when only a new process helps),
 * each with the causes, and {@code /metrics}. Read-only, and without any reading in it.
 */
public final class HealthServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HealthServer.class);

    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int UNAVAILABLE = 503;
    private static final int WAITING_MAX = 16;
    private static final int CONNECTIONS_MAX = 100;
    private static final JsonFactory JSON = new JsonFactory();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("health ", 0).factory());

    private HealthServer(HttpServer server) {
        this.server = server;
    }

    /** @throws IOException if the address isn't this machine's, or taken */
    public static HealthServer start(InetSocketAddress address, Supplier<Health> health, Supplier<String> metrics)
            throws IOException {
        HealthServer started = new HealthServer(Listening.plain(address, WAITING_MAX, CONNECTIONS_MAX));
        started.server.setExecutor(started.threads);
        started.server.createContext("/", exchange -> {
            switch (exchange.getRequestURI().getPath()) {
                case "/health", "/ready" -> answer(exchange, health.get(), Health::isReady);
                case "/live" -> answer(exchange, health.get(), Health::isLive);
                case "/metrics" -> answer(exchange, OK, Exposition.CONTENT_TYPE, metrics.get());
                default -> answer(exchange, NOT_FOUND, "text/plain; charset=utf-8", "/health /ready /live /metrics\n");
            }
        });
        started.server.start();
        return started;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static void answer(HttpExchange exchange, Health health, Predicate<Health> isWell) throws IOException {
        answer(exchange, isWell.test(health) ? OK : UNAVAILABLE, "application/json", json(health));
    }

    private static void answer(HttpExchange exchange, int status, String type, String text) throws IOException {
        try (exchange) {
            String method = exchange.getRequestMethod();
            boolean isHead = method.equals("HEAD");
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            if (!isHead && !method.equals("GET")) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                exchange.sendResponseHeaders(METHOD_NOT_ALLOWED, -1);
                return;
            }
            exchange.sendResponseHeaders(status, isHead ? -1 : body.length);
            if (!isHead) {
                exchange.getResponseBody().write(body);
            }
        } catch (IOException e) {
            log.debug("health=unheard reason={}", e.toString());
        }
    }

    private static String json(Health health) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField(
                    "status",
                    health.causes().isEmpty()
                            ? "ok"
                            : health.isReady() ? "degraded" : health.isLive() ? "failing" : "dead");
            json.writeArrayFieldStart("causes");
            for (Health.Cause cause : health.causes()) {
                json.writeStartObject();
                json.writeStringField("part", cause.part());
                json.writeStringField("severity", cause.severity().name().toLowerCase(Locale.ROOT));
                json.writeStringField("message", cause.message());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return text + "\n";
    }
}
