package org.heliograph.agent.journal;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that writes: gathers what was appended, has it committed as a group, and waits for a failing disk. */
final class Writer {
    private static final Logger log = LoggerFactory.getLogger(Writer.class);

    /** A confirmation waits so long for entries to share its commit with. */
    private static final Duration CONFIRM_WITHIN = Duration.ofSeconds(1);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    /** A disk that has room and fails is tried so often, a minute long: then only opening the file anew may help. */
    static final int TRIES_MAX = 60;

    /** So many, of a disk that takes nothing but isn't full: an hour. One that is gone is only found again by a new process. */
    static final int ROOMLESS_TRIES_MAX = 3_600;

    private final Store store;
    private final Committer committer;
    private final Room room;
    private final Journal.Limits limits;
    private final CompletableFuture<Throwable> death = new CompletableFuture<>();
    /** Bounded by the room. */
    private final LinkedBlockingQueue<Job> queue = new LinkedBlockingQueue<>();

    private final Thread thread;
    private final List<Job> group = new ArrayList<>();
    private Job.@Nullable Keep keeping;
    private boolean failing;
    private int tries;
    private int roomlessTries;
    private final LongAdder errors;
    private final Stall stall;
    private volatile @Nullable String failure;
    private volatile boolean closing;
    private volatile boolean trusted = true;

