package org.heliograph.agent.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Tells whether the disk has changed an entry: SQLite checks the frames of its log, but not the pages of its file. */
final class Checksum {
    private Checksum() {}

    static long of(long offset, int kind, Entry entry, byte @Nullable [] headers) {
        CRC32C sum = new CRC32C();
        sum.update(ByteBuffer.allocate(Long.BYTES).putLong(offset).flip());
        return add(kind, entry, headers, sum);
    }

    /** As the second schema had it. */
    static long withoutOffset(int kind, Entry entry, byte @Nullable [] headers) {
        return add(kind, entry, headers, new CRC32C());
    }

    private static long add(int kind, Entry entry, byte @Nullable [] headers, CRC32C sum) {
        sum.update(ByteBuffer.allocate(Integer.BYTES + Long.BYTES)
                .putInt(kind)
                .putLong(entry.timestampMillis())
                .flip());
        sum.update(entry.key().getBytes(StandardCharsets.UTF_8));
        if (headers != null) {
            sum.update(headers);
        }
        sum.update(entry.value());
        return sum.getValue();
    }

    /** The checksum of one of the journal's own numbers. */
    static long of(String name, long value) {
        CRC32C sum = new CRC32C();
        sum.update(name.getBytes(StandardCharsets.UTF_8));
        sum.update(ByteBuffer.allocate(Long.BYTES).putLong(value).flip());
        return sum.getValue();
    }
}
