package org.heliograph.streams.ingest;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.heliograph.telemetry.site.SiteModel;

/** Which readings of {@code hg.telemetry} an engine takes, and which moments it speaks about. */
public sealed interface Scope {
    /** What comes, of all sites, each up to its late horizon. */
    Scope.Live LIVE = new Live(Instant.EPOCH, Instant.EPOCH, Map.of(), Map.of());

    /** Whether figures of a window that starts then are published. */
    boolean publishes(Instant start);

    /**
     * Where in its topic a record is met, and when.
     *
     * @param lateBy as of when its readings are late: now, or when an engine was last at work, if it has waited since
     */
    record Arrival(int partition, long offset, Instant now, Instant lateBy) {}

    /**
     * What comes, of all sites, each up to its late horizon before the clock.
     *
     * @param since windows that start before it are not published: since a reset nothing is known of a part of them
     * @param heldFrom how old a reading of {@code held} may be
     * @param held by partition, the offset that followed the last record at the last reset. What came before it has
     *     waited for the engine: the time of that doesn't make it late
     * @param waiting by partition, the offset that followed the last record at the start, where some were left to be
     *     taken: they came while no engine was at work
     */
    record Live(Instant since, Instant heldFrom, Map<Integer, Long> held, Map<Integer, Long> waiting) implements Scope {
        public Live {
            held = Map.copyOf(held);
            waiting = Map.copyOf(waiting);
        }

        /** The same of an engine that starts when that is left to be taken. */
        public Live withWaiting(Map<Integer, Long> left) {
            return new Live(since, heldFrom, held, left);
        }

        @Override
        public boolean publishes(Instant start) {
            return !start.isBefore(since);
        }

        /** The oldest reading of a site that is not late. */
        Instant horizon(SiteModel site, Arrival arrival) {
            Instant horizon = arrival.lateBy().minus(site.late());
            boolean waited = arrival.offset() < held.getOrDefault(arrival.partition(), 0L);
            return waited && heldFrom.isBefore(horizon) ? heldFrom : horizon;
        }
    }

    /**
     * One site's readings of a period, however long ago, and as much around it as its first and last minute are bounded
     * by. All else is passed over: it is neither taken nor refused.
     */
    record Period(String site, Instant from, Instant to, Duration around) implements Scope {
        @Override
        public boolean publishes(Instant start) {
            return true;
        }

        boolean concerns(String key) {
            return key.startsWith(site + "/");
        }

        long firstMillis() {
            return from.minus(around).toEpochMilli();
        }

        long endMillis() {
            return to.plus(around).toEpochMilli();
        }
    }
}
