package org.heliograph.streams.topology;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Folders of state. */
final class Folders {
    private Folders() {}

    /** Kafka Streams keeps it locked while it works in the folder. */
    private static final String LOCK = ".lock";

    /**
     * Deletes a folder with all that is in it; of one that can't go itself, a volume's, what is in it. Where rights forbid
     * it, or an engine works there, nothing is deleted: of state, a part is worse than all.
     *
     * @return false if there is none
     * @throws IOException if it can't be deleted, or nobody knows whether it is there
     */
    static boolean delete(Path folder) throws IOException {
        try (var _ = locked(folder)) {
            return deleteAll(folder);
        }
    }

    /** The lock of a folder's engine, held until it is closed; null where none has worked. */
    private static @Nullable FileChannel locked(Path folder) throws IOException {
        FileChannel lock;
        try {
            lock = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.WRITE);
        } catch (NoSuchFileException _) {
            return null;
        }
        try {
            if (lock.tryLock() != null) {
                return lock;
            }
        } catch (OverlappingFileLockException _) {
            // it is this process that works there
        } catch (IOException e) {
            lock.close();
            throw e;
        }
        lock.close();
        throw new FileSystemException(folder.toString(), null, "an engine works there");
    }

    private static boolean deleteAll(Path folder) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> paths = Files.walk(folder)) {
            deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
        } catch (NoSuchFileException _) {
            return false;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path path : deepestFirst) {
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) && !Files.isWritable(path)) {
                throw new AccessDeniedException(path.toString());
            }
        }
        for (Path path : deepestFirst.subList(0, deepestFirst.size() - 1)) {
            Files.deleteIfExists(path);
        }
        deleteItself(folder);
        return true;
    }

    private static void deleteItself(Path folder) throws IOException {
        try {
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            try (Stream<Path> left = Files.list(folder)) {
                if (left.findAny().isPresent()) {
                    throw e;
                }
            }
        }
    }
}
