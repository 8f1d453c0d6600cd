package org.heliograph.streams.rollup;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Lengths of windows. Minutes, quarters and hours are counted in UTC; a day is the site's own and may have 23 or 25
 * hours. Every zone's days begin on a quarter of an hour (no zone in use has an offset that isn't a multiple of 15
 * minutes), so days are made of quarters: their hours need not be whole in UTC.
 */
public enum Window {
    MINUTE("1m", 1),
    QUARTER("15m", 2),
    HOUR("1h", 3),
    DAY("1d", 4);

    private final String label;
    private final int code;

    Window(String label, int code) {
        this.label = label;
        this.code = code;
    }

    public String label() {
        return label;
    }

    /** The number that stored keys carry; never reused. */
    public int code() {
        return code;
    }

    public static Window coded(int code) {
        return values()[code - 1];
    }

    /** The start of the window that contains a moment. */
    public Instant startOf(Instant moment, ZoneId zone) {
        return switch (this) {
            case MINUTE -> moment.truncatedTo(ChronoUnit.MINUTES);
            case QUARTER -> Instant.ofEpochSecond(Math.floorDiv(moment.getEpochSecond(), 900L) * 900);
            case HOUR -> moment.truncatedTo(ChronoUnit.HOURS);
            case DAY -> moment.atZone(zone).toLocalDate().atStartOfDay(zone).toInstant();
        };
    }

    /** The end of the window that starts at {@code start}, exclusive. */
    public Instant endOf(Instant start, ZoneId zone) {
        return switch (this) {
            case MINUTE -> start.plus(1, ChronoUnit.MINUTES);
            case QUARTER -> start.plus(15, ChronoUnit.MINUTES);
            case HOUR -> start.plus(1, ChronoUnit.HOURS);
            case DAY -> {
                ZonedDateTime local = start.atZone(zone);
                yield local.toLocalDate().plusDays(1).atStartOfDay(zone).toInstant();
            }
        };
    }

    /** The windows that this one is added up from; empty for the minute. */
    public Optional<Window> part() {
        return switch (this) {
            case MINUTE -> Optional.empty();
            case QUARTER -> Optional.of(MINUTE);
            case HOUR, DAY -> Optional.of(QUARTER);
        };
    }

    /** The windows that this one is a part of. */
    public List<Window> wholes() {
        List<Window> wholes = new ArrayList<>(2);
        for (Window window : values()) {
            if (window.part().equals(Optional.of(this))) {
                wholes.add(window);
            }
        }
        return wholes;
    }
}
