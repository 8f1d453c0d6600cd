package org.heliograph.agent.health;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.heliograph.telemetry.Answer;
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
            try (exchange) {
                exchange.getResponseHeaders().set("Cache-Control", "no-store");
                if (Answer.isToRead(exchange)) {
                    answer(exchange, health, metrics);
                }
            } catch (IOException e) {
                log.debug("health=unheard reason={}", e.toString());
            }
        });
        started.server.start();
        return started;
    }

    /** Where somebody on this machine finds it. */
    public URI address() {
        return Listening.address(server);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static void answer(HttpExchange exchange, Supplier<Health> health, Supplier<String> metrics)
            throws IOException {
        switch (exchange.getRequestURI().getPath()) {
            case "/health", "/ready" -> answer(exchange, health.get(), Health::isReady);
            case "/live" -> answer(exchange, health.get(), Health::isLive);
            case "/metrics" -> Answer.give(exchange, Answer.OK, Exposition.CONTENT_TYPE, metrics.get());
            default -> Answer.give(exchange, Answer.NOT_FOUND, Answer.TEXT, "/health /ready /live /metrics\n");
        }
    }

    private static void answer(HttpExchange exchange, Health health, Predicate<Health> isWell) throws IOException {
        Answer.give(exchange, isWell.test(health) ? Answer.OK : Answer.UNAVAILABLE, Answer.JSON, json(health));
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
