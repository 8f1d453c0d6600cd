package org.heliograph.agent.journal;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How far the writer has got, for the pump; and how far the pump has, for the writer. */
final class Progress {
    private long committed;
    private Confirmation confirmation;

    /** @param readings among what was confirmed since the start */
    record Confirmation(long offset, Amount readings) {}

    Progress(long committed, long confirmed) {
        this.committed = committed;
        this.confirmation = new Confirmation(confirmed, Amount.NONE);
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

    synchronized void confirm(List<Stored> delivered) {
        Amount readings = confirmation.readings();
        for (Stored stored : delivered) {
            if (stored.entry().kind() == Entry.Kind.READINGS) {
                readings = readings.plus(stored.entry());
            }
        }
        confirmation = new Confirmation(delivered.getLast().offset(), readings);
    }

    synchronized Confirmation confirmation() {
        return confirmation;
    }
}
