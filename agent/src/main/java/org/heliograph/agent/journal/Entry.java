package org.heliograph.agent.journal;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Something to deliver.
 *
 * @param key orders it among others of the same key; empty when it has none
 * @param value not copied: the caller hands it over
 */
@SuppressWarnings("ArrayRecordComponent") // bytes that are handed on, never compared
public record Entry(Kind kind, String key, long timestampMillis, Map<String, String> headers, byte[] value) {
    /** The row, its indexes and offsets, roughly. */
    private static final int OVERHEAD_BYTES = 48;

    /** Where it goes. The number is on disk and never changes. */
    public enum Kind {
        READINGS(1),
        DEAD_LETTER(2),
        /** Says what was lost; it never gives way. */
        REPORT(3),
        /** Readings whose times are not known yet. */
        HELD(4);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }

        /** Whether it may give way to newer ones, where its key yields. */
        boolean isReadings() {
            return this == READINGS || this == HELD;
        }

        static Kind numbered(int number) {
            for (Kind kind : values()) {
                if (kind.number == number) {
                    return kind;
                }
            }
            // a newer agent's journal isn't opened, so the disk has changed it; that must not stop what is behind it
            return DEAD_LETTER;
        }
    }

    public Entry {
        headers = Map.copyOf(headers);
    }

    /** What was lost of the key's; Kafka takes no record from before 1970. */
    public static Entry report(String key, long millis, byte[] value) {
        return new Entry(Kind.REPORT, key, Math.max(0, millis), Map.of(), value);
    }

    /** What it counts against the journal's quota. */
    public long sizeBytes() {
        long size = (long) OVERHEAD_BYTES + value.length + key.length();
        for (Map.Entry<String, String> header : headers.entrySet()) {
            size += header.getKey().length() + header.getValue().getBytes(StandardCharsets.UTF_8).length;
        }
        return size;
    }
}
