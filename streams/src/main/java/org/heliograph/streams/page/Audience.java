package org.heliograph.streams.page;

import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;

/** The clients that listen to events. What changes on the board is written once and put into each one's mailbox. */
final class Audience implements PageBoard.Watcher {
    static final int MAX_CLIENTS = 1_000;

    private final Set<Mailbox> mailboxes = ConcurrentHashMap.newKeySet();
    private final Semaphore places = new Semaphore(MAX_CLIENTS);
    private final PageBoard board;
    private final InstantSource clock;
    private volatile boolean closed;

    Audience(PageBoard board, InstantSource clock) {
        this.board = board;
        this.clock = clock;
    }

    /** A mailbox for events of a site, which need not be known yet; empty when the house is full. */
    Optional<Mailbox> join(String site) {
        if (!places.tryAcquire()) {
            return Optional.empty();
        }
        Mailbox mailbox = new Mailbox(site);
        mailboxes.add(mailbox);
        if (closed) {
            mailbox.close();
        }
        return Optional.of(mailbox);
    }

    void leave(Mailbox mailbox) {
        if (mailboxes.remove(mailbox)) {
            places.release();
        }
    }

    int size() {
        return mailboxes.size();
    }

    @Override
    public void live(SiteLive live) {
        if (isHeard(live.getSite())) {
            send(live.getSite(), Mailbox.LIVE, liveEvent(live));
        }
    }

    @Override
    public void window(SiteWindow window) {
        if (isHeard(window.getSite())) {
            String event = "event: window\ndata: " + FigureJson.event("window", window, clock.instant()) + "\n\n";
            send(window.getSite(), window.getWindow() + "/" + window.getStartMs(), event);
        }
    }

    @Override
    public void alerts(String site) {
        if (isHeard(site)) {
            send(
                    site,
                    "alerts",
                    "event: alerts\ndata: "
                            + AlertsJson.of(
                                    site, clock.instant(), board.alerts(site), board.standing(site), board.judged())
                            + "\n\n");
        }
    }

    @Override
    public void devices(String site) {
        if (isHeard(site)) {
            send(site, "hall", "event: hall\ndata: " + hall(site) + "\n\n");
        }
    }

    String hall(String site) {
        return HallJson.hall(site, clock.instant(), board.model(site), board.devices(site));
    }

    String liveEvent(SiteLive live) {
        return "event: live\ndata: " + FigureJson.event("live", live, clock.instant()) + "\n\n";
    }

    /** Says that the connection lives though nothing happens, and what time it is. */
    String beat() {
        return "event: beat\ndata: " + FigureJson.beat(clock.instant()) + "\n\n";
    }

    void close() {
        closed = true;
        mailboxes.forEach(Mailbox::close);
    }

    private boolean isHeard(String site) {
        return mailboxes.stream().anyMatch(mailbox -> mailbox.site().equals(site));
    }

    private void send(String site, String about, String event) {
        for (Mailbox mailbox : mailboxes) {
            if (mailbox.site().equals(site)) {
                mailbox.offer(about, event);
            }
        }
    }
}
