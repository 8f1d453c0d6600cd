package org.heliograph.streams.report;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.IntStream;
import org.heliograph.streams.rollup.Window;

/** A year or a month of a site's calendar. */
public sealed interface Period {
    record OfYear(Year year) implements Period {}

    record OfMonth(YearMonth month) implements Period {}

    /** @throws IllegalArgumentException if the text is neither {@code 2026} nor {@code 2026-06} */
    static Period parse(String text) {
        try {
            return text.length() == 4 ? new OfYear(Year.parse(text)) : new OfMonth(YearMonth.parse(text));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("'" + text + "' is neither a year (2026) nor a month (2026-06)", e);
        }
    }

    /** A window by its length and its first day. */
    record Span(String length, LocalDate first, String label) {
        Instant start(ZoneId zone) {
            return first.atStartOfDay(zone).toInstant();
        }
    }

    /** The window that is the whole of it. */
    default Span whole() {
        return switch (this) {
            case OfYear(Year year) -> new Span(Window.YEAR.label(), year.atDay(1), year.toString());
            case OfMonth(YearMonth month) -> new Span(Window.MONTH.label(), month.atDay(1), month.toString());
        };
    }

    /** The windows that it is made of: months of a year, days of a month. */
    default List<Span> parts() {
        return switch (this) {
            case OfYear(Year year) ->
                IntStream.rangeClosed(1, 12)
                        .mapToObj(year::atMonth)
                        .map(month -> new Span(Window.MONTH.label(), month.atDay(1), month.toString()))
                        .toList();
            case OfMonth(YearMonth month) ->
                IntStream.rangeClosed(1, month.lengthOfMonth())
                        .mapToObj(month::atDay)
                        .map(day -> new Span(Window.DAY.label(), day, day.toString()))
                        .toList();
        };
    }

    default Instant end(ZoneId zone) {
        return switch (this) {
            case OfYear(Year year) ->
                year.plusYears(1).atDay(1).atStartOfDay(zone).toInstant();
            case OfMonth(YearMonth month) ->
                month.plusMonths(1).atDay(1).atStartOfDay(zone).toInstant();
        };
    }

    default boolean isYear() {
        return this instanceof OfYear;
    }
}
