package org.heliograph.agent.source.mqtt;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Which retained messages are dead letters already. A broker brings what it retains with each subscription, and so with each
 * connection if it keeps no session or never grants the QoS that is asked for: the same message is told once, until another
 * takes its place. Outlives the connections.
 */
final class RetainedLetters {
    private static final int TOPICS_MAX = 10_000;

    /** By marks: a topic may be of 64 KiB. */
    private final Map<Long, Long> payloads = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
            return size() > TOPICS_MAX;
        }
    };

    synchronized boolean isTold(Link.Message message) {
        Long payload = message.retained() ? payloads.get(topic(message)) : null;
        return payload != null && payload == mark(message.payload());
    }

    synchronized void told(Link.Message message) {
        if (message.retained()) {
            payloads.put(topic(message), mark(message.payload()));
        }
    }

    private static long topic(Link.Message message) {
        return mark(message.topic().getBytes(StandardCharsets.UTF_8));
    }

    private static long mark(byte[] bytes) {
        CRC32C sum = new CRC32C();
        sum.update(bytes);
        return (sum.getValue() << Integer.SIZE) | Integer.toUnsignedLong(Arrays.hashCode(bytes));
    }
}
