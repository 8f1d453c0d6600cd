package org.heliograph.streams.factor;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** Who publishes intensity over time. A series is named by the feed and its zone or region: {@code electricitymaps-MA}. */
public enum Feed {
    ELECTRICITY_MAPS("electricitymaps-", "Electricity Maps", Duration.ofHours(1)),
    WATT_TIME("watttime-", "WattTime", Duration.ofMinutes(5));

    /** No point counts for longer. */
    public static final Duration LONGEST_PERIOD = Duration.ofHours(1);

    private static final Pattern ZONE = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private final String prefix;
    private final String source;
    private final Duration period;

    Feed(String prefix, String source, Duration period) {
        this.prefix = prefix;
        this.source = source;
        this.period = period;
    }

    /** The feed of a series; empty when the id names none, so it is a factor's. */
    public static Optional<Feed> of(String series) {
        for (Feed feed : values()) {
            if (series.startsWith(feed.prefix)
                    && ZONE.matcher(feed.zone(series)).matches()) {
                return Optional.of(feed);
            }
        }
        return Optional.empty();
    }

    /** The zone or region that a series of this feed is for. */
    public String zone(String series) {
        return series.substring(prefix.length());
    }

    public String source() {
        return source;
    }

    /** How long a point counts when it doesn't say so itself. */
    public Duration period() {
        return period;
    }
}
