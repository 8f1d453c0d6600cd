package org.heliograph.agent.journal;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/** How far the writer has got, for the pump; and how far the pump has, for the writer. */
final class Progress {
    private final Predicate<String> yields;
    /** Held by who hands entries out, and by who lets entries give way: one that is being sent doesn't. */
    private final Lock handing = new ReentrantLock();

    private long committed;
    private long handedOut;
    private Confirmation confirmation;

    /**
     * What was confirmed since the start.
     *
     * @param offset everything up to here
     * @param letters ... but of dead letters only those up to here
     * @param readings all but dead letters
     * @param yielding of the readings, those that might have given way
     */
    record Confirmation(long offset, long letters, Amount readings, Amount yielding) {
        boolean isBehind(Confirmation other) {
            return offset < other.offset || letters < other.letters;
        }
    }

    Progress(long committed, long confirmed, long letters, Predicate<String> yields) {
        this.committed = committed;
        this.handedOut = confirmed;
        this.confirmation = new Confirmation(confirmed, letters, Amount.NONE, Amount.NONE);
        this.yields = yields;
    }

    Lock handing() {
        return handing;
    }

    /** With {@link #handing} held: the pump has entries up to here, and may send them. */
    void handOut(long offset) {
        handedOut = Math.max(handedOut, offset);
    }

    /** With {@link #handing} held. */
    long handedOut() {
        return handedOut;
    }

    synchronized void committed(long offset) {
        committed = offset;
        notifyAll();
    }

    synchronized boolean awaitBehind(long offset, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (committed <= offset) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }

    /** @param letters dead letters behind it weren't delivered */
    synchronized void confirm(List<Stored> delivered, long letters) {
        Amount readings = confirmation.readings();
        Amount yielding = confirmation.yielding();
        for (Stored stored : delivered) {
            Entry entry = stored.onDisk();
            if (entry.kind() != Entry.Kind.DEAD_LETTER) {
                readings = readings.plus(entry);
                yielding = entry.kind().isReadings() && yields.test(entry.key()) ? yielding.plus(entry) : yielding;
            }
        }
        confirmation = new Confirmation(delivered.getLast().offset(), letters, readings, yielding);
        notifyAll();
    }

    synchronized void confirmLetters(long through) {
        confirmation =
                new Confirmation(confirmation.offset(), through, confirmation.readings(), confirmation.yielding());
    }

    /** Waits until an entry was delivered; false when it wasn't in that time. */
    synchronized boolean awaitConfirmed(long offset, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (confirmation.offset() < offset) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }

    synchronized Confirmation confirmation() {
        return confirmation;
    }
}
