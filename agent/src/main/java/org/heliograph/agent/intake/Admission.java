package org.heliograph.agent.intake;

/** What became of what a source handed in. The device's acknowledgement follows from it. */
public sealed interface Admission {
    /** On disk: acknowledge. */
    record Kept(long offset) implements Admission {}

    /** No room until the backlog shrinks: no acknowledgement, hand it in again later. */
    record Full(long capacityBytes) implements Admission {}

    /** It can never be accepted; a dead letter with the reason is on disk: acknowledge. */
    record Refused(String reason) implements Admission {}
}
