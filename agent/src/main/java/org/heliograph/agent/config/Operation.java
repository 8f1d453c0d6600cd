package org.heliograph.agent.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the agent is watched, and what it watches itself.
 *
 * @param health where it answers for itself; null for nowhere
 * @param canary the readings of itself; null without
 */
public record Operation(
        @Nullable Health health,
        Limit limit,
        Silence silence,
        @Nullable Canary canary) {
    /** @param host an address of this machine; loopback unless it is meant to be asked from elsewhere */
    public record Health(String host, int port) {}

    /**
     * What one device may hand in.
     *
     * @param packsPerSecond for as long as it likes
     * @param burst above that, at once: what it has kept while it, or the agent, was away
     */
    public record Limit(int packsPerSecond, int burst) {}

    /**
     * When a device that is heard no more is called silent.
     *
     * @param site the site's model, whose profiles say how often a device reports; null without one, then it is learned
     * @param periods so many reports have to be missing
     * @param atLeast no device is called silent sooner
     * @param expected how often a device reports, for those that neither the model nor what was learned does justice to
     */
    public record Silence(@Nullable Path site, int periods, Duration atLeast, Map<String, Duration> expected) {
        public Silence {
            expected = Map.copyOf(expected);
        }
    }

    /** @param device the agent's own name as a device; the site's model has to have it */
    public record Canary(String device, Duration period) {}
}
