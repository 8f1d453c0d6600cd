package org.heliograph.streams.factor.record;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.heliograph.streams.factor.EmissionFactor;
import org.heliograph.streams.factor.Feed;
import org.heliograph.streams.factor.IntensityPoint;

/**
 * Points of a series as their vendor's API gives them: one, a list of them, or its answer with the list in it. Vendors
 * add fields now and then: those that don't matter here are passed over.
 */
final class SeriesJson {
    /** g/kWh in a lb/MWh. */
    private static final BigDecimal GRAMS_PER_POUND = new BigDecimal("0.45359237");

    private SeriesJson() {}

    /** @param recorded when Kafka got the record: what an undated statement is dated by */
    static List<IntensityPoint> points(Feed feed, String zone, JsonNode answer, Instant recorded) {
        return switch (feed) {
            case ELECTRICITY_MAPS -> {
                Json.optionalText(answer, "zone").ifPresent(named -> requireZone(named, zone));
                List<IntensityPoint> points = new ArrayList<>();
                for (JsonNode point : list(answer, "carbonIntensity", "history", "data")) {
                    points.add(electricityMaps(point, answer, zone));
                }
                yield points;
            }
            case WATT_TIME -> {
                JsonNode meta = Json.optional(answer, "meta").orElse(answer);
                requireMarginalCarbon(meta, zone);
                Duration period = Json.optional(meta, "data_point_period_seconds")
                        .map(node -> Json.seconds(node, "data_point_period_seconds", Feed.LONGEST_PERIOD))
                        .orElse(feed.period());
                Instant stated = Json.optionalInstant(meta, "generated_at").orElse(recorded);
                List<IntensityPoint> points = new ArrayList<>();
                for (JsonNode point : list(answer, "point_time", "data")) {
                    long micrograms = EmissionFactor.micrograms(
                            Json.number(point, "value").multiply(GRAMS_PER_POUND));
                    points.add(
                            new IntensityPoint(Json.instant(point, "point_time"), period, stated, false, micrograms));
                }
                yield points;
            }
        };
    }

    private static IntensityPoint electricityMaps(JsonNode point, JsonNode answer, String zone) {
        requireZone(Json.text(Json.optional(point, "zone").isPresent() ? point : answer, "zone"), zone);
        Json.optionalText(point, "estimationMethod");
        Duration period = Json.optionalText(point, "temporalGranularity")
                .map(granularity -> switch (granularity) {
                    case "hourly" -> Duration.ofHours(1);
                    case "15_minutes" -> Duration.ofMinutes(15);
                    case "5_minutes" -> Duration.ofMinutes(5);
                    default ->
                        throw new Json.MalformedException(
                                "'temporalGranularity' is '" + granularity + "', not an hour or part of one");
                })
                .orElse(Feed.ELECTRICITY_MAPS.period());
        return new IntensityPoint(
                Json.instant(point, "datetime"),
                period,
                Json.instant(point, "updatedAt"),
                Json.flag(point, "isEstimated"),
                EmissionFactor.micrograms(Json.number(point, "carbonIntensity")));
    }

    /** The points: of a list, of a list in a field of an object, or the object itself if it has a point's own field. */
    private static Iterable<JsonNode> list(JsonNode answer, String pointField, String... listFields) {
        JsonNode list = answer;
        for (String field : listFields) {
            list = Json.optional(answer, field).orElse(list);
        }
        if (list.isObject() && list.has(pointField)) {
            return List.of(list);
        }
        if (!list.isArray()) {
            throw new Json.MalformedException("is neither a point ('" + pointField + "') nor a list of points");
        }
        for (JsonNode point : list) {
            if (!point.isObject()) {
                throw new Json.MalformedException("holds a point that is not an object");
            }
        }
        return list;
    }

    private static void requireZone(String named, String zone) {
        if (!named.equals(zone)) {
            throw new Json.MalformedException("'zone' is '" + named + "', but the key says '" + zone + "'");
        }
    }

    private static void requireMarginalCarbon(JsonNode meta, String region) {
        requireIfThere(meta, "region", region);
        requireIfThere(meta, "units", "lbs_co2_per_mwh");
        requireIfThere(meta, "signal_type", "co2_moer");
    }

    private static void requireIfThere(JsonNode meta, String field, String wanted) {
        Json.optionalText(meta, field).filter(value -> !value.equals(wanted)).ifPresent(value -> {
            throw new Json.MalformedException("'" + field + "' is '" + value + "', not '" + wanted + "'");
        });
    }
}
