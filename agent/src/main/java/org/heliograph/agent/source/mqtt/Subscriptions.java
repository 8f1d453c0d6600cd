package org.heliograph.agent.source.mqtt;

import java.util.Collection;
import java.util.List;
import org.heliograph.agent.config.AgentConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a session may be subscribed to, by this configuration and by earlier ones: the broker keeps that for as long as the
 * session, and nobody can ask it.
 */
final class Subscriptions {
    private static final Logger log = LoggerFactory.getLogger(Subscriptions.class);

    private final Names names;
    private final String prefix;
    private final String session;
    private final boolean isClean;
    private final String url;
    private boolean begun;

    Subscriptions(Names names, AgentConfig.Mqtt config) {
        this.names = names;
        this.isClean = config.isClean();
        this.url = config.url();
        prefix = "subscribed/" + config.url() + '\t' + config.clientId() + '\t';
        session = "session/" + config.url() + '\t' + config.clientId();
    }

    /** Whether the broker has had the session, for this process or for an earlier one, and should have it still. */
    boolean hasSession() {
        return !isClean && (begun || names.beginning(session).contains(session));
    }

    void begun() {
        begun = true;
        if (!isClean && !names.beginning(session).contains(session)) {
            names.keep(session);
        }
    }

    /** Nothing in it is waited for any more. */
    void ended() {
        names.forget(session);
        List<String> left = besides(List.of());
        if (!left.isEmpty()) {
            log.warn("mqtt=left-subscribed url={} topics={} until=\"the broker ends the session\"", url, left);
        }
    }

    /** To be said before it is asked for: an agent that is killed meanwhile knows it all the same. */
    void add(Collection<String> filters) {
        if (!isClean) {
            filters.stream()
                    .map(filter -> prefix + filter)
                    .filter(name -> !names.beginning(prefix).contains(name))
                    .forEach(names::keep);
        }
    }

    /** Ends what earlier configurations had; of a session that the broker hasn't kept there is none of that. */
    void keepOnly(List<String> wanted, boolean isKept, Session of) {
        List<String> others = besides(wanted);
        if (isKept) {
            end(others, of);
        } else {
            forget(others);
        }
    }

    void endAll(Session of) {
        if (!isClean) {
            end(besides(List.of()), of);
        }
    }

    /** What doesn't succeed is tried again on the next connection: nothing worse comes of it than what isn't wanted. */
    private void end(List<String> filters, Session of) {
        if (filters.isEmpty()) {
            return;
        }
        try {
            List<String> kept = of.unsubscribe(filters);
            forget(filters.stream().filter(filter -> !kept.contains(filter)).toList());
            log.info("mqtt=unsubscribed url={} topics={} refused={}", url, filters, kept);
        } catch (Link.LinkException | RuntimeException e) {
            log.warn("mqtt=still-subscribed url={} topics={} reason={}", url, filters, e.getMessage());
        }
    }

    private void forget(Collection<String> filters) {
        filters.forEach(filter -> names.forget(prefix + filter));
    }

    /** Those that aren't among the wanted ones. */
    private List<String> besides(Collection<String> wanted) {
        return names.beginning(prefix).stream()
                .map(name -> name.substring(prefix.length()))
                .filter(filter -> !wanted.contains(filter))
                .sorted()
                .toList();
    }
}
