package org.heliograph.lab.agent;

import java.util.Map;
import org.apache.kafka.clients.producer.Partitioner;
import org.apache.kafka.common.Cluster;
import org.jspecify.annotations.Nullable;

/** Makes an agent's pump die: the producer lets its exceptions through. */
public final class BrokenPartitioner implements Partitioner {
    @Override
    public int partition(
            String topic,
            @Nullable Object key,
            byte @Nullable [] keyBytes,
            @Nullable Object value,
            byte @Nullable [] valueBytes,
            Cluster cluster) {
        throw new IllegalStateException("as planned");
    }

    @Override
    public void close() {
        // nothing is held
    }

    @Override
    public void configure(Map<String, ?> configs) {
        // nothing to set
    }
}
