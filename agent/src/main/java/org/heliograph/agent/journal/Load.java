package org.heliograph.agent.journal;

/**
 * How much of the quota of readings is in use, 1 being all. Dead letters have a part of their own beside it.
 *
 * @param all of it
 * @param firm what doesn't give way: at 1 nothing more is taken
 */
public record Load(double all, double firm) {}
