package org.heliograph.agent.health;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Who is silent. A device is when it has missed some of its reports: how often it reports is known, or learned from the
 * pauses between those that came. Knows no clock; pauses are measured by the machine's own count, which nobody sets.
 */
public final class Silence {
    /** Devices that are watched; of more, the later ones aren't. */
    static final int DEVICES_MAX = 10_000;

    /** Pauses until what was learned counts. */
    private static final int PAUSES_MIN = 3;
    /** What a pause adds to what was learned. */
    private static final double SHARE = 0.125;

    private final Map<String, Watched> devices = new LinkedHashMap<>();
    private Rule rule;

    /**
     * What is silent.
     *
     * @param periods so many reports have to be missing
     * @param atLeast nobody is silent sooner
     * @param known how often a device reports; empty to learn it
     */
    public record Rule(int periods, Duration atLeast, Function<String, Optional<Duration>> known) {}

    /** A device became silent, or was heard again. */
    public record Change(String device, boolean silent, Duration since) {}

    /** @param lastMillis when it was heard last; 0 when it never was */
    public record State(String device, long lastMillis, boolean silent) {}

    public Silence(Rule rule) {
        this.rule = rule;
    }

    public synchronized void rule(Rule other) {
        rule = other;
    }

    /** Waits for a device that was never heard. */
    public synchronized void expect(String device, long upMillis) {
        if (devices.size() < DEVICES_MAX) {
            devices.computeIfAbsent(device, _ -> new Watched(upMillis));
        }
    }

    /** It is no longer ours. */
    public synchronized void forget(String device) {
        devices.remove(device);
    }

    /** @param wallMillis what the clock says, for {@link State#lastMillis} and nothing else */
    public synchronized void heard(String device, long upMillis, long wallMillis) {
        Watched watched = devices.get(device);
        if (watched == null) {
            if (devices.size() >= DEVICES_MAX) {
                return;
            }
            watched = new Watched(upMillis);
            devices.put(device, watched);
        }
        watched.heard(upMillis);
        watched.lastMillis = wallMillis;
    }

    /** What has changed since the last look. */
    public synchronized List<Change> look(long upMillis) {
        List<Change> changes = new ArrayList<>();
        devices.forEach((device, watched) -> {
            long quietMillis = upMillis - watched.sinceMillis;
            boolean silent = quietMillis > patience(device, watched).toMillis();
            if (silent != watched.silent) {
                watched.silent = silent;
                changes.add(new Change(device, silent, Duration.ofMillis(quietMillis)));
            }
        });
        return changes;
    }

    public synchronized List<State> states() {
        return devices.entrySet().stream()
                .map(entry -> new State(entry.getKey(), entry.getValue().lastMillis, entry.getValue().silent))
                .toList();
    }

    private Duration patience(String device, Watched watched) {
        Duration period = rule.known()
                .apply(device)
                .orElseGet(() ->
                        watched.pauses < PAUSES_MIN ? Duration.ZERO : Duration.ofMillis((long) watched.pauseMillis));
        Duration patience = period.multipliedBy(rule.periods());
        return patience.compareTo(rule.atLeast()) > 0 ? patience : rule.atLeast();
    }

    private static final class Watched {
        private long sinceMillis;
        private double pauseMillis;
        private int pauses;
        private boolean everHeard;
        private long lastMillis;
        private boolean silent;

        Watched(long upMillis) {
            sinceMillis = upMillis;
        }

        void heard(long upMillis) {
            if (everHeard && !silent) {
                long pause = upMillis - sinceMillis;
                pauseMillis = pauses == 0 ? pause : pauseMillis + SHARE * (pause - pauseMillis);
                pauses = Math.min(PAUSES_MIN, pauses + 1);
            }
            everHeard = true;
            sinceMillis = upMillis;
        }
    }
}
