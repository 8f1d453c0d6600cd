package org.heliograph.lab.server;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** A row of a query's answer. An absent field is one that was never written: it isn't in the values. */
public record Row(Map<String, Object> values) {
    public Row {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    public boolean has(String column) {
        return values.containsKey(column);
    }

    public OptionalDouble number(String column) {
        return values.get(column) instanceof Number number
                ? OptionalDouble.of(number.doubleValue())
                : OptionalDouble.empty();
    }

    /** Empty text when it is absent. */
    public String text(String column) {
        @Nullable Object value = values.get(column);
        return value == null ? "" : value.toString();
    }

    /** A time: epoch milliseconds as InfluxDB is asked for, ISO 8601 as QuestDB gives. */
    public Instant time(String column) {
        return values.get(column) instanceof Number millis
                ? Instant.ofEpochMilli(millis.longValue())
                : Instant.parse(text(column));
    }
}
