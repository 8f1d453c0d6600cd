package org.heliograph.agent.intake;

/**
 * What was handed in since the start, by its outcome.
 *
 * @param overShare what would have taken more than its device's share of the journal: it is lost
 * @param turnedAway times that the journal had no room; what was turned away may have been handed in again
 */
public record IntakeCounts(long received, long kept, long refused, long overShare, long turnedAway) {}
