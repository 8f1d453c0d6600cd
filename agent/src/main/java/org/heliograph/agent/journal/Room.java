package org.heliograph.agent.journal;

/**
 * What may be taken. Readings and dead letters have shares of their own, on disk and in memory: whatever is refused, and
 * however much of it, takes no room from readings. Readings that don't fit are not taken; of dead letters the oldest give
 * way, once they are on disk.
 */
final class Room {
    /** Dead letters get this part of the readings' quota, beside it. */
    private static final int DEAD_LETTER_PART = 8;

    /** What may wait in memory for a disk that is slow. */
    private static final long QUEUED_READING_BYTES_MAX = 8L << 20;

    private static final long QUEUED_DEAD_LETTER_BYTES_MAX = 1L << 20;

    private final long maxBytes;
    private Amount readings;
    private Amount deadLetters;
    private long queuedReadingBytes;
    private long queuedDeadLetterBytes;
    private boolean open = true;

    Room(long maxBytes, Amount readings, Amount deadLetters) {
        this.maxBytes = maxBytes;
        this.readings = readings;
        this.deadLetters = deadLetters;
    }

    long capacityBytes() {
        return maxBytes;
    }

    /** What dead letters may hold on disk. */
    long deadLetterBytesMax() {
        return maxBytes / DEAD_LETTER_PART;
    }

    /** Makes room for an entry in the queue and on disk; false when there is none. */
    synchronized boolean take(Entry entry) {
        long size = entry.sizeBytes();
        if (!open) {
            return false;
        }
        return switch (entry.kind()) {
            case READINGS -> {
                if (readings.bytes() + size > maxBytes || queuedReadingBytes + size > QUEUED_READING_BYTES_MAX) {
                    yield false;
                }
                readings = readings.plus(entry);
                queuedReadingBytes += size;
                yield true;
            }
            case DEAD_LETTER -> {
                if (queuedDeadLetterBytes + size > QUEUED_DEAD_LETTER_BYTES_MAX) {
                    yield false;
                }
                deadLetters = deadLetters.plus(entry);
                queuedDeadLetterBytes += size;
                yield true;
            }
        };
    }

    /** An entry went from the queue to the disk. */
    synchronized void written(Entry entry) {
        switch (entry.kind()) {
            case READINGS -> queuedReadingBytes -= entry.sizeBytes();
            case DEAD_LETTER -> queuedDeadLetterBytes -= entry.sizeBytes();
        }
    }

    /** Entries left the disk. */
    synchronized void left(Amount ofReadings, Amount ofDeadLetters) {
        readings = readings.minus(ofReadings);
        deadLetters = deadLetters.minus(ofDeadLetters);
    }

    /** While the disk takes nothing, neither do we: what waits in memory is not safe. */
    synchronized void setOpen(boolean open) {
        this.open = open;
    }

    synchronized boolean isOpen() {
        return open;
    }

    synchronized Backlog backlog() {
        Amount all = readings.plus(deadLetters);
        return new Backlog(all.entries(), all.bytes());
    }
}
