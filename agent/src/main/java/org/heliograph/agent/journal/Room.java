package org.heliograph.agent.journal;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What may be taken. Readings and dead letters have shares of their own, on disk and in memory: whatever is refused, and
 * however much of it, takes no room from readings. Readings that don't fit are not taken, unless others may give way to
 * them; of dead letters the oldest give way. Both give way once they are on disk. No key has more than its share of what
 * doesn't give way.
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
    private final Shares shares;
    private Amount readings;
    /** The readings that may give way. */
    private Amount yielding;

    private Amount deadLetters;
    private long queuedReadingBytes;
    private long queuedDeadLetterBytes;
    private boolean open = true;

    /** What becomes of an entry. */
    enum Place {
        TAKEN,
        NONE,
        /** There is room, for others. */
        NONE_OF_ITS_SHARE,
        /** There will be, as soon as the disk has taken other dead letters. */
        NONE_IN_THE_QUEUE
    }

    Room(long maxBytes, Predicate<String> yields, Left left, Amount deadLetters) {
        this.maxBytes = maxBytes;
        this.yields = yields;
        this.shares = new Shares(maxBytes, left.shares());
        this.readings = left.readings();
        this.yielding = left.yielding();
        this.deadLetters = deadLetters;
    }

    long capacityBytes() {
        return maxBytes;
    }

    /** What dead letters may hold on disk. */
    long deadLetterBytesMax() {
        return maxBytes / DEAD_LETTER_PART;
    }

    /** Makes room for an entry in the queue and on disk, if there is any. */
    synchronized Place take(Entry entry) {
        if (!open) {
            return Place.NONE;
        }
        return switch (entry.kind()) {
            case READINGS, REPORT, HELD -> takeReadings(entry);
            case DEAD_LETTER -> {
                long size = entry.sizeBytes();
                if (queuedDeadLetterBytes + size > QUEUED_DEAD_LETTER_BYTES_MAX) {
                    yield Place.NONE_IN_THE_QUEUE;
                }
                deadLetters = deadLetters.plus(entry);
                queuedDeadLetterBytes += size;
                yield Place.TAKEN;
            }
        };
    }

    private Place takeReadings(Entry entry) {
        long size = entry.sizeBytes();
        long free = maxBytes - (readings.bytes() - yielding.bytes());
        if (size > free || queuedReadingBytes + size > QUEUED_READING_BYTES_MAX) {
            return Place.NONE;
        }
        if (entry.kind().isReadings()) {
            shares.speaks(entry.key());
            if (yields.test(entry.key())) {
                yielding = yielding.plus(entry);
            } else if (shares.mayTake(entry.key(), size, free)) {
                shares.taken(entry.key(), size);
            } else {
                return Place.NONE_OF_ITS_SHARE;
            }
        }
        readings = readings.plus(entry);
        queuedReadingBytes += size;
        return Place.TAKEN;
    }

    /** Entries arrived, and need no room any more once they are deleted. */
    synchronized void delivered(List<Stored> entries) {
        for (Stored stored : entries) {
            Entry entry = stored.onDisk();
            if (entry.kind().isReadings()) {
                shares.given(entry.key(), entry.sizeBytes());
            }
        }
    }

    /** Whose share is used up, while others' aren't. */
    synchronized Optional<String> greedy() {
        return shares.greedy();
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
        return new Left(boot, rules, thinned, readings, yielding, shares.large());
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
