package org.heliograph.agent;

import org.heliograph.agent.intake.IntakeCounts;
import org.heliograph.agent.journal.Backlog;

/**
 * How an agent is doing, counted since its start.
 *
 * @param uplinked entries that Kafka has confirmed, of this start and of earlier ones
 * @param reachable whether Kafka was, at the last attempt
 * @param droppedDeadLetters that had to give way to newer ones in the journal, of this start and of earlier ones
 */
public record Status(IntakeCounts intake, long uplinked, boolean reachable, Backlog backlog, long droppedDeadLetters) {}
