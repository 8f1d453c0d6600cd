package org.heliograph.agent.journal;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What goes into a transaction, and who is told once it is on disk. For one thread; it knows no clock. */
final class Committer {
    private static final Logger log = LoggerFactory.getLogger(Committer.class);

    private final Store store;
    private final Room room;
    private final Progress progress;
    private final Shedder shedder;
    private long nextOffset;
    private Progress.Confirmation deleted;
    private Amount deadLetters;
    private final AtomicLong dropped;
    private long droppedOnDisk;

    /** @param deadLetters that are on disk */
    Committer(
            Store store,
            Room room,
            Progress progress,
            Shedder shedder,
            long nextOffset,
            Amount deadLetters,
            long dropped) {
        this.store = store;
        this.room = room;
        this.progress = progress;
        this.shedder = shedder;
        this.nextOffset = nextOffset;
        this.deleted = progress.confirmation();
        this.deadLetters = deadLetters;
        this.dropped = new AtomicLong(dropped);
        this.droppedOnDisk = dropped;
    }

    /** Dead letters that had to give way, ever. */
    long dropped() {
        return dropped.get();
    }

    /** One more, that never came here. For any thread. */
    void drop() {
        dropped.incrementAndGet();
    }

    /** Whether there is anything to write, if only that something was delivered. */
    boolean isDue(List<Job> group) {
        return !group.isEmpty() || deleted.isBehind(progress.confirmation());
    }

    /** Brings a group to disk, with the deletion of what was delivered; throws with nothing of either on disk. */
    void commit(List<Job> group) throws SQLException {
        if (room.overBytes() == 0) {
            commit(group, 0);
            return;
        }
        // nothing is handed out until what gives way is gone
        progress.handing().lock();
        try {
            commit(group, room.overBytes());
        } finally {
            progress.handing().unlock();
        }
    }

    private void commit(List<Job> group, long overBytes) throws SQLException {
        Progress.Confirmation confirmed = progress.confirmation();
        Shedder.Outcome shed = Shedder.Outcome.NOTHING;
        try {
            Amount inserted = insert(group);
            Amount delivered = delete(confirmed);
            Amount over = dropOver(deadLetters.plus(inserted).minus(delivered), inserted);
            long nowDropped = keepDropped(over);
            if (overBytes > 0) {
                shed = shedder.shed(overBytes, progress.handedOut(), nextOffset + writes(group));
            }
            store.commit();
            droppedOnDisk = nowDropped;
            if (overBytes > 0) {
                shedder.committed();
            }
            settle(confirmed, delivered.plus(over));
            room.left(shed.gone(), shed.yielding(), Amount.NONE);
            if (shed.yielding().bytes() > 0) {
                log.debug(
                        "journal=full gaveWay={} bytes={}",
                        shed.yielding().entries(),
                        shed.yielding().bytes());
            }
            deadLetters = deadLetters.plus(inserted);
            if (over.entries() > 0) {
                dropped.addAndGet(over.entries());
                log.debug("journal=dropping deadLetters={} bytes={}", over.entries(), over.bytes());
            }
        } catch (SQLException e) {
            rollback();
            throw e;
        }
        announce(group, shed.reports());
        var _ = recover();
    }

    /** Says what there is, for the next start: nothing is written after this. */
    void leave() {
        try {
            for (Map.Entry<String, Long> number : shedder.left(room).numbers().entrySet()) {
                store.keep(number.getKey(), number.getValue());
            }
            store.commit();
        } catch (SQLException e) {
            log.debug("journal=left-unsaid reason={}", e.toString());
            rollback();
        }
    }

    private static long writes(List<Job> group) {
        return group.stream().filter(Job.Write.class::isInstance).count();
    }

    /** Takes the reserve back, and with it the leave to grow, where the disk has space for both; whether it has. */
    boolean recover() {
        try {
            return store.recover();
        } catch (SQLException e) {
            log.debug("journal=without-reserve reason={}", e.toString());
            return false;
        }
    }

