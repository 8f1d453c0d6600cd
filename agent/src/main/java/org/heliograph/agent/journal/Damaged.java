package org.heliograph.agent.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The pages of a file that SQLite doesn't read any more, and of its write-ahead log, each taken for itself: what leads to a
 * page may be damaged while the page isn't. Knows SQLite's file format (sqlite.org/fileformat2.html), which doesn't change.
 */
final class Damaged implements AutoCloseable {
    private static final int PAGE_BYTES = 4_096;
    private static final int PAGE_BYTES_MIN = 512;
    private static final int PAGE_BYTES_MAX = 65_536;
    private static final int HEADER_BYTES = 100;
    private static final int FREE_LIST_AT = 32;
    private static final int LOG_HEADER_BYTES = 32;
    private static final int FRAME_HEADER_BYTES = 24;
    private static final int SALTS_AT = 16;
    private static final int SUM_AT = 24;
    private static final int FRAME_SALTS_AT = 8;
    private static final int FRAME_SUM_AT = 16;

    private final FileChannel file;
    private final @Nullable FileChannel log;
    private final int pageBytes;
    private final int pages;
    /** Where the page of each frame of the log begins; the latest last. */
    private final long[] frames;

    private final Map<Integer, Long> inLog = new HashMap<>();
    private final BitSet free = new BitSet();

    private Damaged(FileChannel file, @Nullable FileChannel log) throws IOException {
        this.file = file;
        this.log = log;
        ByteBuffer header = read(file, 0, HEADER_BYTES);
        int said = header == null ? 0 : Short.toUnsignedInt(header.getShort(16));
        int bytes = said == 1 ? PAGE_BYTES_MAX : said;
        this.pageBytes = bytes >= PAGE_BYTES_MIN && Integer.bitCount(bytes) == 1 ? bytes : PAGE_BYTES;
        this.pages = Math.toIntExact(Math.min(file.size() / pageBytes, Integer.MAX_VALUE));
        this.frames = log == null ? new long[0] : frames(log);
        markFree();
    }

    static Damaged open(Path file, Path log) throws IOException {
        return new Damaged(
                FileChannel.open(file, StandardOpenOption.READ),
                Files.exists(log) ? FileChannel.open(log, StandardOpenOption.READ) : null);
    }

    /** Those of the log's present round. Whether they are whole is for each row's checksum to say. */
    private long[] frames(FileChannel of) throws IOException {
        ByteBuffer header = read(of, 0, LOG_HEADER_BYTES);
        if (header == null) {
            return new long[0];
        }
        int count =
                (int) Math.min((of.size() - LOG_HEADER_BYTES) / (FRAME_HEADER_BYTES + pageBytes), Integer.MAX_VALUE);
        long[] found = new long[count];
        int n = 0;
        for (int i = 0; i < count; i++) {
            long at = LOG_HEADER_BYTES + (long) i * (FRAME_HEADER_BYTES + pageBytes);
            ByteBuffer frame = read(of, at, FRAME_HEADER_BYTES);
            if (frame != null && frame.getLong(FRAME_SALTS_AT) == header.getLong(SALTS_AT)) {
                found[n++] = at + FRAME_HEADER_BYTES;
                inLog.put(frame.getInt(0), at + FRAME_HEADER_BYTES);
            }
        }
        return Arrays.copyOf(found, n);
    }

    /** Frames of the log that SQLite won't read: it gives a log up at the first bit that is wrong, or after its last commit. */
    int framesGivenUp() throws IOException {
        ByteBuffer header = log == null ? null : read(log, 0, LOG_HEADER_BYTES);
        if (log == null || header == null) {
            return 0;
        }
        ByteOrder order = (header.getInt(0) & 1) == 1 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        long sum = sum(0, header.slice(0, SUM_AT), order);
        int committed = 0;
        for (int i = 0; i < frames.length; i++) {
            ByteBuffer frame = read(log, frames[i] - FRAME_HEADER_BYTES, FRAME_HEADER_BYTES + pageBytes);
            if (frame == null) {
                break;
            }
            sum = sum(sum, frame.slice(0, Long.BYTES), order);
            sum = sum(sum, frame.slice(FRAME_HEADER_BYTES, pageBytes), order);
            if (sum != frame.getLong(FRAME_SUM_AT)) {
                break;
            }
            committed = frame.getInt(Integer.BYTES) == 0 ? committed : i + 1;
        }
        return frames.length - committed;
    }

    /** SQLite's: two sums of words that go on from frame to frame. */
    private static long sum(long before, ByteBuffer words, ByteOrder order) {
        int a = (int) (before >>> Integer.SIZE);
        int b = (int) before;
        words.order(order);
        while (words.hasRemaining()) {
            a += words.getInt() + b;
            b += words.getInt() + a;
        }
        return (Integer.toUnsignedLong(a) << Integer.SIZE) | Integer.toUnsignedLong(b);
    }

    /** How many pages there are to look at, counting each time that the log has one. */
    int looks() {
        return frames.length + pages;
    }

    /** One of the log's frames, the latest being the first. */
    @Nullable
    ByteBuffer frame(int i) throws IOException {
        return log == null || i >= frames.length ? null : read(log, frames[frames.length - 1 - i], pageBytes);
    }

    /** One of the {@link #looks}: the log's first, the latest first; null where SQLite has given a page up, or it isn't there. */
    @Nullable
    ByteBuffer look(int i) throws IOException {
        int number = i - frames.length + 1;
        if (number <= 0) {
            return frame(i);
        }
        // the first has no entries, but tables; it leads to those that are free
        return number == 1 || free.get(number) ? null : pageOfFile(number);
    }

    /** What the log has of a page, else what the file has; null when it is in neither. */
    @Nullable
    ByteBuffer page(int number) throws IOException {
        Long at = inLog.get(number);
        return at == null || log == null ? pageOfFile(number) : read(log, at, pageBytes);
    }

    /** What the file has of a page, whatever the log says. */
    @Nullable
    ByteBuffer pageOfFile(int number) throws IOException {
        return number < 1 || number > pages ? null : read(file, (long) (number - 1) * pageBytes, pageBytes);
    }

    private void markFree() throws IOException {
        ByteBuffer header = page(1);
        int trunk = header == null ? 0 : header.getInt(FREE_LIST_AT);
        while (trunk > 1 && trunk <= pages && !free.get(trunk)) {
            ByteBuffer page = page(trunk);
            if (page == null) {
                break;
            }
            free.set(trunk);
            int leaves = Math.clamp(page.getInt(4), 0, pageBytes / Integer.BYTES - 2);
            for (int i = 0; i < leaves; i++) {
                int leaf = page.getInt(2 * Integer.BYTES + i * Integer.BYTES);
                if (leaf > 1 && leaf <= pages) {
                    free.set(leaf);
                }
            }
            trunk = page.getInt(0);
        }
    }

    private static @Nullable ByteBuffer read(FileChannel from, long at, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        while (buffer.hasRemaining()) {
            if (from.read(buffer, at + buffer.position()) < 0) {
                return null;
            }
        }
        return buffer.flip();
    }

    @Override
    public void close() throws IOException {
        try (file) {
            if (log != null) {
                log.close();
            }
        }
    }
}
