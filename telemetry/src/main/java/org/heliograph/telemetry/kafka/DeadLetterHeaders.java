package org.heliograph.telemetry.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.heliograph.telemetry.wire.DeadLetter;

/** What a dead letter says of a record that came from Kafka. */
public final class DeadLetterHeaders {
    private DeadLetterHeaders() {}

    /** @param source {@link #source}, or what stands for it when that isn't known */
    public static Headers of(String reason, String stage, String source) {
        return new RecordHeaders()
                .add(DeadLetter.REASON, reason.getBytes(UTF_8))
                .add(DeadLetter.STAGE, stage.getBytes(UTF_8))
                .add(DeadLetter.SOURCE, source.getBytes(UTF_8));
    }

    /** Where a record lies: {@code topic-partition@offset}. */
    public static String source(String topic, int partition, long offset) {
        return topic + "-" + partition + "@" + offset;
    }
}
