package org.heliograph.streams.topology;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.heliograph.streams.config.KafkaSettings;
import org.heliograph.streams.topology.samples.SampleStore;
import org.heliograph.streams.topology.state.EngineSettings;
import org.heliograph.streams.topology.topics.TopicReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An engine that was off for longer than Kafka keeps an empty group's offsets (7 days, if the broker isn't told otherwise)
 * still has its state, but nobody knows where it was. From the topic's beginning on it would refuse weeks of readings as
 * late, one by one; so it goes on where the first of those lie that it would take.
 */
final class ForgottenOffsets {
    private static final Logger log = LoggerFactory.getLogger(ForgottenOffsets.class);

    private ForgottenOffsets() {}

    /**
     * Sets the offsets of an application that has none, but has taken telemetry.
     *
     * @return whether it did, so that something is passed over
     */
    static boolean heed(KafkaSettings kafka, String application) {
        String telemetry = kafka.topics().telemetry();
        try (Admin admin = Admin.create(kafka.clientProperties());
                TopicReader reader = new TopicReader(kafka)) {
            if (!hasTaken(reader, application) || hasOffsets(admin, application, telemetry)) {
                return false;
            }
            Instant from = Instant.now().minus(EngineSettings.REACH);
            Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
            reader.offsetsAt(telemetry, from)
                    .forEach((partition, offset) -> offsets.put(partition, new OffsetAndMetadata(offset)));
            admin.alterConsumerGroupOffsets(application, offsets).all().get();
            log.warn(
                    "offsets=forgotten application={} from={} why=\"Kafka has state of it but not where it was: it was off "
                            + "for longer than offsets are kept (offsets.retention.minutes)\"",
                    application,
                    from);
            return true;
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof UnknownMemberIdException)) {
                // not to know is no reason to begin at the beginning: what is refused then is gone for good
                throw new KafkaException("it isn't known where '" + application + "' was: " + e.getCause());
            }
            log.info("offsets=left application={} why=\"another instance has begun\"", application);
            return false;
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** Whether there are samples of it. What factors have left there says nothing: they come without any telemetry. */
    private static boolean hasTaken(TopicReader reader, String application) {
        return reader.ends(Engine.changelog(application, SampleStore.STORE)).values().stream()
                .anyMatch(end -> end > 0);
    }

    private static boolean hasOffsets(Admin admin, String application, String telemetry)
            throws ExecutionException, InterruptedException {
        return admin.listConsumerGroupOffsets(application).partitionsToOffsetAndMetadata().get().entrySet().stream()
                .anyMatch(entry -> entry.getKey().topic().equals(telemetry) && entry.getValue() != null);
    }
}
