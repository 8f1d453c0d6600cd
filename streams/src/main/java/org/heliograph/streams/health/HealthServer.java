package org.heliograph.streams.health;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.heliograph.telemetry.Answer;
import org.heliograph.telemetry.Exposition;
import org.heliograph.telemetry.Listening;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers those who supervise the process. {@code /live}: it is there. {@code /ready}: all of its parts have started, and
 * an engine processes. {@code /health}: 503 while something is wrong, with what; for people and monitoring, not for
 * probes, as a store that is away is nothing that another process would mend. {@code /metrics} for Prometheus.
 */
public final class HealthServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HealthServer.class);

    private static final int WAITING_MAX = 16;

    /** As many as the page's, which may be in the same process. */
    private static final int CONNECTIONS_MAX = 1_200;

    private final Supplier<Vitals> vitals;
    private final BooleanSupplier ready;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("health-", 0).factory());

    private HealthServer(Supplier<Vitals> vitals, BooleanSupplier ready, HttpServer server) {
        this.vitals = vitals;
        this.ready = ready;
        this.server = server;
    }

    /** @throws IOException if the address isn't this machine's, or taken; its message says which */
    public static HealthServer start(HealthSettings settings, Supplier<Vitals> vitals, BooleanSupplier ready)
            throws IOException {
        HttpServer server;
        try {
            server = Listening.plain(
                    new InetSocketAddress(InetAddress.getByName(settings.host()), settings.port()),
                    WAITING_MAX,
                    CONNECTIONS_MAX);
        } catch (IOException e) {
            throw new IOException(
                    "health: can't listen on " + settings.host() + ":" + settings.port() + ": " + e.getMessage()
                            + "; set health.listen to another address",
                    e);
        }
        HealthServer started = new HealthServer(vitals, ready, server);
        server.setExecutor(started.threads);
        server.createContext("/", started::handle);
        server.start();
        log.info("health=open address={}", server.getAddress());
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

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            if (Answer.isToRead(exchange)) {
                answer(exchange);
            }
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        switch (exchange.getRequestURI().getPath()) {
            case "/live" -> Answer.give(exchange, Answer.OK, Answer.TEXT, "live\n");
            case "/ready" -> {
                boolean isReady = ready.getAsBoolean();
                Answer.give(exchange, status(isReady), Answer.TEXT, isReady ? "ready\n" : "starting\n");
            }
            case "/health" -> {
                Vitals now = vitals.get();
                Answer.give(exchange, status(now.isWell()), Answer.JSON, now.json(true));
            }
            case "/metrics" ->
                Answer.give(
                        exchange,
                        Answer.OK,
                        Exposition.CONTENT_TYPE,
                        vitals.get().metrics());
            default -> Answer.give(exchange, Answer.NOT_FOUND, Answer.TEXT, "/live /ready /health /metrics\n");
        }
    }

    private static int status(boolean isWell) {
        return isWell ? Answer.OK : Answer.UNAVAILABLE;
    }
}
