package org.heliograph.streams.rollup;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Lengths of windows. Minutes, quarters and hours are counted in UTC; days, months and years are the site's own, and a
 * day may have 23 or 25 hours. Every zone's days begin on a quarter of an hour (no zone in use has an offset that isn't
 * a multiple of 15 minutes), so days are made of quarters: their hours need not be whole in UTC.
 */
public enum Window {
    MINUTE("1m", 1),
    QUARTER("15m", 2),
    HOUR("1h", 3),
    DAY("1d", 4),
    MONTH("1mo", 5),
    YEAR("1y", 6);

    /**
     * How far from a site's own a day, month or year of the zone that it had before may begin and be the same one: parts
     * are taken for those of a longer window by their start, that much later.
     */
    public static final Duration FARTHEST_ZONE = Duration.ofHours(12);

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

    /** Whether it is counted in the site's zone. */
    public boolean isLocal() {
        return this == DAY || isOfLocalParts();
    }

    /** Whether it is added up from such windows. */
    public boolean isOfLocalParts() {
        return this == MONTH || this == YEAR;
    }

    /** The start of the window that contains a moment. */
    public Instant startOf(Instant moment, ZoneId zone) {
        return switch (this) {
            case MINUTE -> moment.truncatedTo(ChronoUnit.MINUTES);
            case QUARTER -> Instant.ofEpochSecond(Math.floorDiv(moment.getEpochSecond(), 900L) * 900);
            case HOUR -> moment.truncatedTo(ChronoUnit.HOURS);
            case DAY -> firstMoment(date(moment, zone), zone);
            case MONTH -> firstMoment(date(moment, zone).withDayOfMonth(1), zone);
            case YEAR -> firstMoment(date(moment, zone).withDayOfYear(1), zone);
        };
    }

    /** The end of the window that starts at {@code start}, exclusive. */
    public Instant endOf(Instant start, ZoneId zone) {
        return switch (this) {
            case MINUTE -> start.plus(1, ChronoUnit.MINUTES);
            case QUARTER -> start.plus(15, ChronoUnit.MINUTES);
            case HOUR -> start.plus(1, ChronoUnit.HOURS);
            case DAY -> firstMoment(date(start, zone).plusDays(1), zone);
            case MONTH -> firstMoment(date(start, zone).plusMonths(1), zone);
            case YEAR -> firstMoment(date(start, zone).plusYears(1), zone);
        };
    }

    private static LocalDate date(Instant moment, ZoneId zone) {
        return moment.atZone(zone).toLocalDate();
    }

    /** Not always midnight: the clock may be put forward then. */
    private static Instant firstMoment(LocalDate date, ZoneId zone) {
        return date.atStartOfDay(zone).toInstant();
    }

    /** The window that this one is added up from; empty for the minute. */
    public Optional<Window> part() {
        return switch (this) {
            case MINUTE -> Optional.empty();
            case QUARTER -> Optional.of(MINUTE);
            case HOUR, DAY -> Optional.of(QUARTER);
            case MONTH -> Optional.of(DAY);
            case YEAR -> Optional.of(MONTH);
        };
    }

    /**
     * From when on windows of this length are needed, when what happened at a moment and later may still change: days
     * and months since the beginning of that year, which is added up from them.
     */
    public Instant neededFrom(Instant moment, ZoneId zone) {
        return switch (this) {
            case MINUTE, QUARTER, HOUR -> HOUR.startOf(DAY.startOf(moment, zone), zone);
            case DAY, MONTH, YEAR -> YEAR.startOf(moment, zone);
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
