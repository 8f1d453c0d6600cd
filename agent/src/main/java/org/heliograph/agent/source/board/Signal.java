package org.heliograph.agent.source.board;

/** What the light shows: so many flashes, then a pause; without end when something is broken. */
public enum Signal {
    /** All is well. */
    WELL(1),
    /** Kafka is not reached; readings are kept. */
    WAITING(2),
    /** What waits takes up half of the journal, or more. */
    FILLING(3),
    /** Nothing is kept any more: the journal is full, or its disk fails, or a part of the agent has died. */
    FAULT(Integer.MAX_VALUE);

    private final int flashes;

    Signal(int flashes) {
        this.flashes = flashes;
    }

    int flashes() {
        return flashes;
    }
}
