package org.heliograph.streams.topology;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The device minutes whose samples have changed since they were last measured. Kept in a store, so that a crash between
 * the change and the measurement forgets nothing, and mirrored in memory.
 */
final class DirtyMinutes {
    static final String STORE = "dirty-minutes";

    private static final byte[] PRESENT = {1};

    private final KeyValueStore<Bytes, byte[]> store;
    private final Map<String, NavigableSet<Long>> minutes = new HashMap<>();

    DirtyMinutes(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
        try (KeyValueIterator<Bytes, byte[]> all = store.all()) {
            all.forEachRemaining(entry -> of(Keys.name(entry.key)).add(Keys.minuteMillis(entry.key)));
        }
    }

    void mark(String deviceKey, long minuteMillis) {
        if (of(deviceKey).add(minuteMillis)) {
            store.put(Keys.deviceMinute(deviceKey, minuteMillis), PRESENT);
        }
    }

    void clear(String deviceKey, List<Long> measured) {
        NavigableSet<Long> dirty = of(deviceKey);
        for (long minuteMillis : measured) {
            if (dirty.remove(minuteMillis)) {
                store.delete(Keys.deviceMinute(deviceKey, minuteMillis));
            }
        }
        if (dirty.isEmpty()) {
            minutes.remove(deviceKey);
        }
    }

    List<String> devices() {
        return List.copyOf(minutes.keySet());
    }

    /** A device's dirty minutes that end by then, oldest first. */
    List<Long> endedBy(String deviceKey, long millis, long lengthMillis) {
        return new ArrayList<>(of(deviceKey).headSet(millis - lengthMillis, true));
    }

    private NavigableSet<Long> of(String deviceKey) {
        return minutes.computeIfAbsent(deviceKey, _ -> new TreeSet<>());
    }
}
