package org.heliograph.streams.rollup;

import java.time.Instant;
import java.time.ZoneId;

/** One window of one site. */
public record WindowKey(String site, Window window, Instant start) {
    /** The key of its Kafka records, {@code {site}/{window}/{start in epoch milliseconds}}. */
    public String key() {
        return site + "/" + window.label() + "/" + start.toEpochMilli();
    }

    public Instant end(ZoneId zone) {
        return window.endOf(start, zone);
    }

    /** Whether it begins as windows of the zone do. */
    public boolean isOfZone(ZoneId zone) {
        return window.startOf(start, zone).equals(start);
    }

    /** The window of a longer kind that this one is a part of. */
    public WindowKey within(Window whole, ZoneId zone) {
        return new WindowKey(site, whole, whole.startOf(start, zone));
    }
}
