package org.heliograph.agent.uplink;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.NetworkException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What Kafka says of a record that was sent. */
record KafkaAnswer(Future<RecordMetadata> future) {
    /** The producer's metric of what it was answered, by any broker. */
    static final String COUNT = "response-total";

    private static final String OF_ALL_BROKERS = "producer-metrics";

    /** Whether it is there, without waiting. */
    boolean isDone() {
        return future.isDone();
    }

    /**
     * False also for a record that only shared a batch with one that is refused: Kafka's client says so by no type of
     * its own.
     *
     * @throws KafkaException for what may pass
     */
    boolean isAccepted() throws InterruptedException {
        try {
            return refusal() == null;
        } catch (KafkaException e) {
            if (e.getClass() == KafkaException.class && e.getCause() == null) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Why the broker will never take the record; null when it took it.
     *
     * @throws KafkaException for what may pass: the broker is away, the topic is missing, access isn't granted yet
     */
    @Nullable
    String refusal() throws InterruptedException {
        try {
            future.get();
            return null;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof RecordTooLargeException
                    || cause instanceof InvalidTimestampException
                    || cause instanceof InvalidRecordException) {
                return reason(cause);
            }
            throw cause instanceof KafkaException known ? known : new KafkaException(cause);
        }
    }

    /** Kafka's own words, without those that its client puts around them. */
    static String reason(Throwable e) {
        Throwable root = root(e);
        return root.getClass().getSimpleName() + ": " + root.getMessage();
    }

    private static Throwable root(Throwable e) {
        Throwable root = e;
        while (root instanceof KafkaException && root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    /** Whether a failure shows that Kafka was there; empty where it may have been. */
    static Optional<Boolean> isOfKafka(Throwable e) {
        return switch (root(e)) {
            case NetworkException _, DisconnectException _ -> Optional.of(false);
            case TimeoutException _ -> Optional.empty();
            case ApiException _ -> Optional.of(true);
            default -> Optional.empty();
        };
    }

    /**
     * How often a producer was answered at all. For a topic that is missing one waits in vain as for a broker that is, but
     * metadata come meanwhile.
     */
    static double count(@Nullable Producer<?, ?> producer) {
        if (producer == null) {
            return 0;
        }
        for (Map.Entry<MetricName, ? extends Metric> metric : producer.metrics().entrySet()) {
            MetricName name = metric.getKey();
            if (name.name().equals(COUNT)
                    && name.group().equals(OF_ALL_BROKERS)
                    && metric.getValue().metricValue() instanceof Double count) {
                return count;
            }
        }
        return 0;
    }
}
