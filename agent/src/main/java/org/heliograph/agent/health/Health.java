package org.heliograph.agent.health;

import java.util.List;

/**
 * How the agent is doing.
 *
 * @param causes what is not as it should be; empty when all is well
 */
public record Health(List<Cause> causes) {
    public Health {
        causes = List.copyOf(causes);
    }

    /** How bad it is. */
    public enum Severity {
        /** Readings are kept, but something is missing. */
        DEGRADED,
        /** Readings are not kept until something outside changes. */
        FAILING,
        /** Only a new process helps. */
        DEAD
    }

    public record Cause(String part, Severity severity, String message) {}

    /** Whether readings are taken. */
    public boolean isReady() {
        return causes.stream().allMatch(cause -> cause.severity() == Severity.DEGRADED);
    }

    /** Whether the process is worth keeping. */
    public boolean isLive() {
        return causes.stream().noneMatch(cause -> cause.severity() == Severity.DEAD);
    }
}