    /**
     * Deletes what was delivered, in a transaction of its own: a full disk takes no entry, but can be emptied. False when
     * there was nothing to delete, or the disk didn't even take that.
     */
    boolean drain(SQLException failure) {
        Progress.Confirmation confirmed = progress.confirmation();
        try {
            if (!ResultCode.isBusy(failure)) {
                store.makeRoom();
            }
            if (!deleted.isBehind(confirmed)) {
                return false;
            }
            Amount delivered = delete(confirmed);
            store.commit();
            settle(confirmed, delivered);
            return true;
        } catch (SQLException e) {
            log.debug("journal=not-even-deleting reason={}", e.toString());
            rollback();
            return false;
        }
    }

    private Amount insert(List<Job> group) throws SQLException {
        Amount ofDeadLetters = Amount.NONE;
        long offset = nextOffset;
        for (Job job : group) {
            switch (job) {
                case Job.Write write -> {
                    store.insert(offset++, write.entry());
                    if (write.entry().kind() == Entry.Kind.DEAD_LETTER) {
                        ofDeadLetters = ofDeadLetters.plus(write.entry());
                    }
                }
                case Job.Keep keep -> {
                    for (Map.Entry<String, Long> number : keep.numbers().entrySet()) {
                        store.keep(number.getKey(), number.getValue());
                    }
                }
                case Job.Flush _, Job.Close _ -> {
                    // nothing of its own to write
                }
            }
        }
        return ofDeadLetters;
    }

    private Amount delete(Progress.Confirmation confirmed) throws SQLException {
        if (!deleted.isBehind(confirmed)) {
            return Amount.NONE;
        }
        Amount ofDeadLetters = store.deleteThrough(deleted.offset(), confirmed.offset(), confirmed.letters());
        store.keep(Store.CONFIRMED, confirmed.offset());
        boolean wait = confirmed.letters() < confirmed.offset();
        if (wait || deleted.letters() < deleted.offset()) {
            store.keep(Store.WAITING, wait ? confirmed.letters() + 1 : 0);
        }
        return ofDeadLetters;
    }

    private Amount dropOver(Amount onDisk, Amount inserted) throws SQLException {
        long over = onDisk.bytes() - room.deadLetterBytesMax();
        if (over <= 0 || inserted.entries() == 0) {
            return Amount.NONE;
        }
        return store.dropDeadLetters(over);
    }

    /** @return how many that were, with what is dropped now */
    private long keepDropped(Amount now) throws SQLException {
        long all = dropped.get() + now.entries();
        if (all != droppedOnDisk) {
            store.keep(Store.DROPPED, all);
        }
        return all;
    }

    private void settle(Progress.Confirmation confirmed, Amount ofDeadLetters) {
        room.left(
                confirmed.readings().minus(deleted.readings()),
                confirmed.yielding().minus(deleted.yielding()),
                ofDeadLetters);
        deadLetters = deadLetters.minus(ofDeadLetters);
        deleted = confirmed;
    }

    private void rollback() {
        try {
            store.rollback();
        } catch (SQLException e) {
            log.debug("journal=rollback-failed reason={}", e.toString());
        }
    }

    private void announce(List<Job> group, int reports) {
        long first = nextOffset;
        long readingBytes = 0;
        long deadLetterBytes = 0;
        for (Job job : group) {
            if (job instanceof Job.Write write) {
                switch (write.entry().kind()) {
                    case READINGS, REPORT, HELD -> readingBytes += write.entry().sizeBytes();
                    case DEAD_LETTER -> deadLetterBytes += write.entry().sizeBytes();
                }
                nextOffset++;
            }
        }
        room.written(readingBytes, deadLetterBytes);
        long last = nextOffset - 1;
        nextOffset += reports;
        progress.committed(nextOffset - 1);
        long offset = first;
        for (Job job : group) {
            switch (job) {
                case Job.Write write -> write.onDisk().complete(offset++);
                case Job.Flush flush -> flush.done().complete(last);
                case Job.Keep _, Job.Close _ -> {
                    // nobody waits
                }
            }
        }
    }
}
