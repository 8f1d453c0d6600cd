package org.heliograph.streams.page;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.heliograph.telemetry.Answer;

/** {@code /events}: what changes at a site, as server-sent events, for as long as the client stays and may read it. */
final class EventStream {
    private static final Pattern SITE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,99}");

    private final PageBoard board;
    private final Audience audience;
    private final Access access;
    private final Duration beat;

    /** @param beat how long a client's connection stays silent at most */
    EventStream(PageBoard board, Audience audience, Access access, Duration beat) {
        this.board = board;
        this.audience = audience;
        this.access = access;
        this.beat = beat;
    }

    /** A site that isn't known yet may come: its clients wait. */
    void serve(HttpExchange exchange) throws IOException, InterruptedException {
        String site = Query.of(exchange).get("site").orElse("");
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
            deliver(joined.get(), exchange);
        } finally {
            audience.leave(joined.get());
        }
    }

    /** Until the token changes: who had the one before may have it no longer, and would go on hearing for months. */
    private void deliver(Mailbox mailbox, HttpExchange exchange) throws IOException, InterruptedException {
        OutputStream stream = exchange.getResponseBody();
        stream.write("retry: 2000\n\n".getBytes(StandardCharsets.UTF_8));
        String event = audience.beat();
        long admittedNanos = System.nanoTime();
        while (!mailbox.isClosed()) {
            stream.write(event.getBytes(StandardCharsets.UTF_8));
            stream.flush();
            event = mailbox.take(beat).orElseGet(audience::beat);
            if (System.nanoTime() - admittedNanos >= beat.toNanos()) {
                admittedNanos = System.nanoTime();
                if (!access.admits(exchange)) {
                    return;
                }
            }
        }
    }
}
