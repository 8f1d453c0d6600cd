package org.heliograph.agent.source.board;

/** What the light shows: so many flashes, then a pause; without end when something is broken. */
public enum Signal {
    /** All is well. */
    WELL(0, 1),
    /** Kafka is not reached; readings are kept. */
    WAITING(1, 2),
    /** What waits takes up half of the journal, or more. */
    FILLING(2, 3),
    /** Nothing is kept any more: the journal is full, or its disk fails, or a part of the agent has died. */
    FAULT(3, Integer.MAX_VALUE);

    private final int number;
    private final int flashes;

    Signal(int number, int flashes) {
        this.number = number;
        this.flashes = flashes;
    }

    /** Of the point {@code state}, in which the agent reports it of itself. */
    public int number() {
        return number;
    }

    int flashes() {
        return flashes;
    }
}
