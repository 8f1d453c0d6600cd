package org.heliograph.agent.journal;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that writes: gathers what was appended and commits it as a group. */
final class Writer {
    private static final Logger log = LoggerFactory.getLogger(Writer.class);

    /** What may wait in memory for a disk that is slow or failing. */
    private static final long QUEUE_BYTES_MAX = 16L << 20;

    /** A confirmation waits so long for entries to share its commit with. */
    private static final Duration CONFIRM_WITHIN = Duration.ofSeconds(1);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(3);

    private sealed interface Work {
        record Write(Entry entry, CompletableFuture<Long> onDisk) implements Work {}

        record Keep(String name, long value) implements Work {}

        record Flush(CompletableFuture<Long> done) implements Work {}

        record Close() implements Work {}
    }

    private record Confirmation(long offset, long entries, long bytes) {}

    private final Database database;
    private final Journal.Limits limits;
    /** Bounded by {@link #QUEUE_BYTES_MAX} in {@link #append}. */
    private final LinkedBlockingQueue<Work> queue = new LinkedBlockingQueue<>();

    private final AtomicLong queuedBytes = new AtomicLong();
    private final AtomicLong entries;
    private final AtomicLong bytes;
    private final Thread thread;
    private final Object commits = new Object();
    private long committedOffset;
    private Confirmation confirmation;
    private Confirmation deleted;
    private long nextOffset;
    private boolean failing;
    private volatile boolean closing;

    private Writer(Database database, Journal.Limits limits, Backlog backlog, long lastOffset, long confirmed) {
        this.database = database;
        this.limits = limits;
        this.entries = new AtomicLong(backlog.entries());
        this.bytes = new AtomicLong(backlog.bytes());
        this.committedOffset = Math.max(lastOffset, confirmed);
        this.nextOffset = committedOffset + 1;
        this.confirmation = new Confirmation(confirmed, 0, 0);
        this.deleted = confirmation;
        this.thread = Thread.ofPlatform().name("journal").unstarted(this::run);
    }

    static Writer start(Database database, Journal.Limits limits, long confirmed) throws SQLException {
        Writer writer = new Writer(database, limits, database.backlog(), database.lastOffset(), confirmed);
        writer.thread.start();
        return writer;
    }

    /** One caller at a time, so that the order of the queue is the order of the calls. */
    synchronized Append append(Entry entry) {
        long size = entry.sizeBytes();
        if (closing || bytes.get() + size > limits.maxBytes() || queuedBytes.get() + size > QUEUE_BYTES_MAX) {
            return new Append.Full(limits.maxBytes());
        }
        entries.incrementAndGet();
        bytes.addAndGet(size);
        queuedBytes.addAndGet(size);
        CompletableFuture<Long> onDisk = new CompletableFuture<>();
        queue.add(new Work.Write(entry, onDisk));
        return new Append.Taken(onDisk);
    }

    synchronized void keep(String name, long value) {
        if (!closing) {
            queue.add(new Work.Keep(name, value));
        }
    }

    synchronized CompletableFuture<Long> flush() {
        CompletableFuture<Long> done = new CompletableFuture<>();
        if (closing) {
            done.complete(0L);
        } else {
            queue.add(new Work.Flush(done));
        }
        return done;
    }

    Backlog backlog() {
        return new Backlog(entries.get(), bytes.get());
    }

    long confirmed() {
        synchronized (commits) {
            return confirmation.offset();
        }
    }

    void confirm(List<Stored> delivered) {
        synchronized (commits) {
            long size = 0;
            for (Stored stored : delivered) {
                size += stored.entry().sizeBytes();
            }
            confirmation = new Confirmation(
                    delivered.getLast().offset(),
                    confirmation.entries() + delivered.size(),
                    confirmation.bytes() + size);
        }
    }

