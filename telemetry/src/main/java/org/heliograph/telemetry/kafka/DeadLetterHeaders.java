package org.heliograph.telemetry.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.heliograph.telemetry.wire.DeadLetter;
import org.jspecify.annotations.Nullable;

/**
 * What a dead letter says of a record that came from Kafka. It must be smaller than a record may be, whatever was refused:
 * one that can't be sent would be met again, for ever.
 */
public final class DeadLetterHeaders {
    /** At most this many bytes of what was refused are kept: all of any pack that an agent sends. */
    public static final int VALUE_BYTES_MAX = 64 << 10;

    private static final int KEY_LENGTH_MAX = 256;
    private static final int REASON_LENGTH_MAX = 500;

    private DeadLetterHeaders() {}

    /** A key, or its beginning. */
    public static @Nullable String key(@Nullable String refused) {
        return refused == null ? null : cut(refused, KEY_LENGTH_MAX);
    }

    /** A key, or its beginning. */
    public static byte @Nullable [] key(byte @Nullable [] refused) {
        return refused == null || refused.length <= KEY_LENGTH_MAX ? refused : Arrays.copyOf(refused, KEY_LENGTH_MAX);
    }

    /** What was refused, or its beginning: the headers say so. */
    public static byte[] value(byte @Nullable [] refused, Headers headers) {
        if (refused == null) {
            return new byte[0];
        }
        if (refused.length <= VALUE_BYTES_MAX) {
            return refused;
        }
        headers.add(DeadLetter.TRUNCATED, Integer.toString(refused.length).getBytes(UTF_8));
        return Arrays.copyOf(refused, VALUE_BYTES_MAX);
    }

    private static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most - 3) + "...";
    }

    /** @param source {@link #source}, or what stands for it when that isn't known */
    public static Headers of(String reason, String stage, String source) {
        return new RecordHeaders()
                .add(DeadLetter.REASON, cut(reason, REASON_LENGTH_MAX).getBytes(UTF_8))
                .add(DeadLetter.STAGE, stage.getBytes(UTF_8))
                .add(DeadLetter.SOURCE, source.getBytes(UTF_8));
    }

    /** Where a record lies: {@code topic-partition@offset}. */
    public static String source(String topic, int partition, long offset) {
        return topic + "-" + partition + "@" + offset;
    }
}