    /** @param errors counts those of the disk, but for its being full */
    Writer(Store store, Committer committer, Room room, Journal.Limits limits, LongAdder errors, Stall stall) {
        this.errors = errors;
        this.stall = stall;
        this.store = store;
        this.committer = committer;
        this.room = room;
        this.limits = limits;
        this.thread = Thread.ofPlatform()
                .daemon()
                .name("journal")
                .uncaughtExceptionHandler((_, e) -> death.complete(e))
                .unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** The file is damaged: the next start is to look at all of it. */
    void distrust() {
        trusted = false;
    }

    /** Completes when the thread has died of something that no waiting mends. */
    CompletableFuture<Throwable> death() {
        return death;
    }

    /** To be called now and then, as the thread that waits for the disk can't: gives up on one that is silent for minutes. */
    void watch() {
        // logs it, whether or not anybody asks
        Optional<String> silent = stall.reason();
        if (stall.isHopeless()) {
            death.complete(new IllegalStateException(silent.orElse("the disk has just answered")));
        }
    }

    /** One caller at a time, so that the order of the queue is the order of the calls. */
    synchronized Append append(Entry entry) {
        // what is taken while the disk is silent would be acknowledged to nobody
        return switch (closing || stall.isStalled() ? Room.Place.NONE : room.take(entry)) {
            case TAKEN -> {
                CompletableFuture<Long> onDisk = new CompletableFuture<>();
                queue.add(new Job.Write(entry, onDisk));
                yield new Append.Taken(onDisk);
            }
            case NONE -> new Append.Full(room.capacityBytes());
            case NONE_IN_THE_QUEUE -> new Append.Behind();
            case NONE_OF_ITS_SHARE -> new Append.OverShare(room.capacityBytes());
        };
    }

    /** One entry of the queue holds all that are kept until it is taken up, so that a failing disk doesn't fill the memory. */
    synchronized void keep(String name, long value) {
        if (closing) {
            return;
        }
        if (keeping == null) {
            keeping = new Job.Keep(new ConcurrentHashMap<>());
            queue.add(keeping);
        }
        keeping.numbers().put(name, value);
    }

    synchronized CompletableFuture<Long> flush() {
        CompletableFuture<Long> done = new CompletableFuture<>();
        if (closing) {
            done.complete(0L);
        } else {
            queue.add(new Job.Flush(done));
        }
        return done;
    }

    /** Ends once all is written, or the disk has taken nothing for a time; false when it isn't known to have ended. */
    boolean close(Duration atMost) {
        synchronized (this) {
            if (!closing) {
                closing = true;
                queue.add(new Job.Close());
            }
        }
        try {
            if (!thread.join(atMost)) {
                thread.interrupt();
                thread.join();
            }
            return true;
        } catch (InterruptedException _) {
            thread.interrupt();
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void run() {
        boolean closed = false;
        try {
            while (!closed) {
                gather();
                closed = group.stream().anyMatch(Job.Close.class::isInstance);
                while (!write()) {
                    Thread.sleep(RETRY_AFTER);
                }
            }
            if (trusted) {
                committer.leave();
            }
        } catch (InterruptedException _) {
            log.error("journal=abandoned unwritten={}", group.size() + queue.size());
        } finally {
            abandon();
            try {
                store.close();
            } catch (SQLException e) {
                log.warn("journal=closed with={}", e.toString());
            }
        }
    }

    /** Waits for a first entry, then for more until time or size say that it is enough, or no more are coming. */
    private void gather() throws InterruptedException {
        Job first = queue.poll(CONFIRM_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        if (first == null) {
            return;
        }
        group.add(first);
        long windowNanos = limits.commitEvery().toNanos();
        long deadline = System.nanoTime() + windowNanos;
        while (group.size() < limits.commitAt() && !(group.getLast() instanceof Job.Close)) {
            if (queue.drainTo(group, limits.commitAt() - group.size()) == 0) {
                long left = Math.min(deadline - System.nanoTime(), windowNanos / 8);
                Job next = left <= 0 ? null : queue.poll(left, TimeUnit.NANOSECONDS);
                if (next == null) {
                    return;
                }
                group.add(next);
            }
        }
    }

    /** What waits in memory, roughly: for tests of its bounds. */
    int waiting() {
        return queue.size();
    }

    /** Without the thread, for a schedule that decides when something is written: what waits goes to disk, if it can. */
    boolean writeQueued() {
        queue.drainTo(group, limits.commitAt() - group.size());
        return write();
    }

    /** What is kept from now on isn't this group's. */
    private synchronized void seal() {
        // by identity: one behind the group may hold the same numbers
        if (group.stream().anyMatch(job -> job == keeping)) {
            keeping = null;
        }
    }

    /** One attempt at the group that was gathered. After one that failed the same group is tried again. */
    private boolean write() {
        if (!committer.isDue(group)) {
            return true;
        }
        seal();
        stall.begin();
        try {
            return writeSealed();
        } finally {
            stall.end();
        }
    }

    private boolean writeSealed() {
        // there may be space again: more than the group needs, which what is left of the file may not hold
        boolean hasRoom = !failing || committer.recover();
        try {
            committer.commit(group);
        } catch (SQLException e) {
            if (ResultCode.isDamage(e)) {
                throw new IllegalStateException("the journal is damaged: " + e.getMessage(), e);
            }
            failed(e, hasRoom);
            return false;
        }
        group.clear();
        if (failing) {
            failing = false;
            tries = 0;
            roomlessTries = 0;
            failure = null;
            room.setOpen(true);
            log.info("journal=writing");
        }
        return true;
    }

    /** Why nothing is written at the moment; empty when it is. */
    Optional<String> failure() {
        return Optional.ofNullable(failure).or(stall::reason);
    }

    /**
     * Waits, for as long as the disk is full. SQLite knows neither a quota nor a file system that has become read-only: a disk
     * that takes nothing is waited for, too, but not for ever, as one that is gone looks alike.
     */
    private void failed(SQLException e, boolean hasRoom) {
        failure = reason(e, hasRoom);
        if (!failing) {
            failing = true;
            room.setOpen(false);
            log.error("journal=failing reason={}", e.toString());
        }
        log.debug("journal=still-failing reason={}", e.toString());
        if (ResultCode.mayPass(e)) {
            tries = 0;
            roomlessTries = 0;
        } else if (hasRoom) {
            errors.increment();
            tries++;
        } else {
            tries = 0;
            roomlessTries++;
        }
        if (tries >= TRIES_MAX || roomlessTries >= ROOMLESS_TRIES_MAX) {
            throw new IllegalStateException("the journal's disk fails: " + e.getMessage(), e);
        }
        committer.drain(e);
    }

    private static String reason(SQLException e, boolean hasRoom) {
        if (ResultCode.isFull(e)) {
            return "the disk is full";
        }
        return (hasRoom ? "the disk fails: " : "the disk takes nothing (a quota, or mounted read-only?): ")
                + e.getMessage();
    }

    private void abandon() {
        synchronized (this) {
            closing = true;
        }
        queue.drainTo(group);
        for (Job job : group) {
            switch (job) {
                case Job.Write write ->
                    write.onDisk().completeExceptionally(new JournalException("the journal was closed"));
                case Job.Flush flush ->
                    flush.done().completeExceptionally(new JournalException("the journal was closed"));
                case Job.Keep _, Job.Close _ -> {
                    // nobody waits
                }
            }
        }
        group.clear();
    }
}
