package org.heliograph.streams.topology;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.heliograph.streams.energy.CarriedEnergy;
import org.heliograph.streams.energy.DeviceHistory;
import org.heliograph.streams.energy.DeviceMinute;
import org.heliograph.streams.energy.Span;
import org.heliograph.streams.ingest.Samples;
import org.heliograph.telemetry.reading.Point;
import org.heliograph.telemetry.reading.Series;
import org.heliograph.telemetry.site.Device;
import org.jspecify.annotations.Nullable;

/**
 * Where windows could still be restated when a register was first heard after a long silence. It is kept, because the
 * reading that ended the silence may be measured again later: what was carried then is in no window still.
 */
final class Silences {
    static final String STORE = "silences";

    /** The reading that ended a silence is within the reach of windows from where they began then. */
    private static final long KEPT_MILLIS = EngineSettings.REACH.toMillis();

    private final KeyValueStore<String, byte[]> store;

    Silences(KeyValueStore<String, byte[]> store) {
        this.store = store;
    }

    /**
     * Looks for silences that end after the first of some minutes that are about to be measured, in their order: those are
     * the first that have anything of the step over the silence.
     *
     * @param run the samples of the minutes and around them
     * @param oldestMillis the start of the oldest window that can be restated
     */
    void note(String deviceKey, Device device, Samples run, long firstMinuteMillis, long oldestMillis) {
        for (Point register : DeviceMinute.registers(device)) {
            Series readings = run.of(register).orElse(null);
            if (readings == null || readings.timeMillis(0) >= oldestMillis) {
                continue;
            }
            int after = 0;
            while (after < readings.size() && readings.timeMillis(after) < firstMinuteMillis) {
                after++;
            }
            if (after == 0 || after == readings.size()) {
                continue;
            }
            long sinceMillis = readings.timeMillis(after - 1);
            if (sinceMillis < oldestMillis
                    && kept(deviceKey, register, sinceMillis).isEmpty()) {
                store.put(
                        key(deviceKey, register),
                        ByteBuffer.allocate(2 * Long.BYTES)
                                .putLong(sinceMillis)
                                .putLong(firstMinuteMillis)
                                .array());
            }
        }
    }

    /**
     * What a minute's readings carry.
     *
     * @param context of the minute, with its neighbours
     */
    List<CarriedEnergy> carried(
            String deviceKey,
            DeviceHistory history,
            Device device,
            Samples context,
            Function<Point, List<Span>> spans,
            long minuteMillis) {
        return CarriedEnergy.of(
                history,
                device,
                context,
                spans,
                minuteMillis,
                (register, since) -> kept(deviceKey, register, since).orElse(Long.MIN_VALUE));
    }

    private OptionalLong kept(String deviceKey, Point register, long sinceMillis) {
        byte @Nullable [] kept = store.get(key(deviceKey, register));
        return kept != null && ByteBuffer.wrap(kept).getLong() == sinceMillis
                ? OptionalLong.of(ByteBuffer.wrap(kept).getLong(Long.BYTES))
                : OptionalLong.empty();
    }

    private static String key(String deviceKey, Point register) {
        return deviceKey + "/" + register.label();
    }

    /** Forgets the silences that began so long ago that their end isn't measured any more. */
    void purge(long oldestMillis) {
        try (KeyValueIterator<String, byte[]> all = store.all()) {
            all.forEachRemaining(entry -> {
                if (ByteBuffer.wrap(entry.value).getLong(Long.BYTES) < oldestMillis - KEPT_MILLIS) {
                    store.delete(entry.key);
                }
            });
        }
    }
}
