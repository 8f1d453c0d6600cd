package org.heliograph.agent.payload.json;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.heliograph.agent.payload.Refusal;
import org.heliograph.agent.payload.Samples;
import org.jspecify.annotations.Nullable;

/**
 * Where a message says what time it is of, and in what form.
 *
 * @param zone of local times; null when it isn't known: then they are no times
 */
public record TimeField(Pointer at, Form form, @Nullable ZoneId zone) {
    /** More seconds are milliseconds: the year 5138. */
    private static final BigDecimal SECONDS_MAX = BigDecimal.valueOf(100_000_000_000L);

    /** The ways to write a time. */
    public enum Form {
        SECONDS,
        MILLISECONDS,
        /** ISO 8601 with an offset. */
        ISO,
        /** ISO 8601 without one; also with one, or seconds or milliseconds: devices have settings for it. */
        LOCAL
    }

    /**
     * The time that the message is of; empty when it says none that can be believed.
     *
     * @param arrival decides which of the two it is when a local time comes twice, at the end of summer time
     */
    Optional<Instant> read(Document document, Instant arrival) throws Refusal {
        Optional<Instant> time = switch (document.at(at)) {
            case Document.Value.Decimal(BigDecimal number) -> Optional.of(ofNumber(number));
            case Document.Value.Text(String text) -> ofText(text, arrival);
            case Document.Value.Flag _, Document.Value.Numbers _, Document.Value.Structure _ ->
                throw new Refusal("'" + at + "' is not a time");
            case Document.Value.Nothing _ -> Optional.empty();
            case null -> Optional.empty();
        };
        return time.filter(Samples::isSet);
    }

    private Instant ofNumber(BigDecimal number) throws Refusal {
        return Instant.ofEpochMilli(
                switch (form) {
                    case SECONDS -> Samples.millis(number, 0);
                    case MILLISECONDS -> Samples.millis(number.movePointLeft(3), 0);
                    case LOCAL ->
                        Samples.millis(number.compareTo(SECONDS_MAX) < 0 ? number : number.movePointLeft(3), 0);
                    case ISO -> throw new Refusal("'" + at + "' is a number, not a time such as 2026-07-01T12:00:00");
                });
    }

    private Optional<Instant> ofText(String text, Instant arrival) throws Refusal {
        try {
            return switch (form) {
                case ISO -> Optional.of(OffsetDateTime.parse(text).toInstant());
                case LOCAL ->
                    switch (DateTimeFormatter.ISO_DATE_TIME.parseBest(
                            text, OffsetDateTime::from, LocalDateTime::from)) {
                        case OffsetDateTime time -> Optional.of(time.toInstant());
                        case TemporalAccessor local -> ofLocal(LocalDateTime.from(local), arrival);
                    };
                case SECONDS, MILLISECONDS -> Optional.of(ofNumber(Samples.bounded(at.text(), new BigDecimal(text))));
            };
        } catch (DateTimeException | NumberFormatException _) {
            throw new Refusal("'" + at + "' is " + Refusal.quoted(text) + ", which is not a time");
        }
    }

    private Optional<Instant> ofLocal(LocalDateTime local, Instant arrival) {
        if (zone == null) {
            return Optional.empty();
        }
        List<ZoneOffset> offsets = zone.getRules().getValidOffsets(local);
        if (offsets.isEmpty()) {
            // an hour that the summer time leaves out: the device hasn't noticed yet
            return Optional.of(
                    local.toInstant(zone.getRules().getTransition(local).getOffsetBefore()));
        }
        return offsets.stream()
                .map(local::toInstant)
                .min(Comparator.comparing(
                        (Instant time) -> Duration.between(time, arrival).abs()));
    }
}
