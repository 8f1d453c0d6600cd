package org.heliograph.streams.topology.site;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.rollup.Window;
import org.heliograph.streams.topology.state.Keys;
import org.jspecify.annotations.Nullable;

/** Up to when windows have been deleted, by site and by their length: kept in the store of the windows, read once. */
final class GoneWindows {
    private final KeyValueStore<Bytes, byte[]> store;
    private final Map<String, Map<Window, Long>> untilMillis = new HashMap<>();

    GoneWindows(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
    }

    /** Before every window where none has been deleted. */
    long untilMillis(String site, Window window) {
        return of(site).getOrDefault(window, Long.MIN_VALUE);
    }

    void note(String site, List<Window> windows, Instant until) {
        Map<Window, Long> ofSite = of(site);
        windows.forEach(window -> ofSite.merge(window, until.toEpochMilli(), Math::max));
        store.put(Keys.goneWindows(site), encode(ofSite));
    }

    private Map<Window, Long> of(String site) {
        return untilMillis.computeIfAbsent(site, name -> decode(store.get(Keys.goneWindows(name))));
    }

    private static Map<Window, Long> decode(byte @Nullable [] stored) {
        Map<Window, Long> until = new EnumMap<>(Window.class);
        if (stored != null) {
            ByteBuffer buffer = ByteBuffer.wrap(stored);
            while (buffer.hasRemaining()) {
                until.put(Window.coded(buffer.get()), buffer.getLong());
            }
        }
        return until;
    }

    private static byte[] encode(Map<Window, Long> untilMillis) {
        ByteBuffer buffer = ByteBuffer.allocate(untilMillis.size() * (1 + Long.BYTES));
        untilMillis.forEach((window, until) -> buffer.put((byte) window.code()).putLong(until));
        return buffer.array();
    }
}
