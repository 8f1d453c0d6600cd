package org.heliograph.streams.factor.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Strict reading of JSON: what is missing or of another kind is an exception with a sentence, never a default. */
final class Json {
    static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    /** No feed began earlier, and none looks further ahead; milliseconds of these are far from any overflow. */
    private static final Instant FIRST = Instant.parse("1970-01-01T00:00:00Z");

    private static final Instant LAST = Instant.parse("9999-01-01T00:00:00Z");

    private Json() {}

    /** Not what it should be. */
    static final class MalformedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        MalformedException(String reason) {
            super(reason);
        }
    }

    static JsonNode parse(byte[] value) {
        try {
            JsonNode node = MAPPER.readTree(value);
            if (node == null || node.isMissingNode()) {
                throw new MalformedException("is empty");
            }
            return node;
        } catch (JsonProcessingException e) {
            throw new MalformedException("is not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new MalformedException("is not JSON: " + e.getMessage());
        }
    }

    static Optional<JsonNode> optional(JsonNode object, String field) {
        @Nullable JsonNode node = object.get(field);
        return node == null || node.isNull() ? Optional.empty() : Optional.of(node);
    }

    static JsonNode required(JsonNode object, String field) {
        return optional(object, field).orElseThrow(() -> new MalformedException("'" + field + "' is missing"));
    }

    static String text(JsonNode object, String field) {
        return asText(required(object, field), "'" + field + "'");
    }

    static Optional<String> optionalText(JsonNode object, String field) {
        return optional(object, field).map(node -> asText(node, "'" + field + "'"));
    }

    private static String asText(JsonNode node, String what) {
        if (!node.isTextual()) {
            throw new MalformedException(what + " is not a text");
        }
        return node.textValue();
    }

    static BigDecimal number(JsonNode object, String field) {
        JsonNode node = required(object, field);
        if (!node.isNumber()) {
            throw new MalformedException("'" + field + "' is not a number");
        }
        return node.decimalValue();
    }

    static boolean flag(JsonNode object, String field) {
        JsonNode node = required(object, field);
        if (!node.isBoolean()) {
            throw new MalformedException("'" + field + "' is neither true nor false");
        }
        return node.booleanValue();
    }

    static Instant instant(JsonNode object, String field) {
        return instant(text(object, field), field);
    }

    static Optional<Instant> optionalInstant(JsonNode object, String field) {
        return optionalText(object, field).map(text -> instant(text, field));
    }

    private static Instant instant(String text, String field) {
        try {
            Instant instant = OffsetDateTime.parse(text).toInstant();
            if (!instant.isBefore(FIRST) && !instant.isAfter(LAST)) {
                return instant;
            }
        } catch (DateTimeException _) {
            // told below
        }
        throw new MalformedException("'" + field + "' is not a moment such as 2026-06-15T12:00:00Z");
    }

    static Duration seconds(JsonNode node, String field, Duration most) {
        if (!node.canConvertToInt() || !node.isIntegralNumber()) {
            throw new MalformedException("'" + field + "' is not a number of seconds");
        }
        Duration duration = Duration.ofSeconds(node.intValue());
        if (!duration.isPositive() || duration.compareTo(most) > 0) {
            throw new MalformedException("'" + field + "' is not between 1 and " + most.toSeconds() + " seconds");
        }
        return duration;
    }

    static void onlyKnown(JsonNode object, Set<String> known) {
        for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!known.contains(name)) {
                throw new MalformedException("'" + name + "' is not a field of a factor");
            }
        }
    }
}
