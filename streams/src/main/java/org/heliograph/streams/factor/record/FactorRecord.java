package org.heliograph.streams.factor.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.heliograph.streams.factor.EmissionFactor;
import org.heliograph.streams.factor.Feed;
import org.jspecify.annotations.Nullable;

/**
 * A record of {@code hg.factors}. Key {@code id@version}: a version of a factor, or nothing when it is withdrawn. Key
 * {@code series/bucket}: points of an intensity series, of which the bucket keeps the last record only.
 */
public final class FactorRecord {
    private static final Set<String> FIELDS =
            Set.of("id", "version", "source", "gramsPerKilowattHour", "validFrom", "validTo");

    private FactorRecord() {}

    /** The key of a factor's version. */
    public static String key(EmissionFactor factor) {
        return factor.provenance();
    }

    public static byte[] encode(EmissionFactor factor) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("id", factor.id());
        json.put("version", factor.version());
        json.put("source", factor.source());
        json.put("gramsPerKilowattHour", grams(factor));
        json.put("validFrom", factor.validFrom().toString());
        json.put("validTo", factor.validTo().toString());
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static BigDecimal grams(EmissionFactor factor) {
        BigDecimal grams =
                BigDecimal.valueOf(factor.microgramsPerKilowattHour(), 6).stripTrailingZeros();
        return grams.setScale(Math.max(0, grams.scale()));
    }

    /** @param recorded the record's timestamp */
    public static FactorUpdate decode(@Nullable String key, byte @Nullable [] value, Instant recorded) {
        try {
            return decodeStrictly(key == null ? "" : key, value, recorded);
        } catch (Json.MalformedException | IllegalArgumentException | ArithmeticException e) {
            return new FactorUpdate.Refused(String.valueOf(e.getMessage()));
        }
    }

    private static FactorUpdate decodeStrictly(String key, byte @Nullable [] value, Instant recorded) {
        int slash = key.indexOf('/');
        String series = slash < 0 ? key : key.substring(0, slash);
        Optional<Feed> feed = Feed.of(series);
        if (feed.isPresent()) {
            if (slash < 0 || slash == key.length() - 1) {
                throw new Json.MalformedException("the key is '" + key + "', not series/bucket: compaction would keep"
                        + " one record of the whole series");
            }
            return new FactorUpdate.Points(
                    series,
                    value == null
                            ? List.of()
                            : SeriesJson.points(feed.get(), feed.get().zone(series), Json.parse(value), recorded));
        }
        int at = key.indexOf('@');
        if (at <= 0 || at == key.length() - 1) {
            throw new Json.MalformedException("the key is '" + key + "', neither id@version nor series/bucket");
        }
        if (value == null) {
            return new FactorUpdate.Withdrawn(key.substring(0, at), key.substring(at + 1));
        }
        EmissionFactor factor = factor(Json.parse(value));
        if (!key(factor).equals(key)) {
            throw new Json.MalformedException("the key is '" + key + "', the factor is '" + key(factor) + "'");
        }
        return new FactorUpdate.Published(factor);
    }

    private static EmissionFactor factor(JsonNode json) {
        if (!json.isObject()) {
            throw new Json.MalformedException("is not an object");
        }
        Json.onlyKnown(json, FIELDS);
        return EmissionFactor.published(
                Json.text(json, "id"),
                Json.text(json, "version"),
                Json.text(json, "source"),
                EmissionFactor.micrograms(Json.number(json, "gramsPerKilowattHour")),
                Json.optionalInstant(json, "validFrom").orElse(EmissionFactor.ALWAYS),
                Json.optionalInstant(json, "validTo").orElse(EmissionFactor.FOR_EVER));
    }
}
