package org.heliograph.streams.page;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The page's HTTP server: the files of the page, the board as JSON, and its changes as server-sent events. Read only.
 * Every request has its virtual thread, so that a client who reads slowly holds up nobody.
 */
public final class LivePage implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LivePage.class);

    private static final Duration BEAT = Duration.ofSeconds(5);
    private static final Pattern API = Pattern.compile("/api/sites/([^/]+)/(now|history)");
    private static final Pattern SITE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,99}");
    private static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self';"
            + " img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private static final String JSON = "application/json";
    private static final String TEXT = "text/plain; charset=utf-8";

    private final Board board;
    private final InstantSource clock;
    private final Duration beat;
    private final Audience audience;
    private final Map<String, Asset> assets = Asset.all();
    private final HttpServer server;
    private final ExecutorService threads;

    private LivePage(Board board, InstantSource clock, Duration beat, HttpServer server) {
        this.board = board;
        this.clock = clock;
        this.beat = beat;
        this.server = server;
        audience = new Audience(clock);
        threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("page-", 0).factory());
    }

    public static LivePage start(PageSettings settings, Board board) throws AddressUnavailableException {
        return start(settings, board, InstantSource.system(), BEAT);
    }

    /** @param beat how long a client's connection stays silent at most */
    static LivePage start(PageSettings settings, Board board, InstantSource clock, Duration beat)
            throws AddressUnavailableException {
        LivePage page = new LivePage(board, clock, beat, bind(settings));
        board.watch(page.audience);
        page.server.createContext("/", page::handle);
        page.server.setExecutor(page.threads);
        page.server.start();
        LOG.info("page listening address={}", page.address());
        return page;
    }

    /** Where a browser on this machine finds it. */
    public URI address() {
        InetSocketAddress bound = server.getAddress();
        String host = bound.getAddress().isAnyLocalAddress()
                ? "localhost"
                : bound.getAddress().getHostAddress();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + bound.getPort() + "/");
    }

    @Override
    public void close() {
        audience.close();
        server.stop(0);
        threads.shutdownNow();
        LOG.info("page closed");
    }

    private static HttpServer bind(PageSettings settings) throws AddressUnavailableException {
        String address = settings.host() + ":" + settings.port();
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getByName(settings.host()), settings.port()), 0);
        } catch (UnknownHostException e) {
            throw new AddressUnavailableException("page: the host of " + address + " is unknown; set page.host", e);
        } catch (BindException e) {
            String reason = String.valueOf(e.getMessage()).contains("in use")
                    ? " is already in use; end what listens there, or set page.port to another (0: any free one)"
                    : " is not an address to listen on here: " + e.getMessage();
            throw new AddressUnavailableException("page: " + address + reason, e);
        } catch (IOException e) {
            throw new AddressUnavailableException("page: can't listen on " + address + ": " + e.getMessage(), e);
        }
    }

    private void handle(HttpExchange exchange) {
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Security-Policy", CONTENT_SECURITY_POLICY);
            exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
            exchange.getResponseHeaders().set("Referrer-Policy", "no-referrer");
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            route(exchange);
        } catch (IOException _) {
            // the client has gone
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("page request failed path={}", exchange.getRequestURI().getPath(), e);
        }
    }

    private void route(HttpExchange exchange) throws IOException, InterruptedException {
        String method = exchange.getRequestMethod();
        String path = exchange.getRequestURI().getPath();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            reply(exchange, 405, TEXT, "read only: GET and HEAD\n");
        } else if (assets.containsKey(path)) {
            asset(exchange, assets.get(path));
        } else if (path.equals("/healthz")) {
            reply(exchange, 200, TEXT, "ok\n");
        } else if (path.equals("/api/sites")) {
            reply(exchange, 200, JSON, FigureJson.sites(board.sites()));
        } else if (path.equals("/events")) {
            events(exchange);
        } else {
            api(exchange, API.matcher(path));
        }
    }

    private void asset(HttpExchange exchange, Asset asset) throws IOException {
        // kept by browsers, and asked for again by tag: a new release shows at the next load
        exchange.getResponseHeaders().set("Cache-Control", "no-cache");
        exchange.getResponseHeaders().set("ETag", asset.tag());
        if (asset.tag().equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
            exchange.sendResponseHeaders(304, -1);
        } else {
            reply(exchange, 200, asset.type(), asset.content());
        }
    }

    private void api(HttpExchange exchange, Matcher path) throws IOException {
        if (!path.matches()) {
            reply(exchange, 404, TEXT, "no such page\n");
            return;
        }
        String site = path.group(1);
        if (!board.sites().contains(site)) {
            reply(exchange, 404, TEXT, "no figures of such a site\n");
        } else if (path.group(2).equals("now")) {
            String now = FigureJson.now(site, clock.instant(), board.live(site), board.quarter(site), board.day(site));
            reply(exchange, 200, JSON, now);
        } else {
            String length = query(exchange).getOrDefault("window", "15m");
            if (Board.lengths().contains(length)) {
                reply(
                        exchange,
                        200,
                        JSON,
                        FigureJson.history(site, length, clock.instant(), board.windows(site, length)));
            } else {
                reply(exchange, 400, TEXT, "window is one of 1m 15m 1h 1d\n");
            }
        }
    }

    /** A site that isn't known yet may come: its clients wait. */
    private void events(HttpExchange exchange) throws IOException, InterruptedException {
        String site = query(exchange).getOrDefault("site", "");
        if (!SITE.matcher(site).matches()) {
            reply(exchange, 400, TEXT, "say which site: /events?site=NAME\n");
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.getResponseHeaders().set("X-Accel-Buffering", "no"); // proxies must not gather events
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        Optional<Mailbox> joined = audience.join(site);
        if (joined.isEmpty()) {
            reply(exchange, 503, TEXT, "too many listeners\n");
            return;
        }
        try {
            exchange.sendResponseHeaders(200, 0);
            board.live(site).ifPresent(live -> joined.get().offer("live", audience.liveEvent(live)));
            deliver(joined.get(), exchange.getResponseBody());
        } finally {
            audience.leave(joined.get());
        }
    }

    private void deliver(Mailbox mailbox, OutputStream stream) throws IOException, InterruptedException {
        stream.write("retry: 2000\n\n".getBytes(StandardCharsets.UTF_8));
        String event = audience.beat();
        while (!mailbox.isClosed()) {
            stream.write(event.getBytes(StandardCharsets.UTF_8));
            stream.flush();
            event = mailbox.take(beat).orElseGet(audience::beat);
        }
    }

    private static Map<String, String> query(HttpExchange exchange) {
        Map<String, String> query = new HashMap<>();
        String raw = exchange.getRequestURI().getRawQuery();
        if (raw != null) {
            for (String pair : raw.split("&", 20)) {
                String[] parts = pair.split("=", 2);
                query.put(parts[0], parts.length < 2 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
            }
        }
        return query;
    }

    private static void reply(HttpExchange exchange, int status, String type, String text) throws IOException {
        reply(exchange, status, type, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void reply(HttpExchange exchange, int status, String type, byte[] content) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(content.length));
            exchange.sendResponseHeaders(status, -1);
        } else {
            exchange.sendResponseHeaders(status, content.length);
            exchange.getResponseBody().write(content);
        }
    }
}
