package org.heliograph.streams.topology.samples;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.sample.Samples;
import org.heliograph.streams.topology.state.Keys;
import org.jspecify.annotations.Nullable;

/**
 * The stored samples of each device, in blocks of consecutive minutes. Blocks don't overlap, each minute of a block has
 * samples, and a minute that is in one stays in it, unless the block has grown too large and is parted.
 */
final class SampleBlocks {
    /** Most minutes in a block. */
    static final int MOST_MINUTES = 16;

    /** A block that has so many samples takes no further minute: it must not be larger than a record may be. */
    static final int MOST_SAMPLES = 8_192;

    /** Enough for most blocks; a larger one gets a buffer of its own. */
    private static final int SCRATCH_BYTES = 32 << 10;

    private static final long LENGTH_MILLIS = MOST_MINUTES * DeviceMinute.LENGTH_MILLIS;

    private final KeyValueStore<Bytes, byte[]> store;
    private final byte[] scratch = new byte[SCRATCH_BYTES];

    SampleBlocks(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
    }

    /** A block as it is stored. */
    static final class Block {
        private final Bytes key;
        private final byte[] stored;

        private Block(KeyValue<Bytes, byte[]> entry) {
            key = entry.key;
            stored = entry.value;
        }

        long startMillis() {
            return Keys.minuteMillis(key);
        }

        /** Exclusive. */
        long endMillis() {
            return startMillis() + SampleBlock.minutes(stored) * DeviceMinute.LENGTH_MILLIS;
        }

        NavigableMap<Long, Samples> minutes() {
            return SampleBlock.decode(stored, startMillis());
        }
    }

    /** Blocks being read; to be closed. */
    record Cursor(KeyValueIterator<Bytes, byte[]> entries) implements Iterator<Block>, AutoCloseable {
        @Override
        public boolean hasNext() {
            return entries.hasNext();
        }

        @Override
        public Block next() {
            return new Block(entries.next());
        }

        @Override
        public void close() {
            entries.close();
        }
    }

    /** A device's newest block. */
    Optional<Block> newest(String deviceKey) {
        try (Cursor blocks = backwards(deviceKey, Long.MAX_VALUE)) {
            return blocks.hasNext() ? Optional.of(blocks.next()) : Optional.empty();
        }
    }

    /** The block that has a minute. */
    Optional<Block> with(String deviceKey, long minuteMillis) {
        try (Cursor blocks = backwards(deviceKey, minuteMillis)) {
            return blocks.hasNext()
                    ? Optional.of(blocks.next()).filter(block -> minuteMillis < block.endMillis())
                    : Optional.empty();
        }
    }

    /** The blocks that start by then, newest first. */
    Cursor backwards(String deviceKey, long millis) {
        return new Cursor(
                store.reverseRange(Keys.deviceMinute(deviceKey, 0), Keys.deviceMinute(deviceKey, Math.max(0, millis))));
    }

    /** The blocks with minutes from the one to the other, and maybe some before. */
    Cursor forwards(String deviceKey, long fromMillis, long toMillis) {
        return new Cursor(store.range(
                Keys.deviceMinute(deviceKey, Math.max(0, fromMillis - LENGTH_MILLIS)),
                Keys.deviceMinute(deviceKey, toMillis)));
    }

    /** The minutes of a block; none if it isn't there. */
    NavigableMap<Long, Samples> minutes(String deviceKey, long startMillis) {
        byte @Nullable [] stored = store.get(Keys.deviceMinute(deviceKey, startMillis));
        return stored == null ? new TreeMap<>() : SampleBlock.decode(stored, startMillis);
    }

    /** Writes a block: all of its minutes. */
    void put(String deviceKey, NavigableMap<Long, Samples> minutes) {
        store.put(Keys.deviceMinute(deviceKey, minutes.firstKey()), SampleBlock.encode(minutes, scratch));
    }

    /** Deletes those of a device's blocks that end by then. */
    void deleteUntil(String deviceKey, long millis, Predicate<Block> isDeletable) {
        List<Bytes> old = new ArrayList<>();
        try (Cursor blocks = forwards(deviceKey, 0, millis - 1)) {
            blocks.forEachRemaining(block -> {
                if (block.endMillis() <= millis && isDeletable.test(block)) {
                    old.add(block.key);
                }
            });
        }
        old.forEach(store::delete);
    }
}
