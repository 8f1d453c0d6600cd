package org.heliograph.lab.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server that takes Influx writes at once and stores nothing but their bytes. */
final class CatchingServer implements AutoCloseable {
    private static final byte[] NOTHING = "{\"results\":[{\"statement_id\":0}]}".getBytes(UTF_8);

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final String version;
    private final List<byte[]> caught = new ArrayList<>();

    private CatchingServer(HttpServer server, String version) {
        this.server = server;
        this.version = version;
    }

    /** @param version that it claims to be */
    static CatchingServer start(String version) throws IOException {
        CatchingServer catching = new CatchingServer(
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0), version);
        catching.server.setExecutor(catching.threads);
        catching.server.createContext("/", catching::answer);
        catching.server.start();
        return catching;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    synchronized List<byte[]> caught() {
        return List.copyOf(caught);
    }

    synchronized void forget() {
        caught.clear();
    }

    private synchronized void keep(byte[] body) {
        caught.add(body);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().set("X-Influxdb-Version", version);
            switch (exchange.getRequestURI().getPath()) {
                case "/write", "/api/v2/write" -> {
                    keep(body);
                    exchange.sendResponseHeaders(204, -1);
                }
                case "/query" -> {
                    exchange.getResponseHeaders().set("Content-Type", "application/json");
                    exchange.sendResponseHeaders(200, NOTHING.length);
                    exchange.getResponseBody().write(NOTHING);
                }
                default -> exchange.sendResponseHeaders(204, -1);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
