package org.heliograph.streams.alert;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.heliograph.telemetry.wire.v1.SiteLive;
import org.heliograph.telemetry.wire.v1.SiteWindow;

/**
 * How long the sites' live states have stayed away. All other alerts are judged by what is published; that nothing is, an
 * engine that is dead says to nobody. Goes by when they come, so that this machine's clock and the engine's may differ; only
 * of what it reads again after a start it has nothing but the time that they state.
 */
final class Heartbeat {
    /** An engine says each second how a site is. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** An engine that was off with this process, and starts with it, needs that long to say how a site is. */
    private static final Duration START = Duration.ofSeconds(30);

    private static final double MILLIS = 1_000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Set<String> sites = new HashSet<>();
    private final Map<String, Beat> beats = new HashMap<>();
    /** Up to when there are figures of a site, as far as they are read again. */
    private final Map<String, Long> figuredMillis = new HashMap<>();

    private boolean gathers = true;
    private long gatheredNanos;

    /** The newest of a site. */
    private sealed interface Beat {
        long ageMillis(long nowMillis, long nowNanos);
    }

    /** Read again: when it came isn't known. */
    private record Stated(long millis) implements Beat {
        @Override
        public long ageMillis(long nowMillis, long nowNanos) {
            return Math.max(0, nowMillis - millis);
        }
    }

    private record Come(long nanos) implements Beat {
        @Override
        public long ageMillis(long nowMillis, long nowNanos) {
            return (nowNanos - nanos) / NANOS_PER_MILLI;
        }
    }

    /** There is such a site. */
    void begins(String site) {
        sites.add(site);
    }

    /** A site is no more. */
    void ends(String site) {
        sites.remove(site);
        beats.remove(site);
    }

    /** What is on its way still when a site ends doesn't count if it begins again. */
    void beats(SiteLive live, long nowNanos) {
        if (gathers) { // and may read of the site later
            beats.put(live.getSite(), new Stated(live.getTimeMs()));
        } else if (sites.contains(live.getSite())) {
            beats.put(live.getSite(), new Come(nowNanos));
        }
    }

    /** Kafka keeps live states for a day: after a longer outage only its figures tell that there was an engine. */
    void figures(SiteWindow window) {
        if (gathers) {
            figuredMillis.merge(window.getSite(), window.getStartMs(), Math::max);
        }
    }

    /** What follows comes as it is said. */
    void gathered(long nowNanos) {
        gathers = false;
        gatheredNanos = nowNanos;
        figuredMillis.forEach((site, millis) -> beats.putIfAbsent(site, new Stated(millis)));
        figuredMillis.clear();
        beats.keySet().retainAll(sites);
    }

    /**
     * Of each site of which something has been heard: nobody misses the figures of one that has never had a reading. Nothing
     * while it reads again, and just after.
     */
    List<Observation> at(long nowMillis, long nowNanos) {
        if (gathers || nowNanos - gatheredNanos < START.toNanos()) {
            return List.of();
        }
        List<Observation> seen = new ArrayList<>();
        beats.forEach((site, beat) -> {
            if (sites.contains(site)) {
                double age = beat.ageMillis(nowMillis, nowNanos) / MILLIS;
                seen.add(new Observation(Watch.FIGURES_AGE, site, "", age, nowMillis, ""));
            }
        });
        return seen;
    }

    /** The sites of which nobody says how they are: what stands there stands on. */
    Set<String> still(long nowMillis, long nowNanos) {
        Set<String> still = new HashSet<>(sites);
        still.removeIf(site ->
                beats.containsKey(site) && beats.get(site).ageMillis(nowMillis, nowNanos) < PATIENCE.toMillis());
        return still;
    }
}
