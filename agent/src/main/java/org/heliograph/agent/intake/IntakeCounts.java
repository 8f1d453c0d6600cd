package org.heliograph.agent.intake;

/**
 * What was handed in since the start, by its outcome.
 *
 * @param turnedAway times that the journal had no room; what was turned away may have been handed in again
 */
public record IntakeCounts(long received, long kept, long refused, long turnedAway) {}
