package org.heliograph.streams.topology;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The device minutes whose samples have changed since they were last measured. Kept in a store, an entry for each
 * device, so that a crash between the change and the measurement forgets nothing; mirrored in memory.
 */
final class DirtyMinutes {
    static final String STORE = "dirty-minutes";

    private final KeyValueStore<String, byte[]> store;
    private final Map<String, NavigableSet<Long>> minutes = new HashMap<>();

    DirtyMinutes(KeyValueStore<String, byte[]> store) {
        this.store = store;
        try (KeyValueIterator<String, byte[]> all = store.all()) {
            all.forEachRemaining(entry -> minutes.put(entry.key, decode(entry.value)));
        }
    }

    void mark(String deviceKey, Collection<Long> changed) {
        if (minutes.computeIfAbsent(deviceKey, _ -> new TreeSet<>()).addAll(changed)) {
            keep(deviceKey);
        }
    }

    void clear(String deviceKey, Collection<Long> measured) {
        NavigableSet<Long> dirty = minutes.get(deviceKey);
        if (dirty != null && dirty.removeAll(measured)) {
            keep(deviceKey);
        }
    }

    List<String> devices() {
        return List.copyOf(minutes.keySet());
    }

    /** A device's dirty minutes that start by then, oldest first. */
    List<Long> startedBy(String deviceKey, long millis) {
        NavigableSet<Long> dirty = minutes.get(deviceKey);
        return dirty == null ? List.of() : List.copyOf(dirty.headSet(millis, true));
    }

    private void keep(String deviceKey) {
        NavigableSet<Long> dirty = minutes.get(deviceKey);
        if (dirty == null || dirty.isEmpty()) {
            minutes.remove(deviceKey);
            store.delete(deviceKey);
        } else {
            store.put(deviceKey, encode(dirty));
        }
    }

    private static byte[] encode(NavigableSet<Long> dirty) {
        ByteBuffer bytes = ByteBuffer.allocate(dirty.size() * Long.BYTES);
        dirty.forEach(bytes::putLong);
        return bytes.array();
    }

    static NavigableSet<Long> decode(byte[] stored) {
        NavigableSet<Long> dirty = new TreeSet<>();
        ByteBuffer bytes = ByteBuffer.wrap(stored);
        while (bytes.remaining() >= Long.BYTES) {
            dirty.add(bytes.getLong());
        }
        return dirty;
    }
}
