package org.heliograph.streams.page;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.heliograph.streams.health.Vitals;
import org.heliograph.telemetry.Answer;
import org.heliograph.telemetry.Exposition;
import org.heliograph.telemetry.Listening;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The page's HTTP server: the files of the page, the board as JSON, and its changes as server-sent events. Read only.
 * Every request has its virtual thread, so that a client who reads slowly holds up nobody.
 */
public final class LivePage implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LivePage.class);

    private static final Duration BEAT = Duration.ofSeconds(5);
    private static final Duration CERTIFICATES_LOOK = Duration.ofSeconds(5);
    private static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self';"
            + " img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final PageBoard board;
    private final Audience audience;
    private final SiteApi api;
    private final EventStream events;
    private final Map<String, Asset> assets = Asset.all();
    private final Asset englishPage = Asset.page();
    private final Asset frenchPage = englishPage.translated();
    private final Access access;
    private final OwnNames names;
    private final Supplier<Vitals> vitals;
    private final Door door;
    private final ExecutorService threads;

    private LivePage(
            PageBoard board,
            InstantSource clock,
            Duration beat,
            Access access,
            OwnNames names,
            Supplier<Vitals> vitals,
            Door door) {
        this.board = board;
        this.access = access;
        this.names = names;
        this.vitals = vitals;
        this.door = door;
        audience = new Audience(board, clock);
        api = new SiteApi(board, audience, clock);
        events = new EventStream(board, audience, access, beat);
        threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("page-", 0).factory());
    }

    /** @param vitals how the rest of the process is */
    public static LivePage start(PageSettings settings, PageBoard board, Supplier<Vitals> vitals)
            throws AddressUnavailableException {
        return start(settings, board, InstantSource.system(), BEAT, vitals);
    }

    /** For a process that has nothing else to tell of. */
    public static LivePage start(PageSettings settings, PageBoard board) throws AddressUnavailableException {
        return start(settings, board, InstantSource.system(), BEAT);
    }

    static LivePage start(PageSettings settings, PageBoard board, InstantSource clock, Duration beat)
            throws AddressUnavailableException {
        return start(settings, board, clock, beat, () -> new Vitals(Map.of(), ""));
    }

    /** @param beat how long a client's connection stays silent at most */
    static LivePage start(
            PageSettings settings, PageBoard board, InstantSource clock, Duration beat, Supplier<Vitals> vitals)
            throws AddressUnavailableException {
        Access access = new Access(settings.token(), settings.tls().isPresent());
        Door door = Door.open(settings, CERTIFICATES_LOOK);
        OwnNames names = OwnNames.of(settings, door.isLoopback());
        LivePage page = new LivePage(board, clock, beat, access, names, vitals, door);
        board.watch(page.audience);
        HttpServer server = page.door.server();
        server.createContext("/", page::handle);
        server.setExecutor(page.threads);
        server.start();
        log.info("page=open address={}", page.address());
        return page;
    }

    /** Where a browser on this machine finds it. */
    public URI address() {
        return Listening.address(door.server());
    }

    /** How many follow its event streams. */
    public int clients() {
        return audience.size();
    }

    @Override
    public void close() {
        audience.close();
        door.close();
        threads.shutdownNow();
        log.info("page=closed");
    }

    private void handle(HttpExchange exchange) {
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Security-Policy", CONTENT_SECURITY_POLICY);
            exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
            exchange.getResponseHeaders().set("Referrer-Policy", "no-referrer");
            exchange.getResponseHeaders().set("X-Frame-Options", "DENY");
            exchange.getResponseHeaders().set("Cross-Origin-Resource-Policy", "same-origin");
            exchange.getResponseHeaders().set("Cross-Origin-Opener-Policy", "same-origin");
            if (door.isSecure()) {
                exchange.getResponseHeaders().set("Strict-Transport-Security", "max-age=31536000");
            }
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            route(exchange);
        } catch (IOException _) {
            // the client has gone
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            log.error("page=request-failed path={}", exchange.getRequestURI().getPath(), e);
        }
    }

    private void route(HttpExchange exchange) throws IOException, InterruptedException {
        if (!Answer.isToRead(exchange)) {
            return;
        }
        if (!names.include(exchange)) {
            Answer.give(exchange, 421, Answer.TEXT, OwnNames.REFUSAL);
            return;
        }
        String path = exchange.getRequestURI().getPath();
        if (path.equals("/")) {
            page(exchange);
        } else if (assets.containsKey(path)) {
            asset(exchange, assets.get(path));
        } else if (path.equals("/healthz")) {
            Answer.give(exchange, Answer.OK, Answer.TEXT, "ok\n");
        } else if (path.equals("/health")) {
            Vitals now = vitals.get();
            Answer.give(
                    exchange,
                    now.isWell() ? Answer.OK : Answer.UNAVAILABLE,
                    Answer.JSON,
                    now.json(access.admits(exchange)));
        } else if (!access.admits(exchange)) {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer realm=\"heliograph\"");
            Answer.give(exchange, 401, Answer.TEXT, "the token is missing or wrong: Authorization: Bearer TOKEN\n");
        } else if (path.equals("/metrics")) {
            Answer.give(
                    exchange, Answer.OK, Exposition.CONTENT_TYPE, vitals.get().metrics());
        } else if (path.equals("/api/session")) {
            session(exchange);
        } else if (path.equals("/api/sites")) {
            Answer.give(exchange, Answer.OK, Answer.JSON, FigureJson.sites(board.sites()));
        } else if (path.equals("/events")) {
            events.serve(exchange);
        } else {
            api.answer(exchange);
        }
    }

    /** In the language that the browser asks for; the person may choose another there. */
    private void page(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Vary", "Accept-Language");
        asset(exchange, Languages.prefersFrench(exchange) ? frenchPage : englishPage);
    }

    /** Gives a browser that shows the token what its event stream can show instead. */
    private void session(HttpExchange exchange) throws IOException {
        if (!access.isOpen() && access.hasToken(exchange)) {
            access.cookie().ifPresent(cookie -> exchange.getResponseHeaders().set("Set-Cookie", cookie));
        }
        exchange.sendResponseHeaders(204, -1);
    }

    private void asset(HttpExchange exchange, Asset asset) throws IOException {
        // kept by browsers, and asked for again by tag: a new release shows at the next load
        exchange.getResponseHeaders().set("Cache-Control", "no-cache");
        exchange.getResponseHeaders().set("ETag", asset.tag());
        if (asset.tag().equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
            exchange.sendResponseHeaders(304, -1);
        } else {
            Answer.give(exchange, Answer.OK, asset.type(), asset.content());
        }
    }
}
