package org.heliograph.agent.source.mqtt;

import java.util.Collection;
import java.util.List;
import org.heliograph.agent.config.AgentConfig;

/**
 * What a session may be subscribed to, by this configuration and by earlier ones: the broker keeps that for as long as the
 * session, and nobody can ask it.
 */
final class Subscriptions {
    private final Names names;
    private final String prefix;
    private final String session;
    private final boolean isClean;

    Subscriptions(Names names, AgentConfig.Mqtt config) {
        this.names = names;
        this.isClean = config.isClean();
        prefix = "subscribed/" + config.url() + '\t' + config.clientId() + '\t';
        session = "session/" + config.url() + '\t' + config.clientId();
    }

    /** Whether the broker has had the session, for this process or for an earlier one, and should have it still. */
    boolean hasSession() {
        return !isClean && names.beginning(session).contains(session);
    }

    void begun() {
        if (!isClean && !hasSession()) {
            names.keep(session);
        }
    }

    /** Nothing in it is waited for any more. */
    void ended() {
        names.forget(session);
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

    void remove(Collection<String> filters) {
        filters.forEach(filter -> names.forget(prefix + filter));
    }

    /** Those that aren't among the wanted ones. */
    List<String> besides(Collection<String> wanted) {
        return names.beginning(prefix).stream()
                .map(name -> name.substring(prefix.length()))
                .filter(filter -> !wanted.contains(filter))
                .sorted()
                .toList();
    }
}
