package org.heliograph.agent.journal;

/** What waits for delivery, including what is about to be written. */
public record Backlog(long entries, long bytes) {}
