package org.heliograph.agent.source.mqtt;

import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a broker doesn't let its client do, while it takes the connection. Each is told once for as long as it lasts. */
final class Denials {
    private static final Logger log = LoggerFactory.getLogger(Denials.class);

    private static final String UNANNOUNCED = "the broker doesn't let this client publish the state of its host"
            + " (spBv1.0/STATE/...): edge nodes whose primary host it is send nothing";

    private final String url;
    private volatile List<String> topics = List.of();
    private volatile boolean unannounced;

    Denials(String url) {
        this.url = url;
    }

    /** Takes what a connection has been told; what it hasn't asked for is as it was on the one before. */
    void note(Session session) {
        session.denied().ifPresent(this::note);
        boolean now = session.unannounced().orElse(unannounced);
        if (now && !unannounced) {
            log.warn("mqtt=denied url={} reason=\"{}\"", url, UNANNOUNCED);
        } else if (unannounced && !now) {
            log.info("mqtt=announced url={}", url);
        }
        unannounced = now;
    }

    private void note(List<String> now) {
        now.stream()
                .filter(topic -> !topics.contains(topic))
                .forEach(topic -> log.warn(
                        "mqtt=denied url={} topic={} reason=\"the broker refuses this client the subscription\"",
                        url,
                        topic));
        topics.stream()
                .filter(topic -> !now.contains(topic))
                .forEach(topic -> log.info("mqtt=granted url={} topic={}", url, topic));
        topics = List.copyOf(now);
    }

    boolean areOfTopics() {
        return !topics.isEmpty();
    }

    boolean areAny() {
        return areOfTopics() || unannounced;
    }

    /** A sentence each. */
    List<String> sentences() {
        return Stream.concat(
                        topics.stream().map(topic -> "the broker refuses the subscription of " + topic),
                        unannounced ? Stream.of(UNANNOUNCED) : Stream.empty())
                .toList();
    }
}
