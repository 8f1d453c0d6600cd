package org.heliograph.agent.source.mqtt;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.heliograph.agent.payload.sparkplug.SparkplugTopic;

/**
 * What a Sparkplug host application says of itself, retained: edge nodes that have it as their primary host keep their
 * readings while it is away. Birth and will of one connection carry the same timestamp, by which nodes tell a late will.
 *
 * @param connecting when the connection was begun; later than that of any connection before it, whatever the clock says
 */
record HostState(String host, Instant connecting) {
    private static final Pattern TIMESTAMP = Pattern.compile("\"timestamp\"\\s*:\\s*(\\d{1,15})\\b");

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

    /**
     * A time after that of this connection which a denial tells, by this host's clock before it was set back or a machine's
     * start: edge nodes take it for the newer one, and will believe none but one that is newer still.
     */
    Optional<Instant> laterOf(byte[] payload) {
        Matcher matcher = TIMESTAMP.matcher(new String(payload, StandardCharsets.UTF_8));
        return matcher.find()
                ? Optional.of(Instant.ofEpochMilli(Long.parseLong(matcher.group(1))))
                        .filter(connecting::isBefore)
                : Optional.empty();
    }

    private Link.Notice notice(boolean online) {
        String json = "{\"online\":" + online + ",\"timestamp\":" + connecting.toEpochMilli() + "}";
        return new Link.Notice(topic(), json.getBytes(StandardCharsets.UTF_8), Link.QOS, true);
    }
}
