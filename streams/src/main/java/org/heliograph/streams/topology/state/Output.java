package org.heliograph.streams.topology.state;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.heliograph.streams.topology.state.v1.SiteInput;
import org.heliograph.telemetry.kafka.DeadLetterHeaders;

/** What a processor sends on, each kind to a topic of its own. */
public sealed interface Output {
    byte[] value();

    /** The dead letter of a record that can't be taken. */
    static Record<String, Output> rejected(
            ProcessorContext<?, ?> context, Record<String, byte[]> refused, String reason) {
        Headers headers = DeadLetterHeaders.of(reason, "engine", source(context));
        byte[] value = DeadLetterHeaders.value(refused.value(), headers);
        return new Record<>(
                DeadLetterHeaders.key(refused.key()),
                new Rejected(ByteString.copyFrom(value)),
                context.currentSystemTimeMs(),
                headers);
    }

    /** Where the record that is being processed lies. */
    static String source(ProcessorContext<?, ?> context) {
        return context.recordMetadata()
                .map(met -> DeadLetterHeaders.source(met.topic(), met.partition(), met.offset()))
                .orElse("unknown");
    }

    /** A dead letter: the record as it came, or its beginning. Its reason is in the headers. */
    record Rejected(ByteString bytes) implements Output {
        @Override
        public byte[] value() {
            return bytes.toByteArray();
        }
    }

    /** For {@code hg.energy}. */
    @SuppressWarnings("ArrayRecordComponent") // sent on, never compared
    record Energy(byte[] minute) implements Output {
        @Override
        public byte[] value() {
            return minute;
        }
    }

    /** For the site side of the engine. */
    record ToSite(SiteInput input) implements Output {
        @Override
        public byte[] value() {
            return input.toByteArray();
        }
    }

    /** For {@code hg.kpi}. */
    record Kpi(MessageLite window) implements Output {
        @Override
        public byte[] value() {
            return window.toByteArray();
        }
    }

    /** For {@code hg.alerts}. */
    record Alerted(MessageLite alert) implements Output {
        @Override
        public byte[] value() {
            return alert.toByteArray();
        }
    }

    /** For {@code hg.live}. */
    record Live(MessageLite live) implements Output {
        @Override
        public byte[] value() {
            return live.toByteArray();
        }
    }
}
