package org.heliograph.streams.topology.device;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.topology.samples.SampleStore;
import org.heliograph.streams.topology.state.StateException;
import org.heliograph.streams.topology.state.v1.LastReading;
import org.heliograph.telemetry.reading.DeviceId;
import org.heliograph.telemetry.reading.Readings;
import org.heliograph.telemetry.wire.Presence;
import org.jspecify.annotations.Nullable;

/**
 * Each device's newest reading, and how far it is measured. Kept in memory; the store gets it now and then, because it is
 * as new as the samples beside it: what is missing after a start is read from them, and measured once more.
 */
public final class DeviceBook {
    public static final String STORE = "presence";

    private final KeyValueStore<String, byte[]> store;
    private final Map<String, SeenDevice> devices = new HashMap<>();

    DeviceBook(KeyValueStore<String, byte[]> store, SampleStore samples) {
        this.store = store;
        try (KeyValueIterator<String, byte[]> all = store.all()) {
            all.forEachRemaining(entry -> devices.put(
                    entry.key,
                    new SeenDevice(entry.key, StateException.read(STORE, entry.value, LastReading::parseFrom))));
        }
        devices.values()
                .forEach(seen -> samples.since(
                        seen.key(), seen.keptMillis(), minute -> seen.take(minute.series(), Long.MAX_VALUE)));
    }

    @Nullable
    SeenDevice of(String deviceKey) {
        return devices.get(deviceKey);
    }

    void forEach(Consumer<SeenDevice> visitor) {
        devices.values().forEach(visitor);
    }

    /** Takes readings in; returns what is known with them. */
    SeenDevice saw(String deviceKey, Readings newer, long nowMillis) {
        SeenDevice seen = devices.computeIfAbsent(deviceKey, key -> new SeenDevice(newer.device(), key));
        seen.take(newer.series(), nowMillis);
        return seen;
    }

    /**
     * Marks what may not have been measured before the start, as far as it isn't forgotten: the engine may have been away for
     * so long that samples of that age wouldn't be taken any more.
     */
    void recall(DirtyMinutes dirty, long oldestMillis) {
        long oldest = Math.max(oldestMillis, dirty.forgottenMillis());
        devices.values().forEach(seen -> {
            long newest = DeviceMinute.startOf(seen.timeMillis());
            for (long minute = Math.max(seen.keptMeasuredMillis(), oldest);
                    minute <= newest;
                    minute += DeviceMinute.LENGTH_MILLIS) {
                dirty.mark(seen.key(), minute);
            }
        });
    }

    /** The device's transport says whether it can be reached. */
    void told(DeviceId device, Presence news, long nowMillis) {
        devices.computeIfAbsent(device.key(), key -> new SeenDevice(device, key))
                .told(news, nowMillis);
    }

    /** Keeps what a start needs of the devices that were heard: before each commit. */
    void write(DirtyMinutes dirty) {
        for (String deviceKey : dirty.touched()) {
            SeenDevice seen = devices.get(deviceKey);
            if (seen != null) {
                seen.keep(dirty.oldestMillis(deviceKey)).ifPresent(kept -> store.put(deviceKey, kept.toByteArray()));
            }
        }
    }
}
