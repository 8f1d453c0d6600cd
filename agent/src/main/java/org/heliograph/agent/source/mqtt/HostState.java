package org.heliograph.agent.source.mqtt;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.heliograph.agent.payload.sparkplug.SparkplugTopic;

/**
 * What a Sparkplug host application says of itself, retained: edge nodes that have it as their primary host keep their
 * readings while it is away. Birth and will of one connection carry the same timestamp, by which nodes tell a late will.
 *
 * @param connecting when the connection was begun
 */
record HostState(String host, Instant connecting) {
    String topic() {
        return SparkplugTopic.state(host);
    }

    Link.Notice online() {
        return notice(true);
    }

    Link.Notice offline() {
        return notice(false);
    }

    /** Whether a message on the topic denies that this host is there. */
    boolean isDenied(byte[] payload) {
        return new String(payload, StandardCharsets.UTF_8).replaceAll("\\s", "").contains("\"online\":false");
    }

    private Link.Notice notice(boolean online) {
        String json = "{\"online\":" + online + ",\"timestamp\":" + connecting.toEpochMilli() + "}";
        return new Link.Notice(topic(), json.getBytes(StandardCharsets.UTF_8), Link.QOS, true);
    }
}
