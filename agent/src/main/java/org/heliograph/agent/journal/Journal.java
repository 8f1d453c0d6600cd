package org.heliograph.agent.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
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
    private final Map<String, Long> counters;
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

    private Journal(
            AutoCloseable lock,
            Store reader,
            Writer writer,
            Room room,
            Progress progress,
            Committer committer,
            Map<String, Long> counters,
            LongAdder errors,
            long readBytesMax,
            long boot,
            long born) {
        this.readBytesMax = readBytesMax;
        this.errors = errors;
        this.lock = lock;
        this.reader = reader;
        this.writer = writer;
        this.room = room;
        this.progress = progress;
        this.committer = committer;
        this.counters = counters;
        this.boot = boot;
        this.born = born;
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
        JournalFile held = JournalFile.lock(file);
        try {
            return over(held, file, limits, shedding, clock);
        } catch (SQLException | IOException e) {
            held.close();
            throw new JournalException("the journal " + file + " can't be opened: " + e.getMessage(), e);
        } catch (JournalException | RuntimeException e) {
            held.close();
            throw e;
        }
    }

    private static Journal over(JournalFile held, Path file, Limits limits, Shedding shedding, InstantSource clock)
            throws SQLException, IOException, JournalException {
        Store store = held.open(limits, shedding, clock);
        Store reader = null;
        try {
            reader = Database.reader(file);
            Journal journal = over(store, reader, held, limits, shedding, clock);
            journal.writer.start();
            return journal;
        } catch (SQLException | RuntimeException e) {
            if (reader != null) {
                reader.close();
            }
            store.close();
            throw e;
        }
    }

    /** Nothing is written before the writer is started, or told to. */
    static Journal over(
            Store store, Store reader, AutoCloseable lock, Limits limits, Shedding shedding, InstantSource clock)
            throws SQLException {
        return over(store, reader, lock, limits, shedding, clock, new Stall(System::nanoTime));
    }

    static Journal over(
            Store store,
            Store reader,
            AutoCloseable lock,
            Limits limits,
            Shedding shedding,
            InstantSource clock,
            Stall stall)
            throws SQLException {
        Map<String, Long> state = store.state();
        long boot = Math.max(draw(clock.millis()), state.getOrDefault(Store.BOOT, 0L) + 1);
        long born = state.getOrDefault(Store.BORN, boot);
        keep(store, boot, born);
        Map<String, Long> counters = new ConcurrentHashMap<>();
        state.forEach((name, value) -> {
            if (name.startsWith(Store.COUNTER)) {
                counters.put(name.substring(Store.COUNTER.length()), value);
            }
        });
        long confirmed = state.getOrDefault(Store.CONFIRMED, 0L);
        long last = Math.max(store.lastOffset(), confirmed);
        Amount deadLetters = store.deadLetters();
        Optional<Left> left = store.left().filter(counted -> counted.rules() == shedding.rules());
        Left there = left.isPresent() ? left.get() : count(store, shedding, boot);
        Room room = new Room(limits.maxBytes(), shedding::yields, there.readings(), there.yielding(), deadLetters);
        Progress progress = new Progress(last, confirmed, lettersThrough(state), shedding::yields);
        Committer committer = new Committer(
                store,
                room,
                progress,
                new Shedder(store, shedding, boot, last, there.thinned()),
                last + 1,
                deadLetters,
                state.getOrDefault(Store.DROPPED, 0L));
        LongAdder errors = new LongAdder();
        Writer writer = new Writer(store, committer, room, limits, errors, stall);
        long readBytesMax = Math.clamp(limits.maxBytes() / READ_PART, READ_BYTES_MIN, READ_BYTES_MAX);
        return new Journal(lock, reader, writer, room, progress, committer, counters, errors, readBytesMax, boot, born);
    }

    /** Up to where the dead letters were delivered, too, by a journal's own numbers. */
    static long lettersThrough(Map<String, Long> state) {
        long waiting = state.getOrDefault(Store.WAITING, 0L);
        return waiting > 0 ? waiting - 1 : state.getOrDefault(Store.CONFIRMED, 0L);
    }

    private static Left count(Store store, Shedding shedding, long boot) throws SQLException {
        Amount all = store.reports();
        Amount yielding = Amount.NONE;
        for (Map.Entry<String, Amount> one : store.readings().entrySet()) {
            all = all.plus(one.getValue());
            yielding = shedding.yields(one.getKey()) ? yielding.plus(one.getValue()) : yielding;
        }
        return new Left(boot, shedding.rules(), 0, all, yielding);
    }

    /** Even on a disk that was full when the agent ended. */
    private static void keep(Store store, long boot, long born) throws SQLException {
        try {
            keepOnce(store, boot, born);
        } catch (SQLException e) {
            if (ResultCode.isDamage(e)) {
                throw e;
            }
            store.rollback();
            store.makeRoom();
            keepOnce(store, boot, born);
        }
    }

    private static void keepOnce(Store store, long boot, long born) throws SQLException {
        store.keep(Store.BOOT, boot);
        store.keep(Store.BORN, born);
        store.commit();
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
        return counters.getOrDefault(name, 0L);
    }

    /** The names that begin so, of counts that aren't 0. */
    public Set<String> counters(String prefix) {
        return counters.keySet().stream()
                .filter(name -> name.startsWith(prefix))
                .collect(Collectors.toSet());
    }

    /** Keeps a count, on disk no later than any entry that is appended from now on. */
    public void keepCounter(String name, long value) {
        if (value == 0) {
            counters.remove(name);
        } else {
            counters.put(name, value);
        }
        writer.keep(Store.COUNTER + name, value);
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
        return counters.getOrDefault(Salvage.DAMAGED.substring(Store.COUNTER.length()), 0L);
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

    /** Ascends with the clock, and differs even where the clock doesn't. */
    static long draw(long nowMillis) {
        return (nowMillis << 20) | new SecureRandom().nextInt(1 << 20);
    }
}
