package org.heliograph.agent.journal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file of a journal, for one agent at a time. One that is damaged is set aside, never a reason not to start. */
final class JournalFile implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(JournalFile.class);

    /** The database, its write-ahead log, and the log's index, which SQLite makes anew. */
    static final List<String> SUFFIXES = List.of("", "-wal", "-shm");

    static final String LOG = "-wal";

    static final String RESERVE = ".reserve";
    private static final String LOCK = ".lock";
    private static final String SAVING = ".saving";
    private static final String SAVED = ".saved";

    /** All that may lie beside the database, by how it is named after it. */
    static final List<String> COMPANIONS = List.of(LOG, "-shm", LOCK, RESERVE, SAVING, SAVED);

    /** Damaged files that are set aside may take this many times the quota in total. */
    private static final int ASIDE_PART = 2;

    private static final long RESERVE_PART = 32;
    private static final long RESERVE_BYTES_MIN = 64 << 10;
    private static final long RESERVE_BYTES_MAX = 16 << 20;
    /** The part of the reserve that the write-ahead log fills before it is merged; a large group may exceed it. */
    private static final long LOG_PART = 4;

    private final Path file;
    /** What is being saved of a damaged file; and what was, until it is the journal. */
    private final Path saving;

    private final Path saved;
    private final FileChannel lock;
    private final Disk disk;

    private JournalFile(Path file, FileChannel lock, Disk disk) {
        this.file = file;
        this.saving = part(file, SAVING);
        this.saved = part(file, SAVED);
        this.lock = lock;
        this.disk = disk;
    }

    static JournalFile lock(Path file) throws JournalException {
        Path folder = file.toAbsolutePath().getParent();
        return lock(file, Disk.of(folder == null ? file : folder));
    }

    static JournalFile lock(Path file, Disk disk) throws JournalException {
        Path absolute = file.toAbsolutePath();
        try {
            Path folder = absolute.getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            Library.load(absolute);
            requireOurs(absolute);
            FileChannel channel =
                    FileChannel.open(part(absolute, LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                channel.close();
                throw new JournalException("the journal " + file + " is in use by another agent");
            }
            return new JournalFile(absolute, channel, disk);
        } catch (IOException e) {
            throw new JournalException("the journal " + file + " can't be opened: " + e, e);
        }
    }

    /**
     * A file that no agent ever had, as it has no lock beside it, is somebody else's unless it begins as a journal does: it is
     * neither salvaged nor written to.
     */
    static void requireOurs(Path file) throws JournalException, IOException {
        if (Files.exists(part(file, LOCK)) || !Files.exists(file) || Files.size(file) == 0) {
            return;
        }
        byte[] head;
        try (InputStream in = Files.newInputStream(file)) {
            head = in.readNBytes(Tables.HEAD_BYTES);
        }
        if (!Tables.areIn(head) && !isJournalByItsLog(file)) {
            throw JournalException.foreign(
                    file + " is no journal: name another file (if it was one, and is damaged, make a" + " file "
                            + part(file, LOCK).getFileName() + " beside it, and what can be saved of it is)");
        }
    }

    /** Earlier agents' files don't say what they are before their log is merged: a copy of one that ran. */
    private static boolean isJournalByItsLog(Path file) {
        return Files.exists(part(file, LOG)) && Tables.areSeenIn(file);
    }

    Database open(Journal.Limits limits, Shedding shedding, InstantSource clock)
            throws SQLException, IOException, JournalException {
        Path aside = SetAside.named(file, clock.instant());
        finish(aside, limits);
        long reserveBytes = Math.clamp(limits.maxBytes() / RESERVE_PART, RESERVE_BYTES_MIN, RESERVE_BYTES_MAX);
        Reserve reserve = new Reserve(file, reserveBytes, disk);
        long logBytes = reserveBytes / LOG_PART;
        CutLog cut = cut();
        try {
            return writer(reserve, logBytes, cut);
        } catch (SQLException e) {
            if (ResultCode.isDamage(e)) {
                log.error("journal=damaged file={} reason={}", file, e.getMessage());
                // what is saved needs it more; half of it stays for the journal that comes of that, and its log
                reserve.release();
                salvage(cut, reserveBytes / 2, limits, shedding, clock);
                finish(aside, limits);
                return Database.writer(file, reserve, logBytes);
            }
            if (!reserve.release()) {
                throw e;
            }
            return writer(reserve, logBytes, cut);
        }
    }

    private Database writer(Reserve reserve, long logBytes, CutLog cut) throws SQLException, JournalException {
        Database database = Database.writer(file, reserve, logBytes);
        try {
            cut.restore(database);
            return database;
        } catch (SQLException e) {
            database.close();
            throw e;
        }
    }

    /** What SQLite will cut off the log: after a power cut nothing of consequence, but one wrong bit costs all behind it. */
    private CutLog cut() throws IOException {
        if (!Files.exists(file) || !Files.exists(part(file, LOG))) {
            return CutLog.NONE;
        }
        try (Damaged before = Damaged.open(file, part(file, LOG))) {
            return CutLog.of(before);
        }
    }

    /**
     * Into a file beside it, which takes its place when it is whole: a crash in between changes nothing.
     *
     * @param leftBytes of the disk's space stay free
     */
    private void salvage(CutLog cut, long leftBytes, Journal.Limits limits, Shedding shedding, InstantSource clock)
            throws SQLException, IOException, JournalException {
        remove(saving);
        try (Damaged damaged = Damaged.open(file, part(file, LOG));
                Database into = Database.fresh(saving, disk.usableBytes() - leftBytes)) {
            Salvage.Outcome outcome = Salvage.of(damaged, cut, into, 2 * limits.maxBytes(), shedding, clock.millis());
            log.error(
                    "journal=salvaged saved={} spoilt={} gone={} whole={}",
                    outcome.saved(),
                    outcome.spoilt(),
                    outcome.gone(),
                    outcome.isWhole());
        } catch (SQLException e) {
            if (!ResultCode.isFull(e)) {
                throw e;
            }
            throw new JournalException(
                    "the journal " + file + " is damaged, and its disk has no room even to tell what is lost:"
                            + " make some and start again",
                    e);
        }
        Files.move(saving, saved, StandardCopyOption.ATOMIC_MOVE);
    }

    /** What was saved takes the place of what was damaged, which is set aside. */
    private void finish(Path aside, Journal.Limits limits) throws IOException {
        if (!Files.exists(saved)) {
            return;
        }
        for (String suffix : SUFFIXES) {
            if (Files.exists(part(file, suffix))) {
                Files.move(part(file, suffix), part(aside, suffix));
            }
        }
        Files.move(saved, file, StandardCopyOption.ATOMIC_MOVE);
        log.error("journal=set-aside file={} aside={}", file, aside.getFileName());
        SetAside.thinOut(file, ASIDE_PART * limits.maxBytes());
    }

    static void remove(Path database) throws IOException {
        for (String suffix : SUFFIXES) {
            Files.deleteIfExists(part(database, suffix));
        }
    }

    static Path part(Path database, String suffix) {
        return database.resolveSibling(database.getFileName() + suffix);
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException _) {
            // the process's end releases it
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException _) {
            return null;
        }
    }
}
