package org.heliograph.streams.influx;

import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A point by its series and time, and which figures its newest statement doesn't make.
 *
 * @param absent fields that an earlier statement may have had
 */
record Incomplete(String measurement, SortedMap<String, String> tags, long timeMillis, Set<String> absent) {
    Incomplete {
        tags = new TreeMap<>(tags);
        absent = Set.copyOf(absent);
    }

    /** The series, as a condition of InfluxQL. */
    String condition() {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, String> tag : tags.entrySet()) {
            text.append(text.isEmpty() ? "" : " AND ")
                    .append('"')
                    .append(tag.getKey())
                    .append("\" = '")
                    .append(tag.getValue().replace("\\", "\\\\").replace("'", "\\'"))
                    .append('\'');
        }
        return text.toString();
    }
}
