package org.heliograph.agent.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file of a journal, for one agent at a time. What proves to be damaged is set aside, never a reason not to start. */
final class JournalFile implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(JournalFile.class);

    /** The database, its write-ahead log, and the log's index, which SQLite makes anew. */
    private static final String[] SUFFIXES = {"", "-wal", "-shm"};

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    private static final long RESERVE_PART = 32;
    private static final long RESERVE_BYTES_MIN = 64 << 10;
    private static final long RESERVE_BYTES_MAX = 16 << 20;
    /** The part of the reserve that the write-ahead log fills before it is merged; a large group may exceed it. */
    private static final long LOG_PART = 4;

    private final Path file;
    private final FileChannel lock;

    private JournalFile(Path file, FileChannel lock) {
        this.file = file;
        this.lock = lock;
    }

    static JournalFile lock(Path file) throws JournalException {
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
            if (tryLock(channel) == null) {
                channel.close();
                throw new JournalException("the journal " + file + " is in use by another agent");
            }
            return new JournalFile(absolute, channel);
        } catch (IOException e) {
            throw new JournalException("the journal " + file + " can't be opened: " + e, e);
        }
    }

    Database open(Journal.Limits limits, InstantSource clock) throws SQLException, JournalException {
        long reserveBytes = Math.clamp(limits.maxBytes() / RESERVE_PART, RESERVE_BYTES_MIN, RESERVE_BYTES_MAX);
        Reserve reserve = new Reserve(file, reserveBytes);
        long logBytes = reserveBytes / LOG_PART;
        try {
            return Database.writer(file, reserve, logBytes);
        } catch (SQLException e) {
            if (Database.isDamage(e)) {
                setAside("corrupt-" + TIME.format(clock.instant()), e);
            } else if (!reserve.release()) {
                throw e;
            }
            return Database.writer(file, reserve, logBytes);
        }
    }

    private void setAside(String as, SQLException why) throws JournalException {
        long bytes = 0;
        try {
            for (String suffix : SUFFIXES) {
                Path part = file.resolveSibling(file.getFileName() + suffix);
                if (Files.exists(part)) {
                    bytes += Files.size(part);
                    Files.move(part, file.resolveSibling(file.getFileName() + "." + as + suffix));
                }
            }
        } catch (IOException e) {
            throw new JournalException("the journal " + file + " is damaged and can't be set aside: " + e, e);
        }
        log.error(
                "journal=damaged file={} bytes={} aside={} reason={}",
                file,
                bytes,
                file.getFileName() + "." + as,
                why.getMessage());
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
