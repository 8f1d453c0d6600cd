package org.heliograph.agent.journal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Space on the disk that is held for the day it is full: even deleting takes some, before it gives any. */
final class Reserve {
    private static final Logger log = LoggerFactory.getLogger(Reserve.class);

    private static final int CHUNK_BYTES = 64 << 10;

    /** For a reader, who writes nothing. */
    static final Reserve NONE = new Reserve(Path.of("none"), 0, () -> 0);

    private final Path file;
    private final long bytes;
    private final Disk disk;
    private boolean held;

    Reserve(Path journal, long bytes, Disk disk) {
        this.disk = disk;
        this.file = JournalFile.part(journal, JournalFile.RESERVE);
        this.bytes = bytes;
    }

    boolean isHeld() {
        return held;
    }

    /** Takes the space, unless the disk has too little, or takes nothing at all. */
    void hold() {
        try {
            if (!Files.exists(file) || Files.size(file) < bytes) {
                if (disk.usableBytes() < 2 * bytes) {
                    return;
                }
                fill();
            } else {
                // one that is there from before may lie on a file system that is read-only by now
                FileChannel.open(file, StandardOpenOption.WRITE).close();
            }
            held = true;
        } catch (IOException e) {
            log.debug("journal=without-reserve reason={}", e.toString());
            release();
        }
    }

    /** Gives it back; false when there was none. */
    boolean release() {
        held = false;
        try {
            return Files.deleteIfExists(file);
        } catch (IOException e) {
            log.debug("journal=reserve-stays reason={}", e.toString());
            return false;
        }
    }

    /** With noise, as some file systems give zeros no space. */
    private void fill() throws IOException {
        byte[] noise = new byte[CHUNK_BYTES];
        RandomGenerator random = RandomGenerator.getDefault();
        try (OutputStream out = Files.newOutputStream(file)) {
            for (long left = bytes; left > 0; left -= CHUNK_BYTES) {
                random.nextBytes(noise);
                out.write(noise);
            }
        }
    }
}