    boolean awaitBehind(long offset, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        synchronized (commits) {
            while (committedOffset <= offset) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(commits, left);
            }
            return true;
        }
    }

    void close() {
        synchronized (this) {
            if (closing) {
                return;
            }
            closing = true;
            queue.add(new Work.Close());
        }
        try {
            if (!thread.join(CLOSE_WITHIN)) {
                thread.interrupt();
                thread.join();
            }
        } catch (InterruptedException _) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        List<Work> group = new ArrayList<>();
        boolean closed = false;
        try {
            while (!closed) {
                gather(group);
                write(group);
                closed = group.removeIf(Work.Close.class::isInstance);
                group.clear();
            }
        } catch (InterruptedException _) {
            log.error("journal=abandoned unwritten={}", group.size() + queue.size());
        } finally {
            abandon(group);
            try {
                database.close();
            } catch (SQLException e) {
                log.warn("journal=closed with={}", e.toString());
            }
        }
    }

    /** Waits for a first entry, then for more until time or size say that it is enough, or no more are coming. */
    private void gather(List<Work> group) throws InterruptedException {
        Work first = queue.poll(CONFIRM_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        if (first == null) {
            return;
        }
        group.add(first);
        long windowNanos = limits.commitEvery().toNanos();
        long deadline = System.nanoTime() + windowNanos;
        while (group.size() < limits.commitAt() && !(group.getLast() instanceof Work.Close)) {
            if (queue.drainTo(group, limits.commitAt() - group.size()) == 0) {
                long left = Math.min(deadline - System.nanoTime(), windowNanos / 8);
                Work next = left <= 0 ? null : queue.poll(left, TimeUnit.NANOSECONDS);
                if (next == null) {
                    return;
                }
                group.add(next);
            }
        }
    }

    /** Writes a group, however often the disk fails. */
    private void write(List<Work> group) throws InterruptedException {
        Confirmation confirming;
        synchronized (commits) {
            confirming = confirmation;
        }
        if (group.isEmpty() && confirming.offset() == deleted.offset()) {
            return;
        }
        while (true) {
            try {
                commit(group, confirming);
                break;
            } catch (SQLException e) {
                if (!failing) {
                    failing = true;
                    log.error("journal=failing reason={}", e.toString());
                }
                rollback();
                Thread.sleep(RETRY_AFTER);
            }
        }
        if (failing) {
            failing = false;
            log.info("journal=writing");
        }
        release(confirming);
        announce(group);
    }

    private void commit(List<Work> group, Confirmation confirming) throws SQLException {
        long offset = nextOffset;
        for (Work work : group) {
            switch (work) {
                case Work.Write write -> database.insert(offset++, write.entry());
                case Work.Keep keep -> database.keep(keep.name(), keep.value());
                case Work.Flush _, Work.Close _ -> {
                    // nothing of its own to write
                }
            }
        }
        if (confirming.offset() > deleted.offset()) {
            database.deleteThrough(confirming.offset());
            database.keep(Database.CONFIRMED, confirming.offset());
        }
        database.commit();
    }

    private void rollback() {
        try {
            database.rollback();
        } catch (SQLException e) {
            log.debug("journal=rollback-failed reason={}", e.toString());
        }
    }

    private void release(Confirmation confirming) {
        entries.addAndGet(deleted.entries() - confirming.entries());
        bytes.addAndGet(deleted.bytes() - confirming.bytes());
        deleted = confirming;
    }

    private void announce(List<Work> group) {
        long first = nextOffset;
        for (Work work : group) {
            if (work instanceof Work.Write write) {
                queuedBytes.addAndGet(-write.entry().sizeBytes());
                nextOffset++;
            }
        }
        synchronized (commits) {
            committedOffset = nextOffset - 1;
            commits.notifyAll();
        }
        long offset = first;
        for (Work work : group) {
            switch (work) {
                case Work.Write write -> write.onDisk().complete(offset++);
                case Work.Flush flush -> flush.done().complete(nextOffset - 1);
                case Work.Keep _, Work.Close _ -> {
                    // nobody waits
                }
            }
        }
    }

    private void abandon(List<Work> group) {
        queue.drainTo(group);
        for (Work work : group) {
            switch (work) {
                case Work.Write write ->
                    write.onDisk().completeExceptionally(new JournalException("the journal was closed"));
                case Work.Flush flush ->
                    flush.done().completeExceptionally(new JournalException("the journal was closed"));
                case Work.Keep _, Work.Close _ -> {
                    // nobody waits
                }
            }
        }
    }
}
