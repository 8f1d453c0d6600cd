package org.heliograph.agent.journal;

import java.util.function.Predicate;

/**
 * What may be taken. Readings and dead letters have shares of their own, on disk and in memory: whatever is refused, and
 * however much of it, takes no room from readings. Readings that don't fit are not taken, unless others may give way to
 * them; of dead letters the oldest give way. Both give way once they are on disk.
 */
final class Room {
    /** Dead letters get this part of the readings' quota, beside it. */
    private static final int DEAD_LETTER_PART = 8;

    /** What may wait in memory for a disk that is slow. */
    private static final long QUEUED_READING_BYTES_MAX = 8L << 20;

    private static final long QUEUED_DEAD_LETTER_BYTES_MAX = 1L << 20;

    /** What gives way at once beyond what is needed, so that it isn't needed for every group. */
    private static final int SHED_PART = 32;

    private final long maxBytes;
    private final Predicate<String> yields;
    private Amount readings;
    /** The readings that may give way. */
    private Amount yielding;

    private Amount deadLetters;
    private long queuedReadingBytes;
    private long queuedDeadLetterBytes;
    private boolean open = true;

    Room(long maxBytes, Predicate<String> yields, Amount readings, Amount yielding, Amount deadLetters) {
        this.maxBytes = maxBytes;
        this.yields = yields;
        this.readings = readings;
        this.yielding = yielding;
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
            case READINGS, REPORT, HELD -> {
                if (readings.bytes() - yielding.bytes() + size > maxBytes
                        || queuedReadingBytes + size > QUEUED_READING_BYTES_MAX) {
                    yield false;
                }
                readings = readings.plus(entry);
                if (entry.kind().isReadings() && yields.test(entry.key())) {
                    yielding = yielding.plus(entry);
                }
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

    /** Entries went from the queue to the disk; all of a group at once, as who appends waits meanwhile. */
    synchronized void written(long readingBytes, long deadLetterBytes) {
        queuedReadingBytes -= readingBytes;
        queuedDeadLetterBytes -= deadLetterBytes;
    }

    /** What has to give way; 0 when nothing has to. */
    synchronized long overBytes() {
        long over = readings.bytes() - maxBytes;
        return over <= 0 ? 0 : over + maxBytes / SHED_PART;
    }

    /** Entries left the disk. */
    synchronized void left(Amount ofReadings, Amount ofYielding, Amount ofDeadLetters) {
        readings = readings.minus(ofReadings);
        yielding = yielding.minus(ofYielding);
        deadLetters = deadLetters.minus(ofDeadLetters);
    }

    /** What is there, once nothing waits any more to be written. */
    synchronized Left left(long boot, long rules, long thinned) {
        return new Left(boot, rules, thinned, readings, yielding);
    }

    /** While the disk takes nothing, neither do we: what waits in memory is not safe. */
    synchronized void setOpen(boolean open) {
        this.open = open;
    }

    synchronized boolean isOpen() {
        return open;
    }

    synchronized Load load() {
        return new Load(
                (double) readings.bytes() / maxBytes, (double) (readings.bytes() - yielding.bytes()) / maxBytes);
    }

    synchronized Backlog backlog() {
        Amount all = readings.plus(deadLetters);
        return new Backlog(all.entries(), all.bytes());
    }
}
