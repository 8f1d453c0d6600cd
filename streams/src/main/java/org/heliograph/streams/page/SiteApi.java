package org.heliograph.streams.page;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.heliograph.streams.rollup.Window;
import org.heliograph.telemetry.Answer;
import org.heliograph.telemetry.site.SiteModel;

/** {@code /api/sites/{site}/...}: what the board knows of a site, as JSON. */
final class SiteApi {
    private static final Pattern PATH = Pattern.compile("/api/sites/([^/]+)/(now|history|hall|alerts|change)");
    private static final Duration CHANGE_SPAN = Duration.ofMinutes(15);
    private static final Duration CHANGE_AGO = Duration.ofHours(1);
    private static final Duration LONGEST_SPAN = Duration.ofHours(24);
    private static final long LATEST_SECOND =
            Instant.parse("9999-01-01T00:00:00Z").getEpochSecond();

    private final PageBoard board;
    private final Audience audience;
    private final InstantSource clock;

    SiteApi(PageBoard board, Audience audience, InstantSource clock) {
        this.board = board;
        this.audience = audience;
        this.clock = clock;
    }

    void answer(HttpExchange exchange) throws IOException {
        Matcher path = PATH.matcher(exchange.getRequestURI().getPath());
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
        String length = Query.of(exchange).get("window").orElse(Window.QUARTER.label());
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
        Query query = Query.of(exchange);
        try {
            Duration span = query.get("span").map(Duration::parse).orElse(CHANGE_SPAN);
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

    private static Optional<Instant> moment(Query query, String name) {
        Optional<Instant> moment = query.get(name).map(Long::valueOf).map(Instant::ofEpochMilli);
        if (moment.isPresent() && Math.abs(moment.get().getEpochSecond()) > LATEST_SECOND) {
            throw new IllegalArgumentException(name + " is not of this age");
        }
        return moment;
    }
}
