package org.heliograph.agent.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** The agent's promises on disk; the package says what it guarantees. */
public final class Journal implements AutoCloseable {
    /** State rows of counters, apart from the journal's own. */
    private static final String COUNTER = "counter/";

    private static final long READ_BYTES_MAX = 4L << 20;

    private final FileChannel lock;
    private final Database reader;
    private final Writer writer;
    private final Map<String, Long> counters;
    private final long boot;

    /**
     * When it commits, and how much it holds.
     *
     * @param commitEvery an entry waits at most so long for others to share its transaction with; less, when no other
     *     arrives for an eighth of it
     * @param commitAt entries that make a transaction full
     * @param maxBytes what waits for delivery at most
     */
    public record Limits(Duration commitEvery, int commitAt, long maxBytes) {}

    private Journal(FileChannel lock, Database reader, Writer writer, Map<String, Long> counters, long boot) {
        this.lock = lock;
        this.reader = reader;
        this.writer = writer;
        this.counters = counters;
        this.boot = boot;
    }

    /** Opens the journal of a file, which is made if there is none. */
    public static Journal open(Path file, Limits limits, InstantSource clock) throws JournalException {
        FileChannel lock = lock(file);
        try {
            Database database = Database.writer(file);
            Map<String, Long> state = database.state();
            long boot = Math.max(draw(clock), state.getOrDefault(Database.BOOT, 0L) + 1);
            database.keep(Database.BOOT, boot);
            database.commit();
            Map<String, Long> counters = new ConcurrentHashMap<>();
            state.forEach((name, value) -> {
                if (name.startsWith(COUNTER)) {
                    counters.put(name.substring(COUNTER.length()), value);
                }
            });
            Writer writer = Writer.start(database, limits, state.getOrDefault(Database.CONFIRMED, 0L));
            return new Journal(lock, Database.reader(file), writer, counters, boot);
        } catch (SQLException e) {
            close(lock);
            throw new JournalException("the journal " + file + " can't be opened: " + e.getMessage(), e);
        } catch (JournalException e) {
            close(lock);
            throw e;
        }
    }

    /** The number drawn at this start. */
    public long boot() {
        return boot;
    }

    /** Takes an entry, or says that there is no room. Doesn't wait for the disk. */
    public Append append(Entry entry) {
        return writer.append(entry);
    }

    /** A count that was kept under a name; 0 when there was none. */
    public long counter(String name) {
        return counters.getOrDefault(name, 0L);
    }

    /** Keeps a count, on disk no later than any entry that is appended from now on. */
    public void keepCounter(String name, long value) {
        counters.put(name, value);
        writer.keep(COUNTER + name, value);
    }

    /** The offset behind which {@link #read} starts after a restart. */
    public long confirmed() {
        return writer.confirmed();
    }

    /** Entries on disk behind an offset, oldest first; empty when there are none. For one thread: the pump's. */
    public List<Stored> read(long after, int maxEntries) throws JournalException {
        try {
            return reader.read(after, maxEntries, READ_BYTES_MAX);
        } catch (SQLException e) {
            throw new JournalException("the journal can't be read: " + e.getMessage(), e);
        }
    }

    /** Waits until there are entries on disk behind an offset; false when there were none in that time. */
    public boolean awaitBehind(long offset, Duration atMost) throws InterruptedException {
        return writer.awaitBehind(offset, atMost);
    }

    /** These were delivered, and all before them. They are deleted with one of the next commits. */
    public void confirm(List<Stored> delivered) {
        writer.confirm(delivered);
    }

    public Backlog backlog() {
        return writer.backlog();
    }

    /** A future that completes when everything appended so far is on disk. */
    public CompletableFuture<?> flush() {
        return writer.flush();
    }

    /** Writes what was taken and closes. Entries are refused as if it were full from here on. */
    @Override
    public void close() {
        writer.close();
        try {
            reader.close();
        } catch (SQLException _) {
            // it only read
        }
        close(lock);
    }

    private static FileChannel lock(Path file) throws JournalException {
        Path absolute = file.toAbsolutePath();
        try {
            Path folder = absolute.getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            FileChannel channel = FileChannel.open(
                    absolute.resolveSibling(absolute.getFileName() + ".lock"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE);
            FileLock held = tryLock(channel);
            if (held == null) {
                channel.close();
                throw new JournalException("the journal " + file + " is in use by another agent");
            }
            return channel;
        } catch (IOException e) {
            throw new JournalException("the journal " + file + " can't be opened: " + e, e);
        }
    }

    private static @org.jspecify.annotations.Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException _) {
            return null;
        }
    }

    private static void close(FileChannel lock) {
        try {
            lock.close();
        } catch (IOException _) {
            // the process's end releases it
        }
    }

    /** Ascends with the clock, and differs even where the clock doesn't. */
    private static long draw(InstantSource clock) {
        return (clock.millis() << 20) | new SecureRandom().nextInt(1 << 20);
    }
}
