package org.heliograph.agent.intake;

/** What became of what a source handed in. The device's acknowledgement follows from it. */
public sealed interface Admission {
    /** On disk: acknowledge. */
    record Kept(long offset) implements Admission {}

    /**
     * Of a presence that follows others within seconds: it is told soon, unless a newer one is by then: acknowledge. A kill
     * before that forgets it, and the next start asks anew.
     */
    record Later() implements Admission {}

    /** No room until the backlog shrinks: no acknowledgement, hand it in again later. */
    record Full(long capacityBytes) implements Admission {}

    /**
     * It can never be accepted: acknowledge.
     *
     * @param overLimit whether it was too much, and is only counted; else a dead letter with the reason is on disk, or was
     *     dropped and counted, where more came than the disk takes
     */
    record Refused(String reason, boolean overLimit) implements Admission {
        public Refused(String reason) {
            this(reason, false);
        }
    }
}
