package org.heliograph.agent.source.mqtt;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import org.heliograph.agent.config.AgentConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a broker doesn't grant its client, or less of it than was asked for, while it takes the connection. Each is told once
 * for as long as it lasts, over all connections: what one of them hasn't asked for is as it was on the one before.
 */
final class Denials {
    private static final Logger log = LoggerFactory.getLogger(Denials.class);

    private final String url;
    private final Duration sessionExpiry;
    private volatile List<Denial> all = List.of();

    Denials(AgentConfig.Mqtt config) {
        this.url = config.url();
        // as it is said to the broker
        this.sessionExpiry =
                config.isClean() ? Duration.ZERO : config.sessionExpiry().truncatedTo(ChronoUnit.SECONDS);
    }

    /** A sentence each, for those who ask how the agent is. */
    private sealed interface Denial {
        String sentence();
    }

    private record Subscription(String topic) implements Denial {
        @Override
        public String sentence() {
            return "the broker refuses the subscription of " + topic;
        }
    }

    private record Assurance(String topic) implements Denial {
        @Override
        public String sentence() {
            return "the broker grants " + topic + " at QoS 0 only: what it can't deliver at once is lost";
        }
    }

    private record Keeping(Duration granted, Duration asked) implements Denial {
        @Override
        public String sentence() {
            return "the broker keeps the session for " + granted + " without a connection, not for sessionExpiry, "
                    + asked + ": what comes later is lost";
        }
    }

    private record Announcement() implements Denial {
        @Override
        public String sentence() {
            return "the broker doesn't let this client publish the state of its host (spBv1.0/STATE/...): edge nodes"
                    + " whose primary host it is send nothing";
        }
    }

    void accepted(Link.Accepted accepted) {
        note(
                Keeping.class,
                accepted.keepsFor().filter(granted -> granted.compareTo(sessionExpiry) < 0).stream()
                        .map(granted -> new Keeping(granted, sessionExpiry)));
    }

    /** Of all that there is to subscribe to. */
    void subscribed(Link.Granted granted) {
        note(Subscription.class, granted.refused().stream().map(Subscription::new));
        note(Assurance.class, granted.atMostOnce().stream().map(Assurance::new));
    }

    /** Of what was refused before. */
    void subscribedAgain(Link.Granted granted) {
        Stream<Assurance> before =
                all.stream().filter(Assurance.class::isInstance).map(Assurance.class::cast);
        note(Subscription.class, granted.refused().stream().map(Subscription::new));
        note(
                Assurance.class,
                Stream.concat(before, granted.atMostOnce().stream().map(Assurance::new)));
    }

    /** @param isTaken whether the broker has taken the state of the host, if there is one */
    void announced(boolean isTaken) {
        note(Announcement.class, isTaken ? Stream.empty() : Stream.of(new Announcement()));
    }

    private <D extends Denial> void note(Class<D> kind, Stream<D> denied) {
        List<D> now = denied.toList();
        List<Denial> before = all;
        now.stream()
                .filter(denial -> !before.contains(denial))
                .forEach(denial -> log.warn("mqtt=denied url={} reason=\"{}\"", url, denial.sentence()));
        before.stream()
                .filter(denial -> kind.isInstance(denial) && !now.contains(denial))
                .forEach(denial -> log.info("mqtt=granted url={} what=\"no more: {}\"", url, denial.sentence()));
        all = Stream.concat(before.stream().filter(denial -> !kind.isInstance(denial)), now.stream())
                .toList();
    }

    /** Topics that the broker brings nothing of. */
    List<String> refused() {
        return all.stream()
                .filter(Subscription.class::isInstance)
                .map(denial -> ((Subscription) denial).topic())
                .toList();
    }

    boolean isUnannounced() {
        return all.stream().anyMatch(Announcement.class::isInstance);
    }

    /** Whether subscribing once more may bring more. */
    boolean areOfTopics() {
        return all.stream().anyMatch(denial -> denial instanceof Subscription || denial instanceof Assurance);
    }

    /** Whether something may be asked for again while the connection holds. */
    boolean areAskable() {
        return isUnannounced() || !refused().isEmpty();
    }

    List<String> sentences() {
        return all.stream().map(Denial::sentence).toList();
    }
}
