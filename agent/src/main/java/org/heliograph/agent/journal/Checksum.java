package org.heliograph.agent.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Tells whether the disk has changed an entry: SQLite checks the frames of its log, but not the pages of its file. */
final class Checksum {
    private Checksum() {}

    static long of(int kind, Entry entry, byte @Nullable [] headers) {
        CRC32C sum = new CRC32C();
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
}
