package org.heliograph.streams.page;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.heliograph.streams.health.Vitals;
import org.heliograph.streams.rollup.Window;
import org.heliograph.telemetry.Answer;
import org.heliograph.telemetry.Exposition;
import org.heliograph.telemetry.Listening;
import org.heliograph.telemetry.site.SiteModel;
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
    private static final Pattern API = Pattern.compile("/api/sites/([^/]+)/(now|history|hall|alerts|change)");
    private static final Duration CHANGE_SPAN = Duration.ofMinutes(15);
    private static final Duration CHANGE_AGO = Duration.ofHours(1);
    private static final Duration LONGEST_SPAN = Duration.ofHours(24);
    private static final long LATEST_SECOND =
            Instant.parse("9999-01-01T00:00:00Z").getEpochSecond();
    private static final Pattern SITE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,99}");
    private static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self';"
            + " img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final PageBoard board;
    private final InstantSource clock;
    private final Duration beat;
    private final Audience audience;
    private final Map<String, Asset> assets = Asset.all();
    private final Asset englishPage = Asset.page();
    private final Asset frenchPage = englishPage.translated();
    private final Access access;
    private final Supplier<Vitals> vitals;
    private final Door door;
    private final ExecutorService threads;

    private LivePage(
            PageBoard board, InstantSource clock, Duration beat, Access access, Supplier<Vitals> vitals, Door door) {
        this.board = board;
        this.clock = clock;
        this.beat = beat;
        this.access = access;
        this.vitals = vitals;
        this.door = door;
        audience = new Audience(board, clock);
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
        LivePage page = new LivePage(board, clock, beat, access, vitals, Door.open(settings, CERTIFICATES_LOOK));
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
            events(exchange);
        } else {
            api(exchange, API.matcher(path));
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

    private void api(HttpExchange exchange, Matcher path) throws IOException {
        if (!path.matches()) {
            Answer.give(exchange, Answer.NOT_FOUND, Answer.TEXT, "no such page\n");
            return;
        }
        String site = path.group(1);
        if (!board.sites().contains(site)) {
            Answer.give(exchange, Answer.NOT_FOUND, Answer.TEXT, "no figures of such a site\n");
            return;
        }
        Instant now = clock.instant();
        switch (path.group(2)) {
            case "now" -> Answer.give(exchange, Answer.OK, Answer.JSON, now(site, now));
            case "hall" -> Answer.give(exchange, Answer.OK, Answer.JSON, audience.hall(site));
            case "alerts" ->
                Answer.give(
                        exchange,
                        Answer.OK,
                        Answer.JSON,
                        AlertsJson.of(site, now, board.alerts(site), board.standing(site), board.judged()));
            case "change" -> change(exchange, site, now);
            default -> history(exchange, site, now);
        }
    }

    private String now(String site, Instant now) {
        Optional<ZoneId> zone = board.model(site).map(SiteModel::zone);
        return FigureJson.now(site, now, zone, board.live(site), board.quarter(site), board.day(site));
    }

    private void history(HttpExchange exchange, String site, Instant now) throws IOException {
        String length = query(exchange).getOrDefault("window", Window.QUARTER.label());
        if (ShownSite.lengths().contains(length)) {
            Answer.give(
                    exchange,
                    Answer.OK,
                    Answer.JSON,
                    FigureJson.history(site, length, now, board.windows(site, length)));
        } else {
            Answer.give(exchange, Answer.BAD_REQUEST, Answer.TEXT, "window is one of 1m 15m 1h 1d\n");
        }
    }

    /** By default the last quarter hour that is known, beside the one an hour before. */
    private void change(HttpExchange exchange, String site, Instant now) throws IOException {
        Map<String, String> query = query(exchange);
        try {
            Duration span =
                    Optional.ofNullable(query.get("span")).map(Duration::parse).orElse(CHANGE_SPAN);
            if (span.compareTo(Duration.ofMinutes(1)) < 0 || span.compareTo(LONGEST_SPAN) > 0) {
                throw new IllegalArgumentException("span is between a minute and a day");
            }
            Instant after = moment(query, "to")
                    .or(() -> board.wholeMinute(site).map(window -> Instant.ofEpochMilli(window.getEndMs())))
                    .orElse(now);
            Instant before = moment(query, "from").orElse(after.minus(CHANGE_AGO));
            Answer.give(
                    exchange,
                    Answer.OK,
                    Answer.JSON,
                    ChangeJson.change(site, now, before, after, span, board.windows(site, Window.MINUTE.label())));
        } catch (DateTimeException | IllegalArgumentException e) {
            Answer.give(
                    exchange,
                    Answer.BAD_REQUEST,
                    Answer.TEXT,
                    "from and to are epoch milliseconds, span is like PT15M: " + e.getMessage() + "\n");
        }
    }

    private static Optional<Instant> moment(Map<String, String> query, String name) {
        Optional<Instant> moment =
                Optional.ofNullable(query.get(name)).map(Long::valueOf).map(Instant::ofEpochMilli);
        if (moment.isPresent() && Math.abs(moment.get().getEpochSecond()) > LATEST_SECOND) {
            throw new IllegalArgumentException(name + " is not of this age");
        }
        return moment;
    }

    /** A site that isn't known yet may come: its clients wait. */
    private void events(HttpExchange exchange) throws IOException, InterruptedException {
        String site = query(exchange).getOrDefault("site", "");
        if (!SITE.matcher(site).matches()) {
            Answer.give(exchange, Answer.BAD_REQUEST, Answer.TEXT, "say which site: /events?site=NAME\n");
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
            Answer.give(exchange, Answer.UNAVAILABLE, Answer.TEXT, "too many listeners\n");
            return;
        }
        try {
            exchange.sendResponseHeaders(200, 0);
            board.live(site).ifPresent(live -> joined.get().offer(Mailbox.LIVE, audience.liveEvent(live)));
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
}
