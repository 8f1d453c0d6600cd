package org.heliograph.lab.agent;

import java.util.Map;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Makes an agent's pump die: the producer lets errors through, other than exceptions. */
public final class BrokenInterceptor implements ProducerInterceptor<Object, Object> {
    @Override
    public ProducerRecord<Object, Object> onSend(ProducerRecord<Object, Object> sent) {
        throw new AssertionError("as planned");
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
