package org.heliograph.agent.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The agent's promises on disk; the package says what it guarantees. */
public final class Journal implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Journal.class);

    private static final long READ_BYTES_MAX = 4L << 20;
    /** What was handed out gives way no more: of a small quota it is this part, so that the rest still can. */
    private static final long READ_PART = 4;

    /** A batch all the same; no agent's quota is that small. */
    private static final long READ_BYTES_MIN = 256 << 10;

    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(3);

    private final AutoCloseable lock;
    private final Store reader;
    private final Writer writer;
    private final Room room;
    private final Progress progress;
    private final Committer committer;
    private final Counters counters;
    private final LongAdder errors;
    private final long readBytesMax;
    private final long boot;
    private final long born;

    /**
     * When it commits, and how much it holds.
     *
     * @param commitEvery an entry waits at most so long for others to share its transaction with; less, when no other
     *     arrives for an eighth of it
     * @param commitAt entries that make a transaction full
     * @param maxBytes readings that wait for delivery at most; beyond it what is new isn't taken, or what is old gives way.
     *     Dead letters have an eighth of it, beside it
     */
    public record Limits(Duration commitEvery, int commitAt, long maxBytes) {}

    Journal(AutoCloseable lock, Store reader, Opening opened, long maxBytes) {
        this.lock = lock;
        this.reader = reader;
        this.writer = opened.writer();
        this.room = opened.room();
        this.progress = opened.progress();
        this.committer = opened.committer();
        this.counters = opened.counters();
        this.errors = opened.errors();
        this.boot = opened.boot();
        this.born = opened.born();
        this.readBytesMax = Math.clamp(maxBytes / READ_PART, READ_BYTES_MIN, READ_BYTES_MAX);
    }

    /** Opens a journal in which nothing gives way. */
    public static Journal open(Path file, Limits limits, InstantSource clock) throws JournalException {
        return open(file, limits, Shedding.NOTHING, clock);
    }

    /** @throws JournalException if the file is there, and isn't a journal */
    public static void requireOurs(Path file) throws JournalException {
        try {
            JournalFile.requireOurs(file.toAbsolutePath());
        } catch (IOException e) {
            throw new JournalException("the journal " + file + " can't be read: " + e, e);
        }
    }

    /**
     * Opens the journal of a file, which is made if there is none. Of a file that is damaged everything is taken that can be
     * proven, and it is set aside, with a line in the log: the agent starts.
     */
    public static Journal open(Path file, Limits limits, Shedding shedding, InstantSource clock)
            throws JournalException {
        return Opening.of(file, limits, shedding, clock);
    }

    /** The number drawn at this start. */
    public long boot() {
        return boot;
    }

    /** The number of the journal itself: with an offset it names an entry of this agent for ever. */
    public long born() {
        return born;
    }

    /** Whether the disk has changed an entry, as was found when it was read, and nobody has told of the loss. */
    public static boolean hasSpoilt(Entry entry) {
        return Row.isUntold(entry);
    }

    /** Takes an entry, or says that there is no room. Doesn't wait for the disk. */
    public Append append(Entry entry) {
        return writer.append(entry);
    }

    /** A count that was kept under a name; 0 when there was none. */
    public long counter(String name) {
        return counters.of(name);
    }

    /** The names that begin so, of counts that aren't 0. */
    public Set<String> counters(String prefix) {
        return counters.names(prefix);
    }

    /** Keeps a count, on disk no later than any entry that is appended from now on. */
    public void keepCounter(String name, long value) {
        counters.set(name, value);
        writer.keep(Counters.stored(name), value);
    }

    /** The offset behind which {@link #read} starts after a restart. */
    public long confirmed() {
        return progress.confirmation().offset();
    }

    /** Waits until an entry was delivered, and all before it; false when that took longer. */
    public boolean awaitConfirmed(long offset, Duration atMost) throws InterruptedException {
        return progress.awaitConfirmed(offset, atMost);
    }

    /**
     * Entries on disk behind an offset, oldest first; empty when there are none. What was handed out gives way to nothing
     * any more. For one thread: the pump's.
     */
    public List<Stored> read(long after, int maxEntries) throws JournalException {
        progress.handing().lock();
        try {
            List<Stored> entries = reader.read(after, maxEntries, readBytesMax);
            if (!entries.isEmpty()) {
                progress.handOut(entries.getLast().offset());
            }
            return entries;
        } catch (SQLException e) {
            throw unreadable(e);
        } finally {
            progress.handing().unlock();
        }
    }

    private JournalException unreadable(SQLException e) {
        if (ResultCode.isDamage(e)) {
            writer.distrust();
            throw new IllegalStateException("the journal is damaged: " + e.getMessage(), e);
        }
        errors.increment();
        return new JournalException("the journal can't be read: " + e.getMessage(), e);
    }

    /** Waits until there are entries on disk behind an offset; false when there were none in that time. */
    public boolean awaitBehind(long offset, Duration atMost) throws InterruptedException {
        return progress.awaitBehind(offset, atMost);
    }

    /** These were delivered, and all before them. They are deleted with one of the next commits. */
    public void confirm(List<Stored> delivered) {
        confirm(delivered, delivered.getLast().offset());
    }

    /** The same, but for the dead letters behind an offset: they stay, and are to be had by {@link #readLetters}. */
    public void confirm(List<Stored> delivered, long letters) {
        progress.confirm(delivered, letters);
        room.delivered(delivered);
    }

    /** Up to where dead letters were delivered: {@link #confirmed}, unless some had to wait. */
    public long lettersConfirmed() {
        return progress.confirmation().letters();
    }

    /** Dead letters that wait while what is behind them was delivered, oldest first. For the pump's thread. */
    public List<Stored> readLetters(long after, long through, int maxEntries) throws JournalException {
        try {
            return reader.letters(after, through, maxEntries, READ_BYTES_MAX);
        } catch (SQLException e) {
            throw unreadable(e);
        }
    }

    /** Dead letters up to an offset were delivered as well. */
    public void confirmLetters(long through) {
        progress.confirmLetters(through);
    }

    /** How often its file was damaged, as far as that is known. */
    public long damages() {
        return counters.of(Counters.DAMAGED);
    }

    /** Counts a dead letter that the queue had no room for, and that isn't offered again. */
    public void dropDeadLetter() {
        committer.drop();
    }

    /** Dead letters that had to give way to newer ones, of this start and of earlier ones. */
    public long droppedDeadLetters() {
        return committer.dropped();
    }

    /** Completes when nothing is written any more, of a cause that no waiting mends: the process should end. */
    public CompletableFuture<Throwable> death() {
        return writer.death();
    }

    /** To be called now and then: looks whether the disk still answers. */
    public void watch() {
        writer.watch();
    }

    Writer writer() {
        return writer;
    }

    /** False while the disk takes nothing, or doesn't answer. */
    public boolean isWriting() {
        return room.isOpen() && writer.failure().isEmpty();
    }

    /** Why nothing comes to the disk; empty when it does. */
    public Optional<String> failure() {
        return writer.failure();
    }

    /** Errors of the disk since the start, in reading and in writing, but for its being full. */
    public long errors() {
        return errors.sum();
    }

    /** The key of a device that has its share of the room, and is alone in being turned away; empty when there is none. */
    public Optional<String> greedy() {
        return room.greedy();
    }

    public Load load() {
        return room.load();
    }

    public Backlog backlog() {
        return room.backlog();
    }

    /** A future that completes when everything appended so far is on disk. */
    public CompletableFuture<?> flush() {
        return writer.flush();
    }

    /** Writes what was taken and closes. Entries are refused as if it were full from here on. */
    @Override
    public void close() {
        close(CLOSE_WITHIN);
    }

    /** Closes, and waits so long for a disk that takes nothing. */
    public void close(Duration atMost) {
        if (!writer.close(atMost)) {
            return; // it may be writing yet: nobody else may
        }
        try {
            reader.close();
            lock.close();
        } catch (Exception e) {
            // both are gone with the process
            log.debug("journal=closed with={}", e.toString());
        }
    }
}
