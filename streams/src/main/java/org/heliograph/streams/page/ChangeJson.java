package org.heliograph.streams.page;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.heliograph.streams.indicator.PueMove;
import org.heliograph.streams.indicator.PueParts;
import org.heliograph.telemetry.wire.v1.SiteWindow;

/**
 * Why the PUE moved between two periods, as JSON. A period is made of the minutes that had all of their meters; where one
 * has none, or no PUE, there is no split.
 */
final class ChangeJson {
    private static final double MILLION = 1e6;
    private static final double WATTS_PER_MILLIJOULE_A_MINUTE = 1.0 / 60_000;

    private ChangeJson() {}

    /** The minutes of a stretch of time. */
    private record Period(Instant from, Instant to, PueParts parts, boolean isFinal) {
        static Period of(Instant to, Duration span, List<SiteWindow> minutes) {
            Instant from = to.minus(span);
            PueParts parts = PueParts.NONE;
            boolean isFinal = true;
            for (SiteWindow minute : minutes) {
                if (minute.getStartMs() >= from.toEpochMilli() && minute.getEndMs() <= to.toEpochMilli()) {
                    parts = parts.plus(parts(minute));
                    isFinal &= PageBoard.isClosed(minute);
                }
            }
            return new Period(from, to, parts, isFinal);
        }

        private static PueParts parts(SiteWindow minute) {
            return new PueParts(
                    minute.getPartsMinutes(),
                    minute.getPartsDcMj(),
                    minute.getPartsItMj(),
                    minute.getPartsCoolingMj(),
                    minute.getPartsAuxiliaryMj(),
                    minute.getPartsDistributionMj());
        }
    }

    /**
     * @param before the end of the first period
     * @param after the end of the second
     * @param minutes all that are known
     */
    static String change(
            String site, Instant now, Instant before, Instant after, Duration span, List<SiteWindow> minutes) {
        Period first = Period.of(before, span, minutes);
        Period second = Period.of(after, span, minutes);
        return FigureJson.object(json -> {
            json.writeStringField("site", site);
            json.writeNumberField("server_ms", now.toEpochMilli());
            period(json, "before", first, span);
            period(json, "after", second, span);
            if (first.parts.isRatio() && second.parts.isRatio()) {
                PueMove move = PueMove.between(first.parts, second.parts);
                json.writeNumberField("change", move.changeMillionths() / MILLION);
                json.writeObjectFieldStart("parts");
                for (PueMove.Part part : PueMove.Part.values()) {
                    json.writeNumberField(part.name().toLowerCase(Locale.ROOT), move.millionths(part) / MILLION);
                }
                json.writeEndObject();
            }
        });
    }

    private static void period(JsonGenerator json, String name, Period period, Duration span) throws IOException {
        PueParts parts = period.parts;
        json.writeObjectFieldStart(name);
        json.writeNumberField("from_ms", period.from.toEpochMilli());
        json.writeNumberField("to_ms", period.to.toEpochMilli());
        json.writeNumberField("coverage", Math.min(1, parts.minutes() / (double) Math.max(1, span.toMinutes())));
        if (parts.minutes() > 0) {
            json.writeBooleanField("final", period.isFinal);
            watts(json, "power_dc_w", parts.input(), parts);
            watts(json, "power_it_w", parts.it(), parts);
            watts(json, "power_cooling_w", parts.cooling(), parts);
            watts(json, "power_distribution_w", parts.distribution(), parts);
            watts(json, "power_auxiliary_w", parts.auxiliary(), parts);
            watts(json, "power_unmetered_w", parts.unmetered(), parts);
        }
        if (parts.isRatio()) {
            json.writeNumberField("pue", Math.round(parts.pue() * MILLION) / MILLION);
        }
        json.writeEndObject();
    }

    /** The mean power of an energy. */
    private static void watts(JsonGenerator json, String name, long millijoules, PueParts parts) throws IOException {
        json.writeNumberField(name, millijoules * WATTS_PER_MILLIJOULE_A_MINUTE / parts.minutes());
    }
}
