package org.heliograph.streams.topology;

import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.heliograph.streams.topology.device.DirtyMinutes;
import org.heliograph.streams.topology.site.Restatements;
import org.heliograph.streams.topology.site.WindowStore;
import org.heliograph.streams.topology.state.StateException;
import org.heliograph.streams.topology.state.v1.StoredWindow;

/** What an engine still has to do with what it has taken in, as its own stores say. */
final class Unfinished {
    private Unfinished() {}

    /** Whether no minute before a moment is left to be measured, and no window to be published. */
    static boolean isEmpty(KafkaStreams streams, long beforeMillis) {
        try {
            return hasMeasured(store(streams, DirtyMinutes.STORE), beforeMillis)
                    && hasRestated(store(streams, Restatements.STORE))
                    && hasPublished(store(streams, WindowStore.OPEN_STORE), store(streams, WindowStore.STORE));
        } catch (InvalidStateStoreException _) {
            return false; // it is starting, or its parts are moving
        }
    }

    private static boolean hasMeasured(ReadOnlyKeyValueStore<String, byte[]> dirty, long beforeMillis) {
        try (KeyValueIterator<String, byte[]> partitions = dirty.all()) {
            while (partitions.hasNext()) {
                if (DirtyMinutes.decode(partitions.next().value) < beforeMillis) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean hasRestated(ReadOnlyKeyValueStore<Bytes, byte[]> pending) {
        try (KeyValueIterator<Bytes, byte[]> any = pending.all()) {
            return !any.hasNext();
        }
    }

    private static boolean hasPublished(
            ReadOnlyKeyValueStore<Bytes, byte[]> open, ReadOnlyKeyValueStore<Bytes, byte[]> windows) {
        try (KeyValueIterator<Bytes, byte[]> keys = open.all()) {
            while (keys.hasNext()) {
                KeyValue<Bytes, byte[]> key = keys.next();
                byte[] stored = windows.get(key.key);
                if (stored != null
                        && StateException.read(WindowStore.STORE, stored, StoredWindow::parseFrom)
                                .getUnpublished()) {
                    return false;
                }
            }
        }
        return true;
    }

    private static <K> ReadOnlyKeyValueStore<K, byte[]> store(KafkaStreams streams, String name) {
        return streams.store(
                StoreQueryParameters.fromNameAndType(name, QueryableStoreTypes.<K, byte[]>keyValueStore()));
    }
}
