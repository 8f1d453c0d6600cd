package org.heliograph.agent;

import org.heliograph.agent.intake.IntakeCounts;
import org.heliograph.agent.journal.Backlog;

/**
 * How an agent is doing, counted since its start.
 *
 * @param uplinked entries that Kafka has confirmed, of this start and of earlier ones
 * @param reachable whether Kafka was, at the last attempt
 */
public record Status(IntakeCounts intake, long uplinked, boolean reachable, Backlog backlog) {}
