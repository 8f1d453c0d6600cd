package org.heliograph.streams.alert;

/**
 * How it is with who is told of alerts.
 *
 * @param problem why it takes nothing now; empty when it does
 * @param refused alerts that it will never take
 */
public record ReceiverState(String name, String problem, long refused) {}
