package org.heliograph.streams.topology;

import java.util.LinkedHashMap;
import java.util.Map;
import org.heliograph.streams.ingest.Samples;
import org.jspecify.annotations.Nullable;

/**
 * The minutes of samples that were looked at last, as they are in the store: a device's newest minutes are asked for
 * several times within a second.
 */
final class RecentMinutes {
    private static final int MOST_OF_A_DEVICE = 16;
    private static final int MOST_DEVICES = 1_000;

    private final Map<String, Map<Long, Samples>> byDevice = new Bounded<>(MOST_DEVICES);

    /** Forgets what was used longest ago. */
    private static final class Bounded<K, V> extends LinkedHashMap<K, V> {
        private static final long serialVersionUID = 1L;

        private final int most;

        Bounded(int most) {
            super(16, 0.75f, true);
            this.most = most;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > most;
        }
    }

    @Nullable
    Samples get(String deviceKey, long minuteMillis) {
        return byDevice.getOrDefault(deviceKey, Map.of()).get(minuteMillis);
    }

    void put(String deviceKey, long minuteMillis, Samples samples) {
        byDevice.computeIfAbsent(deviceKey, _ -> new Bounded<>(MOST_OF_A_DEVICE))
                .put(minuteMillis, samples);
    }

    void forget(String deviceKey) {
        byDevice.remove(deviceKey);
    }
}
