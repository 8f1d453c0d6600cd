package org.heliograph.streams.topology;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.processor.api.Record;
import org.heliograph.streams.topology.state.StateException;
import org.heliograph.telemetry.kafka.DeadLetterHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What to do when a processor throws. A record that can't be processed would stop its partition for ever: it goes to
 * the dead letters. A fault of the environment (Kafka, the disk) or of the engine's own records is no device's fault:
 * the thread fails, its transaction is undone, and a new one starts over.
 */
public final class PoisonHandler implements ProcessingExceptionHandler {
    /** The property that names the topic of dead letters. */
    public static final String TOPIC = "heliograph.rejects.topic";

    private static final Logger log = LoggerFactory.getLogger(PoisonHandler.class);

    /** The property that names the topics whose records may be poison, comma-separated: what comes from outside. */
    public static final String FROM_OUTSIDE = "heliograph.outside.topics";

    private String topic = "hg.rejects";
    private Set<String> fromOutside = Set.of("hg.telemetry", "hg.factors");

    @Override
    public void configure(Map<String, ?> configs) {
        if (configs.get(TOPIC) instanceof String configured) {
            topic = configured;
        }
        if (configs.get(FROM_OUTSIDE) instanceof String configured) {
            fromOutside = Set.of(configured.split(",", -1));
        }
    }

    @Override
    public Response handleError(ErrorHandlerContext context, Record<?, ?> poison, Exception exception) {
        if (exception instanceof KafkaException
                || exception instanceof StateException
                || context.topic() == null // it failed by the clock, so no record is to blame
                || !fromOutside.contains(context.topic())
                || context.sourceRawValue() == null) {
            return Response.fail();
        }
        String source = DeadLetterHeaders.source(context.topic(), context.partition(), context.offset());
        log.error("record=poison source={} processor={}", source, context.processorNodeId(), exception);
        Headers headers = DeadLetterHeaders.of("could not be processed: " + exception, "engine", source);
        byte[] value = DeadLetterHeaders.value(context.sourceRawValue(), headers);
        ProducerRecord<byte[], byte[]> dead =
                new ProducerRecord<>(topic, null, DeadLetterHeaders.key(context.sourceRawKey()), value, headers);
        return Response.resume(List.of(dead));
    }
}
