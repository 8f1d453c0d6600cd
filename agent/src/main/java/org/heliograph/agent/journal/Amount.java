package org.heliograph.agent.journal;

/** A number of entries and their size. */
record Amount(long entries, long bytes) {
    static final Amount NONE = new Amount(0, 0);

    Amount plus(Amount other) {
        return new Amount(entries + other.entries, bytes + other.bytes);
    }

    Amount minus(Amount other) {
        return new Amount(entries - other.entries, bytes - other.bytes);
    }

    Amount plus(Entry entry) {
        return new Amount(entries + 1, bytes + entry.sizeBytes());
    }
}
